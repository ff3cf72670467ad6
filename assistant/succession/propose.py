"""A mapping as the program sees it: by figures, by rare words, and for quotes by their best window.

A digest tells facts in its own words and order, an item a fact; the official text may tell several
in one sentence. So each clause looks for its counterpart alone, and several may find the same.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.addressing.titles import Texts
from assistant.intake.reliance import Reliance
from assistant.schema import Clause, Level
from assistant.succession.figures import figures_of, lacking, plain_words, without_marker
from assistant.succession.mapping import ClauseMove, Mapping, QuoteMove
from assistant.text import normalize
from assistant.versions.similarity import Similarity

MIN_SURE = 0.32
"""Below it a clause has no counterpart. Chosen on two official texts written for the purpose."""
WORDS, FIGURES = 0.6, 0.4
"""Of a clause with figures; one without is told by its words alone."""
AT_MAPPED = 0.35
"""Of a quote's score: that its clause was mapped there."""
PIECES = 6
"""Parts between commas that a quote spans at most."""
STOCK = 3
"""Clauses of a digest that share a part between commas: there it is about the whole text."""
SHOWN = 40
_CUT = re.compile(r"[^，。；：、\n]+[，。；：、\n]?")


@dataclass(frozen=True, slots=True)
class Part:
    """A clause with the words that speak for it: its own, and those of what leads it in."""

    clause: Clause
    words: str
    with_lead: str
    figures: frozenset[str]


class Proposer:
    """Holds two texts against each other."""

    def __init__(self, texts: Texts, digest: str, official: str) -> None:
        self._digest = texts.documents[digest]
        self._official = texts.documents[official]
        self._olds = _without_stock(list(_parts(texts, digest)))
        self._news = list(_parts(texts, official))
        every = [*(one.words for one in self._olds), *(one.with_lead for one in self._news)]
        self._similarity = Similarity(_norm(one) for one in every)
        counts = Counter(key for one in self._news for key in one.figures)
        self._rarity = {key: math.log(1 + len(self._news) / n) for key, n in counts.items()}
        self._common = math.log(1 + len(self._news))

    def mapping(self, uses: Sequence[Reliance]) -> Mapping:
        """Every clause of the digest, and every quotation of it that something relies on."""
        clauses = [self._move(one) for one in self._olds]
        to = {one.clause: one.to for one in clauses}
        by_quote: dict[tuple[str, str], list[str]] = {}
        for one in uses:
            by_quote.setdefault((one.clause_id, one.quote), []).append(one.name)
        quotes = [
            self._quote(clause, quote, to.get(clause, ()), tuple(dict.fromkeys(names)))
            for (clause, quote), names in sorted(by_quote.items())
            if clause != self._digest.doc_id
        ]
        return Mapping(digest=self._digest.doc_id, official=self._official.doc_id,
                       clauses=tuple(clauses), quotes=tuple(quotes))  # fmt: skip

    def _move(self, old: Part) -> ClauseMove:
        scores = sorted(((-self._score(old, one), at) for at, one in enumerate(self._news)))
        words = " ".join(old.words.split())[:SHOWN]
        if not scores or -scores[0][0] < MIN_SURE:
            return ClauseMove(clause=old.clause.clause_id, words=words)
        best = -scores[0][0]
        chosen = [scores[0][1]]
        told = set(self._news[chosen[0]].figures)
        for score, at in scores[1:]:
            # A second clause where the first does not tell all the figures, and this one does more.
            more = (old.figures - told) & self._news[at].figures
            if more and -score >= max(MIN_SURE, 0.6 * best):
                chosen.append(at)
                told |= more
        to = tuple(self._news[at].clause.clause_id for at in chosen)
        return ClauseMove(clause=old.clause.clause_id, words=words, to=to, sure=round(best, 2))

    def _score(self, old: Part, new: Part) -> float:
        contained = self._similarity.contained
        mine = _norm(old.words)
        own = contained(mine, _norm(new.words))
        lead = 0.9 * contained(mine, _norm(new.with_lead))
        back = contained(_norm(new.words), mine)
        words = max(own, lead) * 0.75 + back * 0.25
        if not old.figures:
            return words
        weight = {key: self._rarity.get(key, self._common) for key in old.figures}
        shared = sum(weight[key] for key in old.figures & new.figures) / sum(weight.values())
        return WORDS * words + FIGURES * shared

    def _quote(
        self, clause_id: str, quote: str, mapped: Sequence[str], names: tuple[str, ...]
    ) -> QuoteMove:
        """The window of the official text that says most nearly the same, with all its figures."""
        move = QuoteMove(clause=clause_id, quote=quote, used_by=names)
        if not quote:
            to = mapped[0] if mapped else None
            return move.model_copy(update={"to": to, "becomes": "" if to else None})
        found = sorted(
            (-score, at, window) for score, at, window in self._windows(quote, mapped)
        )
        for score, at, window in found:
            if not lacking(quote, window) and -score >= MIN_SURE:
                to = self._news[at].clause.clause_id
                return move.model_copy(
                    update={"to": to, "becomes": window, "sure": round(min(1.0, -score), 2)}
                )
        return move.model_copy(update={"problem": self._why_not(quote, found)})

    def _windows(self, quote: str, mapped: Sequence[str]) -> Iterator[tuple[float, int, str]]:
        mine = _norm(quote)
        text = self._official.text
        for at, new in enumerate(self._news):
            bonus = AT_MAPPED if new.clause.clause_id in mapped else 0.0
            for window in _cut_windows(text[new.clause.start : new.clause.own_end]):
                yield bonus + (1 - AT_MAPPED) * self._alike(mine, _norm(window)), at, window

    def _alike(self, one: str, other: str) -> float:
        there, back = (self._similarity.contained(*pair) for pair in ((one, other), (other, one)))
        return 2 * there * back / (there + back) if there + back else 0.0

    def _why_not(self, quote: str, found: Sequence[tuple[float, int, str]]) -> str:
        if not found or -found[0][0] < MIN_SURE:
            return "正式文件里没有找到说这件事的语句"
        _, at, window = found[0]
        differs = "、".join(lacking(quote, window))
        place = self._news[at].clause.clause_id
        return f"最接近的是 {place} 的“{window}”，其中没有 {differs}"


def _parts(texts: Texts, doc_id: str) -> Iterator[Part]:
    """Clauses with words of their own. A heading leads in what stands below it, as 三、支持标准."""
    document = texts.documents[doc_id]
    by_id = {one.clause_id: one for one in texts.clauses_of(doc_id)}
    for one in by_id.values():
        words = plain_words(document.text[one.start : one.own_end])
        if one.level is Level.DOCUMENT or not words:
            continue
        above = by_id.get(one.parent_id or "")
        is_led = above is not None and above.level not in (Level.DOCUMENT, Level.TITLE)
        lead = plain_words(document.text[above.start : above.own_end]) if above and is_led else ""
        yield Part(one, words, f"{lead}\n{words}", frozenset(figures_of(words)))


def _without_stock(parts: Sequence[Part]) -> list[Part]:
    """Without what a digest says again and again (有效期至…, 已失效): that is about the whole."""
    counts = Counter(
        piece for one in parts for piece in {_bare(match[0]) for match in _CUT.finditer(one.words)}
    )
    made = []
    for one in parts:
        pieces = [match[0] for match in _CUT.finditer(one.words)]
        kept = "".join(piece for piece in pieces if counts[_bare(piece)] < STOCK)
        words = kept or one.words
        made.append(replace(one, words=words, figures=frozenset(figures_of(words))))
    return made


def _bare(piece: str) -> str:
    return piece.strip("，。；：、\n ")


def _cut_windows(text: str) -> Iterator[str]:
    """Runs of parts between commas, without the mark in front of the clause or at the end."""
    body = text[len(text) - len(text.lstrip()) :].rstrip()
    pieces = [match.span() for match in _CUT.finditer(body)]
    for first in range(len(pieces)):
        for last in range(first, min(len(pieces), first + PIECES)):
            window = body[pieces[first][0] : pieces[last][1]]
            window = without_marker(window).strip().rstrip("，。；：、")
            if window:
                yield window


def _norm(text: str) -> str:
    return normalize(text).text
