"""What a page of 资格自查 carries from one request to the next, and what a request does to it.

Nothing is kept on the server: the facts travel in the form, or in the link by the person's choice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from assistant.answering.privacy import mask
from assistant.eligibility.checks import Described, told_as_facts, told_in_words
from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.form import read_value
from assistant.eligibility.loading import Rules
from assistant.eligibility.next_question import UNSURE
from assistant.eligibility.telling import answered, merged, unsure_of, without
from assistant.eligibility.told import fact_rows
from assistant.eligibility.values import Members, Series
from assistant.errors import UsageError
from assistant.verdicts import Question

VALUE = "v."
"""A field `v.staff_count`, `v.revenue.2025`; what stands in it is read as a cell of a table."""
WAS = "was."
"""What the field held when it was sent: what was not touched is not read again."""
MAX_STATE_CHARS = 60_000
MAX_LINK_CHARS = 4_000
MAX_FIELD_CHARS = 300
MAX_FIELDS = 400
_MAX_DOUBTS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its form has it; `fields` hold every `v.` and `was.`, several for a set."""

    state: str
    text: str
    do: str
    """A button: `drop:FACT`, `unsure:FACT`, `answer:FACT:WORDS`, or empty."""
    fields: Mapping[str, Sequence[str]]


def taken(asked: Asked, rules: Rules, day: date, most_chars: int) -> Described:
    """All that was told, this request's part last; what cannot be taken is in the notices.

    Raises:
        UsageError: the state is not one of ours, or something is far too long.
    """
    told = replace(read_state(asked.state, rules, day), notices=())
    if len(asked.text) > most_chars:
        raise UsageError(f"企业情况超过 {most_chars} 字，请删减后再查。")
    if asked.text.strip():
        told = merged(told, _masked(told_in_words(asked.text, rules, day)))
    told = _with_fields(told, asked.fields, rules, day)
    return _with_button(told, asked.do, rules, day)


def read_state(state: str, rules: Rules, day: date) -> Described:
    """
    Raises:
        UsageError: it is not one of ours.
    """
    if not state:
        return told_as_facts({}, rules, day)
    if len(state) > MAX_STATE_CHARS:
        raise UsageError("页面带回的企业情况太长，请重新填写。")
    try:
        given = json.loads(state)
        facts, unsure, doubts = given["facts"], given.get("unsure", []), given.get("doubts", [])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError("页面带回的企业情况无法读取；请回到上一页再试。") from error
    return given_as(facts, unsure, doubts, rules, day)


def given_as(
    facts: object, unsure: object, doubts: object, rules: Rules, day: date
) -> Described:
    """
    Raises:
        UsageError: these are no facts.
    """
    told = told_as_facts(facts, rules, day)
    names = unsure if isinstance(unsure, list) else []
    known = {one for one in names if isinstance(one, str) and rules.definitions.get(one)}
    profile = replace(
        told.profile, unsure=(told.profile.unsure | known) - told.profile.told.keys()
    )
    asked = doubts if isinstance(doubts, list) else []
    read = (_question(one, rules) for one in asked[:_MAX_DOUBTS])
    return replace(told, profile=profile, doubts=tuple(one for one in read if one))


def state_of(told: Described) -> str:
    """As `read_state` reads it back."""
    given = {
        "facts": _rows(told),
        "unsure": sorted(told.profile.unsure),
        "doubts": [
            {"fact": one.fact, "question": one.question, "options": list(one.options)}
            for one in told.doubts
        ],
    }
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def link_facts(told: Described) -> str:
    """The facts alone, for a link; not a word of what was written. Empty where it is too long."""
    facts: dict[str, Any] = dict.fromkeys(sorted(told.profile.unsure))
    for row in fact_rows(told.profile):
        value = row["value"]
        if row["kind"] != "exact":
            value = {"kind": row["kind"], "value": value}
        if "year" in row:
            facts.setdefault(row["fact"], {})[str(row["year"])] = value
        else:
            facts[row["fact"]] = value
    words = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return words if len(words) <= MAX_LINK_CHARS else ""


def _rows(told: Described) -> list[dict[str, Any]]:
    shown = ("label", "words")
    rows = fact_rows(told.profile)
    return [{name: one for name, one in row.items() if name not in shown} for row in rows]


def _question(row: object, rules: Rules) -> Question | None:
    if not isinstance(row, dict):
        return None
    fact, words, options = row.get("fact"), row.get("question"), row.get("options")
    if not isinstance(fact, str) or not isinstance(words, str) or not isinstance(options, list):
        return None
    if rules.definitions.get(fact) is None:
        return None
    shown = [one[:MAX_FIELD_CHARS] for one in options[:10] if isinstance(one, str)]
    return Question(fact, words[:MAX_FIELD_CHARS], tuple(shown))


def _with_fields(
    told: Described, fields: Mapping[str, Sequence[str]], rules: Rules, day: date
) -> Described:
    # A set of boxes of which none is ticked is only known by what it was.
    names = list(dict.fromkeys(one.partition(".")[2] for one in fields))
    if len(names) > MAX_FIELDS:
        raise UsageError("表单里的项目太多，请重新打开本页。")
    for name in names:
        given = fields.get(VALUE + name, ())
        now = [one.strip()[:MAX_FIELD_CHARS] for one in given if one.strip()]
        if sorted(now) == sorted(one for one in fields.get(WAS + name, ()) if one):
            continue
        fact, _, year = name.partition(".")
        definition = rules.definitions.by_id.get(fact)
        if definition is not None:
            told = _with_field(told, (definition, year), now, rules, day)
    return told


def _with_field(
    told: Described, place: tuple[FactDefinition, str], now: Sequence[str], rules: Rules, day: date
) -> Described:
    definition, year = place
    if not now and year:
        return _without_year(told, definition.fact, year)
    if not now:
        return without(told, definition.fact)
    if UNSURE in now:
        return unsure_of(told, definition.fact)
    if definition.type is FactType.SET and not is_typed(definition):
        options = {one.name: one.value for one in definition.options}
        chosen = frozenset(options[one] for one in now if one in options)
        return _set(told, definition, Members(chosen))
    later, errors = answered(
        definition, now[0], rules, day, int(year) if year.isdecimal() and len(year) == 4 else None
    )
    if later is None:
        said = (f"{definition.name}：{mask(one.message)}" for one in errors)
        return replace(told, notices=(*told.notices, *said))
    if definition.type is not FactType.SERIES:
        told = without(told, definition.fact)
    return merged(told, _as_typed(later))


def _as_typed(told: Described) -> Described:
    """What stands in a field was read from no words of a description."""
    profile = told.profile
    plain = {fact: replace(one, words="") for fact, one in profile.told.items()}
    return replace(told, profile=replace(profile, told=plain), notices=())


def _without_year(told: Described, fact: str, year: str) -> Described:
    known = told.profile.told.get(fact)
    if known is None or not isinstance(known.value, Series):
        return told
    rest = {at: one for at, one in known.value.by_year.items() if str(at) != year}
    if not rest:
        return without(told, fact)
    return replace(told, profile=told.profile.with_fact(fact, Series(rest), known.words))


def is_typed(definition: FactDefinition) -> bool:
    """A place is typed: there are too many to tick."""
    return definition.fact in ("region", "tax_place")


def _with_button(told: Described, do: str, rules: Rules, day: date) -> Described:
    verb, _, rest = do.partition(":")
    fact, _, words = rest.partition(":")
    definition = rules.definitions.get(fact)
    if definition is None:
        return told
    if verb == "drop":
        return without(told, fact)
    if verb == "unsure" or (verb == "answer" and words == UNSURE):
        return unsure_of(told, fact)
    if verb == "answer":
        for option in definition.options:
            if option.name == words:
                value = [option.value] if definition.type is FactType.SET else option.value
                return _set(told, definition, read_value(value, definition, day))
        if definition.type is FactType.YES_NO and words in ("是", "否"):
            return _set(told, definition, words == "是")
        return _with_field(told, (definition, ""), [words[:MAX_FIELD_CHARS]], rules, day)
    return told


def _set(told: Described, definition: FactDefinition, value: Any) -> Described:
    rest = without(told, definition.fact)
    return replace(rest, profile=rest.profile.with_fact(definition.fact, value))


def _masked(told: Described) -> Described:
    """No phone number or code comes back in the words that a fact was read from."""
    profile = told.profile
    masked = {fact: replace(one, words=mask(one.words)) for fact, one in profile.told.items()}
    return Described(
        replace(profile, told=masked), tuple(map(mask, told.notices)), told.doubts
    )
