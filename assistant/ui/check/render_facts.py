"""The facts of an enterprise as chips that can be edited, and the form to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.eligibility.checks import Check, Described
from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.known import Told, interval_words, value_words
from assistant.eligibility.next_question import UNSURE
from assistant.eligibility.values import Choice, Interval, Members, Series
from assistant.ui.check.state import VALUE, WAS, is_typed
from assistant.ui.markup import NOTHING, Html, el, join

FORM = "pc-form"
"""Every field and button of the page belongs to this one form."""
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
NONE = "都没有"
NOT_TOLD = "未填"


def chips(told: Described, last_year: int) -> Html:
    """What is known, each fact with the words it was read from; a chip opens to be edited."""
    profile = told.profile
    order = {one.fact: at for at, one in enumerate(profile.definitions)}
    facts = sorted({*profile.told, *profile.unsure}, key=lambda one: order.get(one, len(order)))
    made = (_chip(fact, told, last_year) for fact in facts)
    return el("div", *(one for one in made if one), class_="pc-chips")


def _chip(fact: str, told: Described, last_year: int) -> Html | None:
    definition = told.profile.definitions.get(fact)
    if definition is None:
        return None
    known = told.profile.told.get(fact)
    words = (value_words(known.value, definition) or "") if known else UNSURE
    origin = None
    if known is not None:
        origin = f"读自“{known.words}”" if known.words else "您填写的"
    return el(
        "details",
        el("summary", el("span", definition.name), " ", el("strong", words),
           el("small", origin) if origin else None),
        field(definition, known, last_year, is_unsure=known is None),
        el("p", button("更正"), button("删除", f"drop:{fact}"),
           button(UNSURE, f"unsure:{fact}") if known else None, class_="pa-actions"),
        class_="pc-chip" if known else "pc-chip pc-unsure", id=f"fact-{fact}",
    )  # fmt: skip


def form_fields(
    definitions: Iterable[FactDefinition], last_year: int, told: Described
) -> Html:
    """The short form: each fact once, with 不清楚."""
    profile = told.profile
    rows = (
        el("div", el("strong", one.name), el("small", one.question),
           field(one, profile.told.get(one.fact), last_year,
                 is_unsure=one.fact in profile.unsure), class_="pc-row")
        for one in definitions
    )  # fmt: skip
    return el("div", *rows, class_="pc-fields")


def button(words: str, do: str = "", *, at: str = "", is_main: bool = False) -> Html:
    """Sends the whole form; `at` is the part of the page to come back to."""
    return el(
        "button", words, type="submit", form=FORM, name="do", value=do,
        formaction=f"/check#{at}" if at else None,
        class_="pd-go" if is_main else "pa-button",
    )  # fmt: skip


def answer_buttons(made: Check) -> Html | None:
    """The next question's options as buttons, or a field to fill in; 不清楚 among them."""
    question = made.ask_next
    definition = made.profile.definitions.get(question.fact) if question else None
    if question is None or definition is None:
        return None
    options = list(question.options)
    is_doubt = options[:-1] and not _are_options(options[:-1], definition)
    if is_doubt or (len(options) > 1 and definition.type is not FactType.SET
                    and not is_typed(definition)):  # fmt: skip
        made_of = [button(one, f"answer:{definition.fact}:{one}", at="pc-next") for one in options]
        return el("p", *made_of, class_="pa-actions")
    return join([
        field(
            definition, None, made.day.year - 1, is_unsure=None,
            years=[int(one) for one in _YEAR.findall(question.question)],
        ),
        el("p", button("回答", at="pc-next", is_main=True),
           button(UNSURE, f"unsure:{definition.fact}", at="pc-next"), class_="pa-actions"),
    ])  # fmt: skip


def _are_options(words: Sequence[str], definition: FactDefinition) -> bool:
    known = {one.name for one in definition.options} | {"是", "否"}
    return all(one in known for one in words)


def field(
    definition: FactDefinition, told: Told | None, last_year: int, *, is_unsure: bool | None,
    years: Sequence[int] = (),
) -> Html:  # fmt: skip
    """The inputs of one fact, with what they held: only what is touched is read again.

    Without a box for 不清楚 where `is_unsure` is None: there is a button for it. `years` are
    those that a question asks for, of a series.
    """
    value = told.value if told else None
    if definition.type is FactType.SERIES:
        shown = years or (last_year, last_year - 1)
        return join(_years(definition, value, shown, is_unsure=is_unsure))
    if definition.type is FactType.YES_NO or (
        definition.type is FactType.CHOICE and not is_typed(definition)
    ):
        return _select(definition, value, is_unsure=is_unsure)
    if definition.type is FactType.SET and not is_typed(definition):
        return _boxes(definition, value, is_unsure=is_unsure)
    return _typed(definition, value, is_unsure=is_unsure)


def _years(
    definition: FactDefinition, value: object, years: Sequence[int], *, is_unsure: bool | None
) -> Iterator[Html]:
    by_year = value.by_year if isinstance(value, Series) else {}
    shown = sorted({*years, *by_year}, reverse=True)
    for year in shown:
        known = by_year.get(year)
        words = interval_words(known, definition) if known else ""
        yield el(
            "label", el("span", f"{year} 年"),
            _input(f"{definition.fact}.{year}", words, definition, f"{year} 年{definition.name}"),
            class_="pc-field",
        )  # fmt: skip
    yield _not_sure(definition, is_on=is_unsure)


def _typed(definition: FactDefinition, value: object, *, is_unsure: bool | None) -> Html:
    words = ""
    if isinstance(value, Interval):
        words = interval_words(value, definition)
    elif isinstance(value, Members):
        words = "、".join(sorted(map(definition.option_name, value.options)))
    elif isinstance(value, Choice):
        words = value_words(value, definition) or ""
    label = el("label", _input(definition.fact, words, definition, definition.name),
               class_="pc-field")  # fmt: skip
    return join([label, _not_sure(definition, is_on=is_unsure)])


def _input(name: str, words: str, definition: FactDefinition, label: str) -> Html:
    is_date = definition.type is FactType.DATE
    hints = {FactType.DATE: "例如 2020-03-05"}
    hint = hints.get(definition.type) or (f"例如 86 或 约30 {definition.unit or ''}".strip())
    if definition.unit == "%":
        hint = "例如 5%"
    if definition.unit == "万元":
        hint = "例如 1.2亿 或 800多万"
    if is_typed(definition):
        hint = "例如 罗店"
    return join([
        el("input", type="text", form=FORM, name=VALUE + name, value=words, maxlength=100,
           autocomplete="off", aria_label=label, placeholder=hint,
           inputmode="numeric" if is_date else None),
        _was(name, [words]),
        el("span", definition.unit) if definition.unit else None,
    ])  # fmt: skip


def _select(definition: FactDefinition, value: object, *, is_unsure: bool | None) -> Html:
    names = [one.name for one in definition.options]
    now = ""
    if definition.type is FactType.YES_NO:
        names = ["是", "否"]
        now = ("是" if value else "否") if isinstance(value, bool) else ""
    elif isinstance(value, Choice) and len(value.possible) == 1:
        now = definition.option_name(next(iter(value.possible)))
    now = UNSURE if is_unsure else now
    options = (el("option", one or NOT_TOLD, value=one, selected=one == now)
               for one in ("", *names, UNSURE))  # fmt: skip
    select = el("select", *options, form=FORM, name=VALUE + definition.fact,
                aria_label=definition.name)  # fmt: skip
    return el("label", select, _was(definition.fact, [now]), class_="pc-field")


def _boxes(definition: FactDefinition, value: object, *, is_unsure: bool | None) -> Html:
    chosen = value.options if isinstance(value, Members) else frozenset()
    is_none = isinstance(value, Members) and not chosen and not value.is_open
    on = {one.name for one in definition.options if one.value in chosen}
    on |= ({NONE} if is_none else set()) | ({UNSURE} if is_unsure else set())
    names = [*(one.name for one in definition.options), NONE]
    names += [] if is_unsure is None else [UNSURE]
    boxes = (_box(definition, one, is_on=one in on) for one in names)
    return el("fieldset", el("legend", definition.name, class_="pa-hidden"), *boxes,
              _was(definition.fact, [one for one in names if one in on]),
              class_="pc-boxes")  # fmt: skip


def _not_sure(definition: FactDefinition, *, is_on: bool | None) -> Html:
    if is_on is None:
        return NOTHING
    return join([_box(definition, UNSURE, is_on=is_on),
                 _was(definition.fact, [UNSURE] if is_on else [])])  # fmt: skip


def _box(definition: FactDefinition, name: str, *, is_on: bool) -> Html:
    box = el("input", type="checkbox", form=FORM, name=VALUE + definition.fact, value=name,
             checked=is_on)  # fmt: skip
    return el("label", box, name, class_="pc-box")


def _was(name: str, values: Sequence[str]) -> Html:
    return join(el("input", type="hidden", form=FORM, name=WAS + name, value=one)
                for one in values or [""])  # fmt: skip
