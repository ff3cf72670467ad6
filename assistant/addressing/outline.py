"""One document's clauses by level and number: walk an address down, or to a neighbour."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.addressing.steps import Step
from assistant.schema import Clause, Level

LEVELS = {
    "编": (Level.PART,),
    "章": (Level.CHAPTER, Level.H1),
    "部分": (Level.H1, Level.H2, Level.CHAPTER),
    "块": (Level.H1, Level.H2, Level.CHAPTER),
    "()": (Level.H2, Level.ITEM, Level.H4),
    "大部分": (Level.H1,),
    "大块": (Level.H1,),
    "节": (Level.SECTION, Level.H2),
    "小节": (Level.H2, Level.SECTION),
    "条": (Level.ARTICLE, Level.H3, Level.H1),
    "项": (Level.ITEM, Level.H3, Level.H1),
    "点": (Level.H3, Level.ITEM),
    "大项": (Level.H1,),
    "小项": (Level.H3, Level.ITEM),
    "款": (Level.PARAGRAPH,),
    "目": (Level.SUBITEM,),
    "段": (Level.PARAGRAPH,),
    "h1": (Level.H1,),
    "h2": (Level.H2,),
    "h3": (Level.H3,),
    "": (Level.H3, Level.ITEM, Level.ARTICLE),
}
SECTIONS = (Level.H1, Level.H2, Level.PART, Level.CHAPTER, Level.SECTION)
_INNER = (Level.PARAGRAPH, Level.ITEM, Level.SUBITEM)
_SAID_TWICE = ("部分", "块", "节", "()")
_BY_POSITION = ("项", "条", "点", "小项", "部分", "块", "")


class Outline:
    """Look-up tables of one document, built once; its clauses in document order."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses = tuple(clauses)
        self.root = clauses[0]
        self.by_id = {one.clause_id: one for one in clauses}
        self.by_level: dict[Level, list[Clause]] = {}
        self._numbered: dict[tuple[Level, str], list[Clause]] = {}
        self._children: dict[str, list[Clause]] = {}
        for one in clauses:
            self.by_level.setdefault(one.level, []).append(one)
            self._numbered.setdefault((one.level, number_of(one)), []).append(one)
            if one.parent_id is not None:
                self._children.setdefault(one.parent_id, []).append(one)

    @property
    def has_articles(self) -> bool:
        return Level.ARTICLE in self.by_level

    def children(self, clause: Clause) -> list[Clause]:
        return self._children.get(clause.clause_id, [])

    def ancestor(self, clause: Clause, levels: Sequence[Level]) -> Clause | None:
        """The clause itself or the nearest one above it of one of these levels."""
        here: Clause | None = clause
        while here is not None and here.level not in levels:
            here = self.by_id[here.parent_id] if here.parent_id else None
        return here

    def walk(self, steps: Sequence[Step], scope: Sequence[Clause]) -> list[Clause]:
        """What the steps lead to from any clause of `scope`."""
        found = list(scope)
        for step in steps:
            found = list(dict.fromkeys(end for one in found for end in self._step(one, step)))
        return found

    def missing(self, steps: Sequence[Step], scope: Sequence[Clause]) -> str:
        """A sentence on the first step that leads nowhere; empty where all lead on."""
        found = list(scope)
        for step in steps:
            ends = [end for one in found for end in self._step(one, step)]
            if not ends:
                return self._missing(found[0], step) if found else ""
            found = ends
        return ""

    def _step(self, here: Clause, step: Step) -> list[Clause]:
        if step.shift is not None:
            found = self.shifted(here, step.unit, step.shift)
            return [found] if found else []
        if step.unit in ("款", "段"):
            return self._paragraph(here, step.number)
        for level in self._levels(step.unit, here):
            if step.number.startswith("-"):
                matches = self._below(self.by_level.get(level, []), here)
                if matches:
                    place = len(matches) + int(step.number)
                    return [matches[place]] if place >= 0 else []
            elif matches := self._below(self._numbered.get((level, step.number), []), here):
                return matches
        if step.unit in _SAID_TWICE and number_of(here) == step.number:
            return [here]
        return self._by_position(here, step)

    def _levels(self, unit: str, here: Clause) -> tuple[Level, ...]:
        """An item is looked for in an article that is named, never in any article there is."""
        levels = LEVELS[unit]
        if not self.has_articles:
            return levels
        if unit == "条":
            return (Level.ARTICLE,)
        is_inside = here.level in (Level.ARTICLE, *_INNER)
        if unit == "":
            return (Level.ITEM,) if is_inside else (Level.H3, Level.ARTICLE)
        return levels if is_inside else tuple(one for one in levels if one not in _INNER)

    def _below(self, clauses: list[Clause], above: Clause) -> list[Clause]:
        if above is self.root:
            return clauses
        prefix = above.clause_id + "__"
        return [one for one in clauses if one.clause_id.startswith(prefix)]

    def _paragraph(self, here: Clause, number: str) -> list[Clause]:
        """款 are counted in their article; an article of one paragraph is that paragraph."""
        if here is self.root and self.has_articles:
            return []
        paragraphs = [one for one in self.children(here) if one.level is Level.PARAGRAPH]
        if not paragraphs:
            is_whole = here.level in (Level.ARTICLE, Level.H3, Level.ITEM)
            return [here] if number in ("1", "-1") and is_whole else []
        place = int(number) if number.lstrip("-").isdigit() else 0
        place = place - 1 if place > 0 else len(paragraphs) + place
        return [paragraphs[place]] if number != "0" and 0 <= place < len(paragraphs) else []

    def _by_position(self, here: Clause, step: Step) -> list[Clause]:
        """保障措施第二项: below a heading that is named, the second of what is there.

        第三章第五条 is the fifth article of the chapter or the document's fifth: both are given.
        """
        if here.level not in SECTIONS or step.unit not in _BY_POSITION:
            return []
        inside, whole = self.children(here), []
        if step.unit in ("部分", "块"):
            inside = [one for one in inside if one.level in SECTIONS]
        if self.has_articles and step.unit == "条":
            inside = self._below(self.by_level[Level.ARTICLE], here)
            whole = self._numbered.get((Level.ARTICLE, step.number), [])
        place = int(step.number) - 1 if step.number.isdigit() else -1
        return [inside[place], *whole] if 0 <= place < len(inside) else []

    def shifted(self, clause: Clause, unit: str, shift: int) -> Clause | None:
        """The one at hand (0), before (-1) or after it (1), of this unit; 款 and 项 stay inside."""
        here = self.ancestor(clause, LEVELS[unit])
        if here is None or here is self.root:
            here = clause if unit in ("条", "项") and not self.has_articles else None
        if here is None or shift == 0:
            return here
        siblings = self.by_level[here.level]
        if here.level in _INNER and self.has_articles:
            siblings = [one for one in self.children(self.by_id[here.parent_id or ""])
                        if one.level is here.level]  # fmt: skip
        place = siblings.index(here) + shift
        return siblings[place] if 0 <= place < len(siblings) else None

    def neighbour(self, clause: Clause, shift: int) -> Clause | None:
        """The clause before (-1) or after (1), across section borders.

        Next to the last 款 of an article stands the next article.
        """
        here: Clause | None = clause
        while here is not None and here is not self.root:
            siblings = self.by_level[here.level]
            is_inner = here.level in _INNER and self.has_articles
            if is_inner:
                siblings = [one for one in self.children(self.by_id[here.parent_id or ""])
                            if one.level is here.level]  # fmt: skip
            place = siblings.index(here) + shift
            if 0 <= place < len(siblings):
                return siblings[place]
            here = self.by_id[here.parent_id] if is_inner and here.parent_id else None
        return None

    def _missing(self, here: Clause, step: Step) -> str:
        """A sentence that names the nearest clauses there are."""
        place = "该文件" + ("" if here is self.root else f"“{here.path[-1]}”" if here.path else "")
        wanted = spoken(step.number, step.unit)
        if step.shift is not None:
            return f"{place}的{'前' if step.shift < 0 else '后'}面没有{step.unit}。"
        if step.unit in ("款", "段"):
            if here is self.root:
                return f"请写明是第几条的{wanted}。"
            count = sum(one.level is Level.PARAGRAPH for one in self.children(here)) or 1
            return f"{place}没有{wanted}，共{count}{step.unit}。"
        for level in self._levels(step.unit, here):
            numbers = [number_of(one) for one in self._below(self.by_level.get(level, []), here)]
            if numbers:
                unit = "条" if level is Level.ARTICLE else step.unit or "项"
                near = "、".join(spoken(one, unit) for one in _nearest(numbers, step.number))
                return f"{place}没有{spoken(step.number, unit)}，最接近的是{near}。"
        if step.unit in ("项", "目") and self.has_articles and here is self.root:
            return f"请写明是第几条的{wanted}。"
        return f"{place}没有{wanted}。"


def number_of(clause: Clause) -> str:
    """The number in Arabic as the id has it: 12, 17-1; a repeated number loses its counter."""
    code = clause.clause_id.rsplit("__", 1)[-1]
    return code.split("_", 1)[-1].split(".")[0]


def spoken(number: str, unit: str) -> str:
    """A number of an id as people say it: 17-1 is 第17条之1, -2 is 倒数第2条."""
    whole, _, sub = number.partition("-")
    unit = {"()": "项", "h1": "部分", "h2": "节", "h3": "项", "": "项"}.get(unit, unit)
    if not whole:
        return f"倒数第{sub}{unit}"
    return f"第{whole}{unit}" + (f"之{sub}" if sub else "")


def _nearest(numbers: list[str], wanted: str) -> list[str]:
    """The existing number before the wanted one and the one after it."""
    aim = _order(wanted)
    before = max((one for one in numbers if _order(one) <= aim), key=_order, default=None)
    after = min((one for one in numbers if _order(one) > aim), key=_order, default=None)
    return [one for one in (before, after) if one is not None]


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in number.split("-"))
