"""Whether the official text bears a mapping out; nothing is taken on trust."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.addressing.titles import Texts
from assistant.intake.reliance import Reliance, is_of
from assistant.schema import Clause, Document, Kind
from assistant.succession.figures import lacking
from assistant.succession.mapping import Mapping, QuoteMove

UNSURE = 0.5


@dataclass(frozen=True, slots=True)
class Checked:
    """`problems` keep the mapping from being applied; `remarks` are for a person to look at."""

    problems: tuple[str, ...]
    remarks: tuple[str, ...]


def check_mapping(mapping: Mapping, texts: Texts, uses: Sequence[Reliance]) -> Checked:
    """Against the corpus and against what relies on the digest now."""
    told = list(_documents(mapping, texts))
    if told:
        return Checked(tuple(told), ())
    checker = _Checker(mapping, texts)
    problems = [*checker.clauses(), *checker.quotes(uses)]
    return Checked(tuple(problems), tuple(checker.remarks()))


def _documents(mapping: Mapping, texts: Texts) -> Iterator[str]:
    for doc_id, words in ((mapping.digest, "摘编"), (mapping.official, "正式文件")):
        if doc_id not in texts.documents:
            yield f"资料库里没有{words} {doc_id}；请核对对照文件的第一、二行，或先建索引。"
    if mapping.digest in texts.documents and not _is_digest(texts.documents[mapping.digest]):
        yield f"{mapping.digest} 不是摘编，不能这样替换；请核对对照文件。"
    official = texts.documents.get(mapping.official)
    if official is not None and official.kind is not Kind.OFFICIAL:
        yield f"{mapping.official} 不是正式文件（{official.kind.value}），不能接替摘编。"


def _is_digest(document: Document) -> bool:
    return document.kind is Kind.DIGEST


class _Checker:
    """Holds one mapping against the texts."""

    def __init__(self, mapping: Mapping, texts: Texts) -> None:
        self._mapping = mapping
        self._texts = texts
        self._clauses: dict[str, Clause] = {}

    def clauses(self) -> Iterator[str]:
        """Every clause of the digest once, each leading to clauses that are there."""
        own = {one.clause_id for one in self._texts.clauses_of(self._mapping.digest)}
        counts = Counter(one.clause for one in self._mapping.clauses)
        for clause_id, count in counts.items():
            if clause_id not in own:
                yield f"clauses：摘编里没有条款 {clause_id}。"
            if count > 1:
                yield f"clauses：{clause_id} 写了 {count} 次，只能写一次。"
        document = self._texts.documents[self._mapping.digest]
        for one in self._texts.clauses_of(self._mapping.digest):
            has_words = document.text[one.start : one.own_end].strip()
            if has_words and one.parent_id is not None and one.clause_id not in counts:
                yield f"clauses：摘编的 {one.clause_id} 没有交代，请写明 to（没有对应的写 []）。"
        for move in self._mapping.clauses:
            for to in move.to:
                if not is_of(self._mapping.official, to) or self._clause(to) is None:
                    yield f"clauses：{move.clause} 的 {to} 不是正式文件的条款。"

    def quotes(self, uses: Sequence[Reliance]) -> Iterator[str]:
        """Every quotation in use, and each official quotation to the letter."""
        moves = self._mapping.moves
        if len(moves) < len(self._mapping.quotes):
            yield "quotes：同一条款的同一引文写了两次，只能写一次。"
        for use in uses:
            if use.clause_id != self._mapping.digest and (use.clause_id, use.quote) not in moves:
                yield (
                    f"quotes：{use.name} 引用了 {use.clause_id} 的“{use.quote}”，没有写明换成什么。"
                )
        for move in self._mapping.quotes:
            yield from self._quote(move)

    def remarks(self) -> Iterator[str]:
        """What is not wrong in itself: one official sentence for several, others for none."""
        same: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for move in self._mapping.quotes:
            if move.to and move.becomes and move.withdraw is None:
                same[move.to, move.becomes].setdefault(move.quote, move.clause)
        for (to, becomes), olds in sorted(same.items()):
            if len(set(olds.values())) > 1:
                words = "、".join(f"{clause} 的“{quote}”" for quote, clause in sorted(olds.items()))
                yield f"{words}都换成了 {to} 的“{becomes}”，请核对说的是同一件事。"
        for move in self._mapping.quotes:
            if move.sure is not None and move.sure < UNSURE and move.becomes:
                yield f"{move.clause} 的“{move.quote}”换成“{move.becomes}”把握不大，请细看。"
        used = {to for move in self._mapping.clauses for to in move.to}
        document = self._texts.documents[self._mapping.official]
        new = [
            one.clause_id for one in self._texts.clauses_of(self._mapping.official)
            if one.clause_id not in used and one.parent_id is not None
            and document.text[one.start : one.own_end].strip()
        ]  # fmt: skip
        if new:
            yield f"正式文件有 {len(new)} 条是摘编没有的：{'、'.join(new[:8])}。"

    def _quote(self, move: QuoteMove) -> Iterator[str]:
        where = f"quotes：{move.clause} 的“{move.quote}”"
        if move.withdraw is not None:
            if not move.withdraw.strip():
                yield f"{where}：withdraw 要写明原因。"
            return
        if not move.to or move.becomes is None:
            yield f"{where}没有对应的引文（{move.problem or 'to 或 becomes 是空的'}）。"
            return
        clause = self._clause(move.to)
        if clause is None:
            yield f"{where}：资料库里没有条款 {move.to}。"
            return
        if is_of(self._mapping.digest, move.to):
            yield f"{where}：{move.to} 仍在摘编里。"
            return
        text = self._texts.documents[clause.doc_id].text[clause.start : clause.end]
        if move.becomes not in text:
            yield f"{where}：“{move.becomes}”不在 {move.to} 里，必须一字不差。"
            return
        differs = lacking(move.quote, move.becomes)
        if differs:
            yield f"{where}换成“{move.becomes}”：数或日期不同，里面没有 {'、'.join(differs)}。"

    def _clause(self, clause_id: str) -> Clause | None:
        doc_id = clause_id.split("__")[0]
        if doc_id not in self._texts.documents:
            return None
        if clause_id not in self._clauses:
            self._clauses |= {one.clause_id: one for one in self._texts.clauses_of(doc_id)}
        return self._clauses.get(clause_id)
