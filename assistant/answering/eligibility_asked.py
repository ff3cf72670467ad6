"""Whether a conversation asks what the asker itself is entitled to, and what it told of itself.

The turns are read from the first to the last: a description gives facts, a later message adds to
them or puts them right, a bare 是 answers the question that stood open at that moment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.abstain import refuse_early
from assistant.answering.eligibility_words import (
    as_statement,
    asks_again,
    asks_of_a_text,
    asks_what_one_gets,
    day_of_question,
    figure_left_open,
    gives_orders,
    has_no_subject,
    is_not_sure,
    is_query,
    labelled_reply,
    may_describe,
    objects_of,
    polarity,
    speaks_of_a_firm,
    speaks_of_self,
    topic_of,
)
from assistant.eligibility.benefits import Benefit, BenefitKind
from assistant.eligibility.checks import Described, told_by
from assistant.eligibility.decide import decide_known
from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.form import profile_of
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.loading import Rules
from assistant.eligibility.naming import named_benefits
from assistant.eligibility.next_question import next_question
from assistant.eligibility.profile import read_profile
from assistant.eligibility.readings import ReadProfile
from assistant.eligibility.telling import answered, merged, unsure_of
from assistant.schema import Turn
from assistant.text import normalize
from assistant.verdicts import Question

_DESCRIBED = 3
"""Facts that make a text the description of an enterprise; where it says who speaks, one does."""
_TOLD = 2
"""Facts before a question without a subject, 能申请什么补贴, that make it the teller's own."""
_PARTS = re.compile(r"[,，。;；?？!！\n]")
MOST_REPLY = 60
"""Characters of a bare answer: a number for each of three years."""


@dataclass(frozen=True, slots=True)
class EligibilityAsked:
    """What is to be decided, for whom, on which day."""

    told: Described
    named: tuple[Benefit, ...]
    """The benefits that were asked about by name; none: all of them."""
    day: date | None
    """The day that the question itself names."""


@dataclass(frozen=True, slots=True)
class _Talk:
    told: Described
    named: tuple[Benefit, ...] = ()
    is_on: bool = False
    spoken: str = ""
    """What was last said to the person."""


def may_ask(question: str, history: Sequence[Turn], *, has_profile: bool) -> bool:
    """Whether it is worth reading the rules to find out: a quick look at the words alone."""
    said = [turn.content for turn in history if turn.role == "user"]
    norm = normalize(question).text
    if refuse_early(norm) is not None or gives_orders(norm):
        return False
    return has_profile or any(
        speaks_of_self(norm) or asks_what_one_gets(norm, has_name=True) or may_describe(norm)
        for norm in (normalize(one).text for one in (*said, question))
    )


def eligibility_asked(
    question: str, history: Sequence[Turn], profile: object, rules: Rules, day: date
) -> EligibilityAsked | None:
    """None where the last message asks something else.

    Raises:
        UsageError: `profile` is no profile.
    """
    asked_day = day_of_question(question, day)
    day = asked_day or day  # 高企2021年认定的 is read as of the day that is asked about
    given = Described(Profile(rules.definitions))
    if isinstance(profile, str):
        given = told_by(read_profile(profile, day, rules.definitions), rules, day)
    elif profile is not None:
        given = _given(profile, rules, day)
    talk = _Talk(given, is_on=False)
    has_profile = bool(given.profile.told or given.profile.unsure)
    for turn in history:
        if turn.role == "user":
            talk = _follow(talk, turn.content, rules, day, has_profile=has_profile)
        else:
            talk = replace(talk, spoken=turn.content)
    talk = replace(talk, told=replace(talk.told, notices=given.notices))
    last = _follow(talk, question, rules, day, has_profile=has_profile)
    if not last.is_on:
        return None
    told = merged(last.told, replace(given, notices=()))  # what was given by name stands
    return EligibilityAsked(told, last.named, asked_day)


def _given(profile: object, rules: Rules, day: date) -> Described:
    """Rows or a mapping of facts, as a check gives them back, with what is `unsure` among it."""
    told, problems = profile_of(profile, rules.definitions, day)
    unsure = profile.get("unsure") if isinstance(profile, Mapping) else None
    if isinstance(unsure, list):
        known = {one for one in unsure if isinstance(one, str) and rules.definitions.get(one)}
        told = replace(told, unsure=told.unsure | (known - told.told.keys()))
    return Described(told, problems)


def _follow(talk: _Talk, text: str, rules: Rules, day: date, *, has_profile: bool) -> _Talk:
    """The conversation after one more message."""
    norm = normalize(text).text
    asked = _asked_of(talk.spoken, rules, day)
    figures = _figures_for(talk.spoken, text, rules, day)
    talk = replace(talk, is_on=talk.is_on or asked is not None)
    if figures is not None:
        return _Talk(merged(talk.told, figures), talk.named, is_on=True)
    if talk.is_on and (replied := _reply(talk, text, rules, day)) is not None:
        return replace(talk, told=replied, spoken="")
    reading = read_profile(text, day, rules.definitions)
    fact_count = len(reading.facts) + len(reading.contradictions)
    named = _named(norm, rules)
    speaks = speaks_of_self(norm) or (fact_count > 0 and speaks_of_a_firm(norm))
    is_self = speaks or talk.is_on or has_profile
    gets = asks_what_one_gets(norm, has_name=bool(named), is_self=is_self)
    apart = _told_apart(reading, text)
    speaks |= gets and has_no_subject(norm, is_told=apart >= _TOLD)
    is_said = not is_query(norm)
    is_described = is_said and fact_count >= (1 if speaks else _DESCRIBED)
    is_own = speaks or is_self or apart >= _DESCRIBED
    told = merged(talk.told, told_by(reading, rules, day)) if is_own or is_said else talk.told
    first = polarity(norm.split(",", 1)[0])
    if asked is not None and first is not None and asked.fact not in told.profile.told:
        told = _answered(told, asked, "是" if first else "否", rules, day) or told
    off = _Talk(told)
    if not is_own or asks_of_a_text(norm) or refuse_early(norm) is not None:
        return off
    if gets:
        return _Talk(told, named, is_on=True)
    if talk.is_on and (meant := _named_in(topic_of(norm), rules)):
        return _Talk(told, meant, is_on=True)
    if talk.is_on and ((fact_count and is_said) or asks_again(norm)):
        return _Talk(told, talk.named, is_on=True)
    if is_described or (has_profile and is_said):
        return _Talk(told, (), is_on=True)
    return off


def _told_apart(reading: ReadProfile, text: str) -> int:
    """How many facts are told beside what is asked: 三类器械首次拿证能拿多少钱 tells of no firm."""
    at, count = 0, len(reading.contradictions)
    for part in _PARTS.split(text):
        end = at + len(part) + 1
        if not asks_what_one_gets(normalize(f"{part}?").text, has_name=True):
            count += sum(at <= one.start < end for one in reading.facts)
        at = end
    return count


def _named(norm: str, rules: Rules) -> tuple[Benefit, ...]:
    """The benefits named as what is got."""
    for words, is_title in objects_of(norm):
        if named := _named_in(words, rules):
            return _recognitions(named) if is_title else named
    return ()


def _recognitions(named: tuple[Benefit, ...]) -> tuple[Benefit, ...]:
    """Who asks to be recognised does not ask for the award that follows."""
    return tuple(one for one in named if one.kind is BenefitKind.RECOGNITION) or named


def _named_in(words: str, rules: Rules) -> tuple[Benefit, ...]:
    return named_benefits(words, rules.benefits)


def _reply(talk: _Talk, text: str, rules: Rules, day: date) -> Described | None:
    """The profile after a bare answer to the open question, or one that names its fact."""
    if (labelled := labelled_reply(text)) is not None:
        return _answered(talk.told, _by_name(labelled[0], rules), labelled[1], rules, day)
    plain = text.strip().rstrip("。.!！")
    if len(plain) > MOST_REPLY:
        return None
    if (spoken := _asked_of(talk.spoken, rules, day)) is not None:
        if is_not_sure(plain):
            return _answered(talk.told, spoken, plain, rules, day)
        is_yes = polarity(plain)
        tells = read_profile(text, day, rules.definitions, PATTERNS_ALONE).facts
        if is_yes is not None and not tells:
            return _answered(talk.told, spoken, "是" if is_yes else "否", rules, day)
    question = _open_question(talk, rules, day)
    definition = rules.definitions.get(question.fact) if question else None
    if definition is None or is_not_sure(plain):
        return _answered(talk.told, definition, plain, rules, day)
    tells_more = bool(read_profile(text, day, rules.definitions).facts)
    if not _is_option(plain, definition) and (tells_more or is_query(normalize(text).text)):
        return None
    return _answered(talk.told, definition, plain, rules, day)


def _figures_for(spoken: str, reply: str, rules: Rules, day: date) -> Described | None:
    """去年23%，前年19% to 产值两年增长多少？: read in the place that the question left open."""
    asked, reply = figure_left_open(spoken), reply.strip().rstrip("。.!！")
    is_bare = len(reply) <= MOST_REPLY and not is_query(normalize(reply).text)
    known = read_profile(reply, day, rules.definitions, PATTERNS_ALONE).facts
    if not (asked and is_bare) or known:
        return None
    read = read_profile(f"{asked}{reply}", day, rules.definitions, PATTERNS_ALONE)
    facts = tuple(replace(one, words=reply) for one in read.facts)
    return told_by(ReadProfile(facts), rules, day) if facts else None


def _answered(
    told: Described, definition: FactDefinition | None, words: str, rules: Rules, day: date
) -> Described | None:
    if definition is None:
        return None
    if is_not_sure(words):
        return unsure_of(told, definition.fact)
    later, _ = answered(definition, words, rules, day)
    return merged(told, later) if later else None


def _asked_of(spoken: str, rules: Rules, day: date) -> FactDefinition | None:
    """The yes-or-no fact that the person was just asked for, in whatever words."""
    for one in rules.definitions:
        if one.type is FactType.YES_NO and one.question and one.question in spoken:
            return one
    said = as_statement(spoken)
    read = read_profile(said, day, rules.definitions).facts if said else ()
    found = [rules.definitions.by_id[one.fact] for one in read if one.value in (True, False)]
    return found[0] if len(found) == 1 else None


def _open_question(talk: _Talk, rules: Rules, day: date) -> Question | None:
    doubt = next((one for one in talk.told.doubts if one.fact not in talk.told.profile.told), None)
    known = Known(talk.told.profile, day)
    benefits = talk.named or rules.benefits
    verdicts = [decide_known(one, known) for one in benefits]
    return doubt or next_question(benefits, known, verdicts)


def _is_option(plain: str, definition: FactDefinition) -> bool:
    names = (word for one in definition.options for word in (one.name, *one.synonyms))
    return normalize(plain).text in {normalize(one).text for one in names}


def _by_name(name: str, rules: Rules) -> FactDefinition | None:
    wanted = name.strip()
    return next((one for one in rules.definitions if wanted in (one.name, *one.synonyms)), None)
