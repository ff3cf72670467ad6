"""The pages of the desk that only read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, field_validator, model_validator

from assistant.corpus.archive import Kept, kept_documents
from assistant.corpus.collection import Listed, Wanted, list_documents, listed_on
from assistant.corpus.force import Force
from assistant.errors import NotFoundError, UsageError
from assistant.lineage import line_of
from assistant.retrieval.store import own_corpus
from assistant.schema import Clause, Tier
from assistant.ui.desk.frame import desk_url
from assistant.ui.desk.http import DeskRoute, moved, shown
from assistant.ui.desk.render_clause import ClauseView, Target, clause_page, pick_page
from assistant.ui.desk.render_compare import compare_page
from assistant.ui.desk.render_gone import gone_page
from assistant.ui.desk.render_list import Asked, found_page, list_page, vocabulary
from assistant.ui.desk.render_tree import tree_page

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

GONE = 410
PLACES_MOST = 300
"""Places of one document on its own page of results."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class DeskQuery(BaseModel):
    """A form sends its empty fields, too: they ask for nothing."""

    day: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _given_only(cls, values: Any) -> Any:
        return {name: one for name, one in dict(values).items() if one not in ("", None)}

    @field_validator("day", mode="before")
    @classmethod
    def _is_a_day(cls, value: Any) -> Any:
        # pydantic alone would read 20260101 as seconds since 1970.
        if isinstance(value, str) and not _DAY.fullmatch(value):
            raise ValueError("应为 2026-11-22 这样的日期")
        return value

    @property
    def on(self) -> date:
        return self.day or date.today()


class ListQuery(DeskQuery):
    """The list, what is looked for in it, or one clause by id or address."""

    clause: str | None = None
    was: str = ""
    """The clause of a digest that a link named, where it led to this one."""
    q: str = Field(default="", max_length=500)
    mode: Literal["phrase", "words", "clause"] = "phrase"
    doc: str = ""
    force: Force | None = None
    tier: Tier | None = None
    issuer: str = Field(default="", max_length=100)
    region: str = Field(default="", max_length=100)
    topic: str = Field(default="", max_length=100)
    since: int | None = Field(default=None, ge=1000, le=9999)
    until: int | None = Field(default=None, ge=1000, le=9999)

    def asked(self) -> Asked:
        wanted = Wanted(
            self.tier, self.issuer, self.region, self.topic,
            frozenset({self.force} if self.force else ()), self.since, self.until,
        )  # fmt: skip
        return Asked(self.on, wanted, self.q.strip(), self.mode, self.doc)


class PairQuery(DeskQuery):
    """Two documents by id."""

    a: str = ""
    b: str = ""


class DocumentQuery(DeskQuery):
    """One document by id."""

    id: str


def desk_router(assistant: Assistant) -> APIRouter:
    """The routes below `/desk` that change nothing; not part of the public API."""
    router = APIRouter(prefix="/desk", include_in_schema=False, route_class=DeskRoute)

    @router.get("")
    def documents(query: Annotated[ListQuery, Query()]) -> Response:
        now = assistant.snapshot()
        if query.q and query.mode == "clause":
            return moved(desk_url(clause=query.q.strip(), day=query.on))
        if query.clause:
            return _clause(now, query.clause.strip(), query)
        return _documents(now, query.asked())

    @router.get("/document")
    def document(query: Annotated[DocumentQuery, Query()]) -> Response:
        now = assistant.snapshot()
        if gone := now.gone(query.id):
            return shown(gone_page(gone, now.clauses, query.on), GONE)
        if query.id not in now.documents:
            raise NotFoundError(f"资料库里没有文件“{query.id[:60]}”，它可能已被移除。")
        line = line_of(now.documents[query.id], now.documents)
        listed = listed_on(now.documents, query.id, query.on)
        clauses = now.clauses_of(query.id)
        return shown(tree_page(listed, clauses, line, query.on, _taken_over(now, query.id)))

    @router.get("/compare")
    def compare(query: Annotated[PairQuery, Query()]) -> Response:
        now = assistant.snapshot()
        diff = now.diff(query.a, query.b) if query.a and query.b else None
        return shown(compare_page(now.documents, (query.a, query.b), diff, query.on))

    return router


def _taken_over(now: Assistant, doc_id: str) -> list[Kept]:
    """The digests whose place an official text took."""
    folder = own_corpus(now.settings).corpus_dir
    return [kept for _, kept in kept_documents(folder) if kept.successor == doc_id]


def _documents(now: Assistant, asked: Asked) -> Response:
    listed = list_documents(now.documents, asked.day, asked.wanted)
    known = vocabulary(now.documents.values())
    if not asked.q:
        failed = now.index.manifest.failed_rows
        return shown(list_page(asked, listed, len(now.documents), known, failed))
    within = {one.document.doc_id: one for one in listed}
    if asked.doc:
        if asked.doc not in now.documents:
            raise NotFoundError(f"资料库里没有文件“{asked.doc[:60]}”，它可能已被移除。")
        within = {asked.doc: listed_on(now.documents, asked.doc, asked.day)}
    find = now.find_phrase if asked.mode == "phrase" else now.find_words
    found = find(asked.q, within, PLACES_MOST if asked.doc else 3)
    named = () if found or asked.doc else _named(now, asked.q)
    return shown(found_page(asked, found, within, known, named))


def _named(now: Assistant, words: str) -> tuple[Clause, ...]:
    """Where people type an address into the search for words."""
    try:
        return now.locate(words).clauses
    except UsageError:
        return ()


def _clause(now: Assistant, address: str, query: ListQuery) -> Response:
    day = query.on
    if gone := now.gone(address):
        became = gone.clause.became if gone.clause else ()
        if len(became) == 1 and became[0] in now.clauses:
            return moved(desk_url(clause=became[0], day=day, was=address))
        return shown(gone_page(gone, now.clauses, day), GONE)
    was = now.gone(query.was) if query.was else None
    found = now.locate(address)
    clauses = found.clauses if len(found.clauses) > 1 else (*found.clauses, *found.others)
    if len(clauses) > 1:
        targets = [_target(now, one) for one in clauses]
        return shown(pick_page(address[:80], targets, day))
    return shown(clause_page(_view(now, clauses[0], day), was))


def _view(now: Assistant, clause: Clause, day: date) -> ClauseView:
    references, terms = now.links(clause)
    every = now.clauses_of(clause.doc_id)
    return ClauseView(
        listed=listed_on(now.documents, clause.doc_id, day),
        day=day,
        clause=clause,
        below=tuple(one for one in every if _holds(clause, one)),
        above=tuple(_above(now, clause)),
        neighbours=now.neighbours(clause),
        references=tuple(
            (one, _target(now, now.clauses[one.clause_id]) if one.clause_id else None)
            for one in references
        ),
        terms=terms,
        history=tuple(
            (stage, _listed(now, stage.document.doc_id, day)) for stage in now.history(clause)
        ),
    )


def _holds(clause: Clause, other: Clause) -> bool:
    return other is clause or other.clause_id.startswith(f"{clause.clause_id}__")


def _above(now: Assistant, clause: Clause) -> Iterator[Clause]:
    """From below the document's own node down to the parent."""
    chain: list[Clause] = []
    here = clause
    while here.parent_id is not None:
        here = now.clauses[here.parent_id]
        chain.append(here)
    yield from chain[-2::-1] if len(chain) > 1 else ()


def _target(now: Assistant, clause: Clause) -> Target:
    return Target(clause, now.documents[clause.doc_id])


def _listed(now: Assistant, doc_id: str, day: date) -> Listed:
    return listed_on(now.documents, doc_id, day)
