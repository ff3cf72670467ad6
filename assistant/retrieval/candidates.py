"""Candidates of a question as rows of figures, for the ranker: scores, words met, kind, place.

Every figure is a share of what the question or the best candidate has, or a count on a log scale,
so that a model learnt on one corpus means the same on another. Candidates are held against the
best `CORE` alone: how deep a search looks does not change what it sees of the first ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.asking import ASKED, SHOWN, WANTED, kinds_asked, place_in, stem_of
from assistant.retrieval.matching import Met, Pairs, meet, pairs_of
from assistant.retrieval.spellings import spellings
from assistant.schema import Passage
from assistant.text import normal_text

Values = NDArray[np.float64]
Rows = NDArray[np.int64]
Figures = dict[str, NDArray[Any]]
"""Arrays of [candidates] by name."""
Key = TypeVar("Key", str, tuple[str, ...])
CORE = 60
RARE = 3
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question with the scores of both legs; arrays are [C]."""

    question: str
    passages: Sequence[Passage]
    fused: Values
    lexical: Values
    """BM25 of the passage with the share of its document's."""
    bm25: Values
    """Of the passage alone."""
    document: Values
    """BM25 of the whole document."""
    cosine: Values
    around: Values
    """[C, 4]: BM25 of the passages two and one before, one and two after; 0 where there is none."""
    place: NDArray[np.int64]
    """Of the passage in its document, from 0."""
    size: NDArray[np.int64]
    """Passages of the document."""
    best_bm25: float
    """Of all passages, candidates or not."""
    ideal: float
    """The BM25 of a passage that says every word of the question without end."""
    passage_count: int
    document_count: int
    frequencies: Mapping[str, int]
    """In how many passages each known token of the question stands."""
    exact: Values | None
    """[C]: the share of the question's numbers, dates and numbers of documents that the passage
    has; None where it has none."""


def features(pool: Pool) -> Figures:
    """Named figures of each candidate, [C] each, the same names for every question."""
    core = np.argsort(-pool.fused, kind="stable")[:CORE]
    norm = normal_text(pool.question)
    pairs = pairs_of(norm, lambda token: _idf(pool, token), spellings(norm))
    titles, title_of = _numbered([one.title for one in pool.passages])
    made = _scores(pool, core)
    made |= _groups(pool, core, titles, title_of)
    met, path, title = _fields_met(pool, pairs, titles, title_of)
    made |= _text(met, core)
    made |= _fields(pairs, (met, path, title), core)
    made |= _kinds(norm, met)
    made |= _titles(titles, title_of, norm)
    one = np.ones(len(pool.passages))
    unknown = float((pairs.idf == 0).mean()) if len(pairs.idf) else 0.0
    made |= {
        "q_length": one * math.log1p(len(norm)),
        "q_unknown": one * unknown,
        "exact": one if pool.exact is None else pool.exact,
        "q_exact": one * (pool.exact is not None),
        "q_best": one * pool.best_bm25 / max(pool.ideal, TINY),
        "q_cosine": one * float(pool.cosine[core].max()),
        "passages": one * math.log(pool.passage_count),
        "per_document": one * math.log(pool.passage_count / pool.document_count),
    }
    return made


def _idf(pool: Pool, token: str) -> float:
    df = pool.frequencies.get(token, 0)
    return math.log(1 + (pool.passage_count - df + 0.5) / (df + 0.5)) if df else 0.0


def _scores(pool: Pool, core: Rows) -> Figures:
    best = max(pool.best_bm25, TINY)
    own = pool.bm25 / best
    around = pool.around / best
    near = np.maximum(around[:, 1], around[:, 2])
    ranks = {
        f"{name}_rank": np.log1p(_ranks(values, core))
        for name, values in (("fused", pool.fused), ("bm25", pool.bm25), ("cosine", pool.cosine))
    }
    return ranks | {
        "fused": pool.fused,
        "ahead": pool.fused - pool.fused[core[:2][-1]],
        "bm25": own,
        "bm25_ideal": pool.bm25 / max(pool.ideal, TINY),
        "bm25_log": np.log1p(pool.bm25),
        "document": _to_best(pool.document, core),
        "document_ideal": pool.document / max(pool.ideal, TINY),
        "cosine": pool.cosine,
        "cosine_best": _to_best(pool.cosine, core),
        "cosine_gap": pool.cosine - np.sort(pool.cosine[core])[-10:].mean(),
        "before": around[:, 1],
        "after": around[:, 2],
        "around": around @ np.array([0.5, 1.0, 1.0, 0.5]) / 3,
        "beats": own - near,
        "place": pool.place / pool.size,
        "place_log": np.log1p(pool.place),
        "size": np.log1p(pool.size),
    }


def _ranks(values: NDArray[Any], core: Rows) -> Values:
    """From 0, equal values alike: how many of the core are greater."""
    known = np.sort(values[core])
    return (len(known) - np.searchsorted(known, values, side="right")).astype(np.float64)


def _to_best(values: NDArray[Any], core: Rows) -> NDArray[Any]:
    return values / max(float(values[core].max()), TINY)


def _groups(pool: Pool, core: Rows, titles: Sequence[str], title_of: Rows) -> Figures:
    """What the other candidates of the document say, or of the law for articles in rows."""
    stems, stem = _numbered([stem_of(one) for one in titles])
    group = stem[title_of]
    best, document = np.zeros((2, len(stems)))
    np.maximum.at(best, group, pool.fused)
    np.maximum.at(document, group, pool.document)
    ahead = _ranks(document, np.unique(group[core]))
    total = np.bincount(group[core], pool.fused[core], minlength=len(stems))
    count = np.bincount(group[core], minlength=len(stems))
    return {
        "group_best": best[group],
        "group_sum": np.log1p(total[group]),
        "group_count": np.log1p(count[group]),
        "group_share": total[group] / max(float(total.sum()), TINY),
        "group_rank": np.log1p(ahead[group]),
        "below_group": pool.fused - best[group],
    }


def _text(met: Met, core: Rows) -> Figures:
    grains = {"whole": met.whole, "sentence": met.sentence, "two": met.two, "run": met.run}
    relative = {f"{name}_best": _to_best(values, core) for name, values in grains.items()}
    own = {name: values.astype(np.float64) for name, values in grains.items()}
    return own | relative | {
        "dense": met.dense,
        "first": met.first,
        "length": np.log1p(met.length),
    }  # fmt: skip


def _fields_met(
    pool: Pool, pairs: Pairs, titles: Sequence[str], title_of: Rows
) -> tuple[Met, Met, Met]:
    """How text, heading path and title of each candidate meet the question, in one pass."""
    texts = [one.text for one in pool.passages]
    paths, path_of = _numbered([one.path for one in pool.passages])
    met = meet(pairs, [*texts, *map(" ".join, paths), *titles])
    path, title = path_of + len(texts), title_of + len(texts) + len(paths)
    return met.of(slice(len(texts))), met.of(path), met.of(title)


def _numbered(values: Sequence[Key]) -> tuple[list[Key], Rows]:
    """The different ones, and the number of each among them."""
    numbers: dict[Key, int] = {}
    rows = [numbers.setdefault(one, len(numbers)) for one in values]
    return list(numbers), np.array(rows)


def _fields(pairs: Pairs, fields: tuple[Met, Met, Met], core: Rows) -> Figures:
    met, path, title = fields
    share = pairs.idf.astype(np.float64) / pairs.total
    every = met.present | path.present | title.present
    union = every @ share
    beyond = (met.present & ~title.present) @ share
    rare = np.argsort(-pairs.idf, kind="stable")[:RARE]
    return {
        "path": path.whole,
        "path_run": path.run,
        "title": title.whole,
        "title_run": title.run,
        "title_dense": title.dense,
        "union": union,
        "union_best": _to_best(union, core),
        "beyond": beyond,
        "beyond_share": beyond / np.maximum(~title.present @ share, 1e-6),
        "rare": _mean(every[:, rare]),
        "rare_text": _mean(met.present[:, rare]),
    }


def _mean(present: NDArray[np.bool_]) -> Values:
    made: Values = present.sum(axis=1) / max(1, present.shape[1])
    return made


def _kinds(norm: str, met: Met) -> Figures:
    asked = kinds_asked(norm)
    made: Figures = {}
    shown, near = np.log1p(met.shown), np.log1p(met.near)
    place = {kind: number for number, kind in enumerate(SHOWN)}
    for kind, at in place.items():
        made |= {f"has_{kind}": shown[:, at], f"says_{kind}": near[:, at]}
    for kind in ASKED:
        made[f"asks_{kind}"] = np.full(len(met.length), float(asked[kind]))
    for wanted, kind in WANTED:
        at = place[kind]
        made[f"{wanted}_{kind}"] = asked[wanted] * shown[:, at]
        made[f"{wanted}_{kind}_near"] = asked[wanted] * (met.near[:, at] > 0).astype(np.float64)
    return made


def _titles(titles: Sequence[str], title_of: Rows, norm: str) -> Figures:
    """What kind of document: of another place than the question names, a law, a court's reading."""
    figures = []
    for title in titles:
        place, stem = place_in(title), stem_of(title)
        is_asked = place is not None and (place in norm or place[:2] in norm)
        figures.append((
            0.0 if place is None else -1.0 if is_asked else 1.0,
            float(stem.endswith(("法", "法典"))),
            float("解释" in stem or "最高人民" in stem),
        ))  # fmt: skip
    table = np.array(figures)[title_of]
    return {"elsewhere": table[:, 0], "law": table[:, 1], "court": table[:, 2]}
