"""The pages of 资格自查 for one enterprise. Nothing is kept: a request has all it needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from assistant.eligibility.checks import Check, Described, check
from assistant.eligibility.facts import FactDefinition
from assistant.eligibility.loading import Rules
from assistant.errors import UsageError
from assistant.tables.pack import Library, pack_sections, sources_of
from assistant.tables.pack_files import pack_docx, pack_xlsx
from assistant.tables.template import template_columns
from assistant.tables.wording import fact_names
from assistant.ui.check.frame import CHECK, problem_page
from assistant.ui.check.places import Places
from assistant.ui.check.render_check import View, check_page
from assistant.ui.check.state import VALUE, WAS, Asked, given_as, taken
from assistant.ui.desk.http import DeskRoute, shown
from assistant.ui.desk.routes import DeskQuery
from assistant.ui.verdict_cards import Showing

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

FORM_FACTS = 18
"""Of the short form: those that most benefits wait for."""
MOST_OPENED = 40
MAX_FIELDS = 1500
_OOXML = "application/vnd.openxmlformats-officedocument."
XLSX = f"{_OOXML}spreadsheetml.sheet"
_PACKS = {
    "docx": (pack_docx, f"{_OOXML}wordprocessingml.document"),
    "xlsx": (pack_xlsx, XLSX),
}


class CheckRoute(DeskRoute):
    """These pages change nothing, so a form may come from the chat, which names no origin."""

    problem = staticmethod(problem_page)
    needs_own_origin = False


class LinkQuery(DeskQuery):
    """A page by its address; `facts` are there by the person's choice only."""

    facts: str = ""


class PackQuery(DeskQuery):
    """The format of the evidence pack."""

    kind: Literal["docx", "xlsx"] = "docx"


class Checker:
    """What the routes share."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.places = Places(assistant)

    @property
    def rules(self) -> Rules:
        return self._assistant.entitlements.rules()

    def blank(self, day: date) -> View:
        return self._view(given_as({}, [], [], self.rules, day), day, None, ())

    def linked(self, facts: str, day: date) -> View:
        """
        Raises:
            UsageError: the facts of the link cannot be read.
        """
        try:
            given = json.loads(facts)
        except (ValueError, RecursionError) as error:
            raise UsageError("链接里的企业情况不完整，请向给您链接的人重要一份。") from error
        told = given_as(given, [], [], self.rules, day)
        return self._view(told, day, check(self.rules, told, day), ())

    def answered(self, form: FormData, today: date) -> View:
        """
        Raises:
            UsageError: the form is not one of ours, or something in it is far too long.
        """
        day = _day(form, today)
        told, made = self.checked(form, day)
        return self._view(told, day, made, _texts(form, "opened")[:MOST_OPENED])

    def checked(self, form: FormData, day: date) -> tuple[Described, Check]:
        """
        Raises:
            UsageError: as `answered`.
        """
        names = [one for one in form if one.startswith((VALUE, WAS))]
        asked = Asked(
            state=_text(form, "state"), text=_text(form, "text"), do=_text(form, "do"),
            fields={one: _texts(form, one) for one in names},
        )  # fmt: skip
        most = self._assistant.settings.max_question_chars
        told = taken(asked, self.rules, day, most)
        return told, check(self.rules, told, day)

    def pack(self, form: FormData, kind: str, today: date) -> bytes:
        day = _day(form, today)
        _, made = self.checked(form, day)
        wanted = {one.clause_id.partition("__")[0] for one in sources_of(made)}
        write, _ = _PACKS[kind]
        return write(pack_sections(made, Library(self.places.parsed(wanted))), day)

    def _view(
        self, told: Described, day: date, made: Check | None, opened: Sequence[str]
    ) -> View:
        place = self.places.place
        showing = Showing(
            lambda facts: fact_names(facts, self.rules.definitions),
            lambda source: place(source, day),
        )
        most = self._assistant.settings.max_question_chars
        fields = short_form(self.rules, day)
        return View(day, told, fields, most, made, showing, frozenset(opened))


def check_router(assistant: Assistant) -> APIRouter:
    """The routes below `/check`; not part of the public API, which has `POST /api/check`."""
    router = APIRouter(prefix=CHECK, include_in_schema=False, route_class=CheckRoute)
    checker = Checker(assistant)

    @router.get("")
    def start(query: Annotated[LinkQuery, Query()]) -> Response:
        if query.facts:
            return shown(check_page(checker.linked(query.facts, query.on)))
        return shown(check_page(checker.blank(query.on)))

    @router.post("")
    async def answer(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=MAX_FIELDS)
        view = await run_in_threadpool(checker.answered, form, date.today())
        return shown(check_page(view))

    @router.post("/pack")
    async def pack(request: Request, query: Annotated[PackQuery, Query()]) -> Response:
        form = await request.form(max_files=0, max_fields=MAX_FIELDS)
        raw = await run_in_threadpool(checker.pack, form, query.kind, date.today())
        return download(raw, f"资格证据包.{query.kind}", _PACKS[query.kind][1])

    return router


def download(raw: bytes, name: str, media_type: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return Response(raw, media_type=media_type, headers=headers)


def short_form(rules: Rules, day: date) -> tuple[FactDefinition, ...]:
    """The facts that most benefits wait for on the day, in the order of the definitions."""
    return _short_form(_Same(rules), day)


class _Same:
    """Rules, equal where they are the same object: they are read once and then kept."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.rules is self.rules

    def __hash__(self) -> int:
        return id(self.rules)


@lru_cache(maxsize=8)
def _short_form(same: _Same, day: date) -> tuple[FactDefinition, ...]:
    columns = template_columns(same.rules, day)
    most: dict[str, int] = {}
    for one in columns:
        most[one.definition.fact] = one.benefit_count
    kept = set(sorted(most, key=lambda fact: (-most[fact], fact))[:FORM_FACTS])
    return tuple({one.definition.fact: one.definition for one in columns
                  if one.definition.fact in kept}.values())  # fmt: skip


def _day(form: FormData, today: date) -> date:
    """
    Raises:
        UsageError: it is no day.
    """
    words = _text(form, "day")
    if not words:
        return today
    try:
        return DeskQuery.model_validate({"day": words}).on
    except ValueError as error:
        raise UsageError("判断的日期应为 2026-11-22 这样。") from error


def _text(form: FormData, name: str) -> str:
    """The first value that is not empty: a button that was pressed stands beside hidden ones."""
    return next((one for one in _texts(form, name) if one), "")


def _texts(form: FormData, name: str) -> list[str]:
    found: list[Any] = form.getlist(name)
    return [one for one in found if isinstance(one, str)]
