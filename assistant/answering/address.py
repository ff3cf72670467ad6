"""The clause a person names: 第十二条第二款, 三（三）12, 保障措施第二部分, 第12项, 下一条."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Level
from assistant.text import normalize, read_number

_N = r"[0-9〇零一二三四五六七八九十百]{1,5}"
_STEP = re.compile(
    rf"第\s*[(]?(?P<named>{_N})[)]?\s*(?P<sub>之[一二三四五六七八九十])?"
    rf"(?P<unit>大?部[分份]|[大板]?块|编|章|节|条|款|项|目|点|小节|大项|小项|段)"
    rf"|(?:^|(?<=[^\u4e00-\u9fff0-9a-z.超前])|(?<=[看念贴发抄给讲查]))(?P<bare>[0-9]{{1,3}})那?(?P<bare_unit>[项条])"
    rf"|(?:条目|条款|任务|项目?)(?P<item>{_N})(?![0-9家个亿万大])"
    rf"|(?<=[\u4e00-\u9fff])[(](?P<bracket>{_N})[)]"
)
_COMPACT = re.compile(
    rf"(?P<a>[一二三四五六七八九十]+)[、,]?\((?P<b>{_N})\)(?P<c>[0-9]{{1,3}})?(?![0-9])"
)
_DOTTED = re.compile(
    r"(?<![0-9.])(?P<a>[0-9]{1,2})\.(?P<b>[0-9]{1,2})\.(?P<c>[0-9]{1,3})(?![0-9.])"
)
_ORDER = {
    "编": (Level.PART,),
    "章": (Level.CHAPTER, Level.H1),
    "部分": (Level.H1, Level.H2, Level.CHAPTER),
    "块": (Level.H1, Level.H2, Level.CHAPTER),
    "()": (Level.H2, Level.ITEM, Level.H4),
    "大部分": (Level.H1,),
    "大块": (Level.H1,),
    "节": (Level.SECTION, Level.H2),
    "小节": (Level.H2, Level.SECTION),
    "条": (Level.ARTICLE, Level.H3),
    "项": (Level.ITEM, Level.H3),
    "点": (Level.H3, Level.ITEM),
    "大项": (Level.H1,),
    "小项": (Level.H3, Level.ITEM),
    "款": (Level.PARAGRAPH,),
    "目": (Level.SUBITEM,),
    "段": (Level.PARAGRAPH,),
    "": (Level.H3, Level.ITEM, Level.ARTICLE),
}


@dataclass(frozen=True, slots=True)
class Address:
    """Clauses that an address names; none where it names a number that does not exist."""

    clauses: tuple[Clause, ...]
    words: str
    others: tuple[Clause, ...] = ()
    """Clauses of further addresses in the same text: 第5条和第6条."""


def find_address(text: str, index: PolicyIndex) -> Address | None:
    """The address in normalised text, or None where there is none."""
    norm = normalize(text).text
    everything = list(index.clauses.values())
    compact = _COMPACT.search(norm) or _DOTTED.search(norm)
    if compact:
        return _walk_compact(compact, everything)
    scope = [clause for clause in everything if _is_named(clause, norm)][:1]
    walks = _walks(norm, is_scoped=bool(scope))
    if not walks:
        return None
    found = [_walk(steps, scope, everything) for steps in walks]
    words = norm[walks[0][0].start() : walks[0][-1].end()]
    if not all(found):
        return Address((), words)
    return Address(tuple(found[0]), words, tuple(one[0] for one in found[1:]))


def _walks(norm: str, *, is_scoped: bool) -> list[list[re.Match[str]]]:
    """Steps of one address go from the top down; a unit that comes again begins another one.

    A bare （一） is a step only where a section is named before it: 总体要求（一）.
    """
    walks: list[list[re.Match[str]]] = []
    for step in _STEP.finditer(norm):
        if step["bracket"] and not (is_scoped or walks):
            continue
        units = [_unit(one) for one in walks[-1]] if walks else []
        if not walks or _unit(step) in units:
            walks.append([])
        walks[-1].append(step)
    return walks


def _unit(step: re.Match[str]) -> str:
    if step["bracket"]:
        return "()"
    return (step["unit"] or step["bare_unit"] or "").replace("份", "分").removeprefix("板")


def _walk(
    steps: list[re.Match[str]], scope: list[Clause], everything: list[Clause]
) -> list[Clause]:
    found = scope
    for step in steps:
        number = read_number(step["named"] or step["bare"] or step["item"] or step["bracket"])
        unit = _unit(step)
        wanted = str(int(number)) if number is not None else ""
        if step["sub"]:
            wanted += f"-{int(read_number(step['sub'][1:]) or 0)}"
        below = [c for c in everything if not found or _is_below(c, found[0])]
        matches = _pick(below, wanted, unit)
        if not matches and found and _number(found[0]) == wanted:
            matches = found  # 第（三）部分空间布局: said twice
        if not matches and found and unit in ("项", "条", "点", ""):
            matches = _nth_child(everything, found[0], wanted)
        if not matches:
            return []
        found = matches
    return found


def _pick(clauses: list[Clause], wanted: str, unit: str) -> list[Clause]:
    for level in _ORDER[unit]:
        matches = [c for c in clauses if c.level is level and _number(c) == wanted]
        if matches:
            return matches[:1] if level is not Level.ARTICLE else matches
    return []


def _nth_child(clauses: list[Clause], parent: Clause, wanted: str) -> list[Clause]:
    children = [c for c in clauses if c.parent_id == parent.clause_id]
    position = int(wanted) - 1 if wanted.isdigit() else -1
    return children[position : position + 1] if 0 <= position < len(children) else []


def _walk_compact(found: re.Match[str], clauses: list[Clause]) -> Address:
    current: list[Clause] = []
    for name, level in (("a", Level.H1), ("b", Level.H2), ("c", Level.H3)):
        if not found[name]:
            continue
        wanted = str(int(read_number(found[name]) or 0))
        below = [c for c in clauses if not current or _is_below(c, current[0])]
        current = [c for c in below if c.level is level and _number(c) == wanted][:1]
        if not current:
            return Address((), found[0])
    return Address(tuple(current), found[0])


def _number(clause: Clause) -> str:
    code = clause.clause_id.rsplit("__", 1)[-1]
    return code.split("_", 1)[-1].split(".")[0]


def _is_below(clause: Clause, above: Clause) -> bool:
    return clause.clause_id.startswith(above.clause_id + "__")


def _is_named(clause: Clause, norm: str) -> bool:
    """Whether the text names this section by its heading: 保障措施第二部分."""
    name = normalize(clause.heading.removeprefix(clause.number)).text
    return len(name) >= 4 and name in norm and clause.level in (Level.H1, Level.H2, Level.CHAPTER)


def neighbour(clause: Clause, step: int, index: PolicyIndex) -> Clause | None:
    """The clause of the same level before (-1) or after (+1) in the document."""
    same = [one for one in index.clauses_of(clause.doc_id) if one.level is clause.level]
    position = same.index(clause) + step
    return same[position] if 0 <= position < len(same) else None
