"""Every place where words stand in the corpus: matched in one spelling, given verbatim."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.retrieval.tokenizer import cut
from assistant.schema import Clause, Document, Level
from assistant.text import Normalized, normalize

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A clause and where the words stand; `spans` are offsets of its document's text."""

    clause: Clause
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """How often in one document, and the first places."""

    doc_id: str
    count: int
    places: tuple[Place, ...]


class Concordance:
    """The texts of an opened index line by line in one spelling; made once, at first use."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        clauses_of: Callable[[str], Sequence[Clause]],
    ) -> None:
        self._documents = documents
        self._clauses_of = clauses_of
        self._texts = {doc_id: _Text(one.text) for doc_id, one in documents.items()}

    def phrase(
        self, words: str, doc_ids: Collection[str] | None = None, most: int = 20
    ) -> tuple[Found, ...]:
        """Documents with exactly these words, those with most places first.

        White space, width and the like are passed over, and a phrase may go on in the next line.
        `most`: how many places a document are given; all are counted.
        """
        wanted = normalize(words).text
        found = (self._phrase(one, wanted, most) for one in self._ids(doc_ids)) if wanted else ()
        return _ordered(one for one in found if one.count)

    def words(
        self, words: str, doc_ids: Collection[str] | None = None, most: int = 20
    ) -> tuple[Found, ...]:
        """The same for provisions that hold all of the words, in any order; provisions count."""
        wanted = key_words(words)
        found = (self._words(one, wanted, most) for one in self._ids(doc_ids)) if wanted else ()
        return _ordered(one for one in found if one.count)

    def _ids(self, doc_ids: Collection[str] | None) -> list[str]:
        return [one for one in self._texts if doc_ids is None or one in doc_ids]

    def _phrase(self, doc_id: str, wanted: str, most: int) -> Found:
        text = self._texts[doc_id]
        count = text.plain.count(wanted)
        if not count:
            return Found(doc_id, 0, ())
        clauses = self._clauses_of(doc_id)
        starts = [one.start for one in clauses]
        by_clause: dict[int, list[Span]] = {}
        for span in text.spans(wanted):
            # Clauses begin in order, and the last to begin before a place owns it: own texts
            # joined are the whole text.
            by_clause.setdefault(bisect_right(starts, span[0]) - 1, []).append(span)
            if len(by_clause) > most:
                break
        places = [Place(clauses[at], tuple(spans)) for at, spans in by_clause.items()]
        return Found(doc_id, count, tuple(places[:most]))

    def _words(self, doc_id: str, wanted: tuple[str, ...], most: int) -> Found:
        text = self._texts[doc_id]
        if not all(word in text.plain for word in wanted):
            return Found(doc_id, 0, ())
        whole = self._documents[doc_id].text
        count, places = 0, []
        for clause, end in provisions_of(self._clauses_of(doc_id)):
            if not all(word in text.around(clause.start, end) for word in wanted):
                continue
            norm = normalize(whole[clause.start : end])
            if not all(word in norm.text for word in wanted):
                continue
            count += 1
            if count <= most:
                places.append(Place(clause, _spans_in(norm, wanted, clause.start)))
        return Found(doc_id, count, tuple(places))


class _Text:
    """A text in one spelling, with where each line begins in it and in the original."""

    def __init__(self, text: str) -> None:
        self._raw = text
        self._raw_starts: list[int] = []
        self._starts: list[int] = []
        pieces: list[str] = []
        raw = made = 0
        for line in text.splitlines(keepends=True):
            self._raw_starts.append(raw)
            self._starts.append(made)
            pieces.append(normalize(line).text)
            raw += len(line)
            made += len(pieces[-1])
        self.plain = "".join(pieces)

    def spans(self, wanted: str) -> Iterator[Span]:
        """Where the words stand in the original, in order, none overlapping."""
        at = self.plain.find(wanted)
        while at >= 0:
            yield self._raw_place(at)[0], self._raw_place(at + len(wanted) - 1)[1]
            at = self.plain.find(wanted, at + len(wanted))

    def around(self, start: int, end: int) -> str:
        """The lines that `[start, end)` of the original touches."""
        first = bisect_right(self._raw_starts, start) - 1
        after = bisect_right(self._raw_starts, end - 1)
        last = self._starts[after] if after < len(self._starts) else len(self.plain)
        return self.plain[self._starts[first] : last]

    def _raw_place(self, at: int) -> Span:
        # Empty lines begin where the next one does: the last of them is the one with words.
        line = bisect_right(self._starts, at) - 1
        begin = self._raw_starts[line]
        ends = self._raw_starts[line + 1 : line + 2]
        norm = _normalized(self._raw[begin : ends[0] if ends else len(self._raw)])
        inner = at - self._starts[line]
        start, end = norm.span(inner, inner + 1)
        return begin + start, begin + end


@lru_cache(maxsize=2000)
def _normalized(line: str) -> Normalized:
    return normalize(line)


def key_words(words: str) -> tuple[str, ...]:
    """What is typed, parted at white space; a long run is cut into words of two or more letters."""
    found: list[str] = []
    for run in words.split():
        plain = normalize(run).text
        pieces = [one for one in cut(plain) if len(one) > 1] if len(plain) > 4 else []
        found += pieces or [plain]
    return tuple(dict.fromkeys(filter(None, found)))


def provisions_of(clauses: Sequence[Clause]) -> Iterator[tuple[Clause, int]]:
    """Whole articles and the own texts of clauses outside of them, each with its end."""
    end = 0
    for clause in clauses:
        if clause.start < end:
            continue
        if clause.level is Level.ARTICLE:
            end = clause.end
            yield clause, end
        elif clause.own_end > clause.start:
            yield clause, clause.own_end


def _spans_in(norm: Normalized, wanted: tuple[str, ...], begin: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    for word in wanted:
        at = norm.text.find(word)
        while at >= 0:
            start, end = norm.span(at, at + len(word))
            spans.append((begin + start, begin + end))
            at = norm.text.find(word, at + len(word))
    return merged(spans)


def merged(spans: Collection[Span]) -> tuple[Span, ...]:
    """In order, with those that touch or overlap made one.

    >>> merged([(4, 6), (0, 2), (1, 3)])
    ((0, 3), (4, 6))
    """
    made: list[Span] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return tuple(made)


def _ordered(found: Iterator[Found]) -> tuple[Found, ...]:
    return tuple(sorted(found, key=lambda one: (-one.count, one.doc_id)))
