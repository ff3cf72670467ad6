"""Train the reader on questions with judgements, and count it on authors it has not seen.

The author of a question is what stands before the last - of its id. Whoever writes questions has
habits, so folds by author are the honest ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answering.intents import intent_features
from assistant.answering.judge import ANSWERS, THRESHOLD, Case, judge_features
from assistant.answering.linear import BIAS, LinearModel, probability
from assistant.answering.premise import check_claim, claim_features
from assistant.answering.reader import Reader
from assistant.answering.understand import norm_of
from assistant.errors import EvaluationError
from assistant.evaluation.evaluator import AS_OF
from assistant.evaluation.gold import GoldQuestion
from assistant.pipeline import Assistant
from assistant.retrieval.store import PolicyIndex
from assistant.schema import REFUSALS, Intent, Status
from assistant.settings import Settings

TRUE = "true"
FALSE_WORDS = ("不对", "不是", "有误", "没有")
"""How a gold question says that a claim is false, in the first group of its facts."""
MIN_COUNT = 2
"""A feature of one question alone teaches nothing that carries over."""
INVERSE_STRENGTH = {"intent": 0.5, "verdict": 1.0, "judge": 1.0}
"""sklearn's C, chosen by folds over authors."""

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Exam:
    """Questions on the documents of one index."""

    index: PolicyIndex
    questions: Sequence[GoldQuestion]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question as read by a reader that saw none of its author's questions."""

    question: GoldQuestion
    intent: Intent
    answers: float
    """The probability that the draft answers; 0 of a refusal, 1 of a draft that is sure."""
    is_right_verdict: bool | None
    """None unless the question is an answerable claim."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares over the folds, each with its n."""

    intent: tuple[float, int]
    """Of the answerable questions: the intent is read right."""
    verdict: tuple[float, int]
    right_refusal: tuple[float, int]
    wrong_refusal: tuple[float, int]


@dataclass(frozen=True, slots=True)
class Trained:
    reader: Reader
    judgements: tuple[Judgement, ...]

    def figures(self, threshold: float = THRESHOLD) -> Figures:
        def share(values: Sequence[bool]) -> tuple[float, int]:
            return sum(values) / max(1, len(values)), len(values)

        def declined(one: Judgement) -> bool:
            return one.answers < threshold

        able = [one for one in self.judgements if one.question.answerable]
        unable = [one for one in self.judgements if not one.question.answerable]
        verdicts = [one.is_right_verdict for one in able if one.is_right_verdict is not None]
        return Figures(
            share([one.intent is one.question.intent for one in able]),
            share(verdicts),
            share([declined(one) for one in unable]),
            share([declined(one) for one in able]),
        )


def train_reader(
    settings: Settings,
    exams: Sequence[Exam],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Trained:
    """
    Raises:
        EvaluationError: there are fewer than two authors.
    """
    index_of = {one.question_id: exam.index for exam in exams for one in exam.questions}
    usable = [
        one
        for exam in exams
        for one in exam.questions
        if one.intent is not None and not _is_either(one)
    ]
    authors = sorted({_author(one) for one in usable})
    if len(authors) < 2:
        raise EvaluationError("训练要用至少两位出题人的题：题号形如 a-001，- 之前是出题人。")
    asked = {
        one.question_id: intent_features(norm_of(one.text, index_of[one.question_id]))
        for one in usable
    }

    def draft(one: GoldQuestion, intent: LinearModel, verdict: LinearModel) -> Case:
        reader = Reader(intent, verdict, _EMPTY)
        assistant = Assistant(settings, index_of[one.question_id], reader)
        return assistant.draft(one.text, one.as_of or AS_OF, one.history)

    every_intent = _fit_intent(usable, asked)
    claims = _claims(usable, lambda one: draft(one, every_intent, _EMPTY))
    drafts: dict[str, tuple[Intent, Features | float]] = {}
    verdicts: dict[str, bool] = {}
    for done, author in enumerate(authors, start=1):
        rest, own = _split(usable, author)
        verdict = _fit_verdict(rest, claims)
        intent = _fit_intent(rest, asked)
        for one in own:
            drafts[one.question_id] = _features(draft(one, intent, verdict))
            if one.question_id in claims:
                claim, is_true = claims[one.question_id]
                verdicts[one.question_id] = (_likely(verdict, claim) >= 0.5) is is_true
        progress(done, len(authors))
    reader = Reader(every_intent, _fit_verdict(usable, claims), _fit_judge(usable, drafts))
    return Trained(reader, tuple(_judgements(usable, authors, drafts, verdicts)))


def _judgements(
    usable: Sequence[GoldQuestion],
    authors: Sequence[str],
    drafts: Mapping[str, tuple[Intent, Features | float]],
    verdicts: Mapping[str, bool],
) -> Iterator[Judgement]:
    for author in authors:
        rest, own = _split(usable, author)
        judge = _fit_judge(rest, drafts)
        for one in own:
            intent, made = drafts[one.question_id]
            answers = made if isinstance(made, float) else _likely(judge, made)
            yield Judgement(one, intent, answers, verdicts.get(one.question_id))


def _features(case: Case) -> tuple[Intent, Features | float]:
    """0 or 1 where the draft is not judged: a refusal, one that is sure."""
    if case.draft.refusal is not None or case.draft.is_sure:
        return case.query.intent, float(case.draft.is_sure)
    return case.query.intent, judge_features(case)


def _split(
    questions: Sequence[GoldQuestion], author: str
) -> tuple[list[GoldQuestion], list[GoldQuestion]]:
    """The questions of others, and the author's own."""
    own = [one for one in questions if _author(one) == author]
    return [one for one in questions if _author(one) != author], own


_EMPTY = LinearModel((ANSWERS,), {})


def _author(question: GoldQuestion) -> str:
    return question.question_id.rpartition("-")[0]


def _is_either(question: GoldQuestion) -> bool:
    """Whether an answer and a refusal are both right."""
    return bool(question.statuses & REFUSALS) and Status.ANSWERED in question.statuses


def _likely(model: LinearModel, features: Features) -> float:
    return probability(model.scores(features)[0])


def _claims(
    questions: Sequence[GoldQuestion], draft: Callable[[GoldQuestion], Case]
) -> dict[str, tuple[Features, bool]]:
    """Features and truth of each answerable claim."""
    found: dict[str, tuple[Features, bool]] = {}
    for one in questions:
        if one.intent is not Intent.PREMISE or not one.answerable:
            continue
        case = draft(one)
        check = check_claim(case.query, list(case.ranked))
        if check is not None:
            is_true = not any(word in one.facts[0] for word in FALSE_WORDS)
            found[one.question_id] = claim_features(case.query, check), is_true
    return found


def _fit_intent(
    questions: Sequence[GoldQuestion], features: Mapping[str, Features]
) -> LinearModel:
    rows = [features[one.question_id] for one in questions]
    return _fit(rows, [one.intent.value for one in questions if one.intent], "intent")


def _fit_verdict(
    questions: Sequence[GoldQuestion], claims: Mapping[str, tuple[Features, bool]]
) -> LinearModel:
    rows = [claims[one.question_id] for one in questions if one.question_id in claims]
    if len({is_true for _, is_true in rows}) < 2:
        return _EMPTY
    model = _fit([one for one, _ in rows], [is_true for _, is_true in rows], "verdict")
    return LinearModel((TRUE,), model.weights)


def _fit_judge(
    questions: Sequence[GoldQuestion], drafts: Mapping[str, tuple[Intent, Features | float]]
) -> LinearModel:
    pairs = [(drafts[one.question_id][1], bool(one.answerable)) for one in questions]
    rows = [(made, answers) for made, answers in pairs if not isinstance(made, float)]
    if len({answers for _, answers in rows}) < 2:
        raise EvaluationError("训练要有能回答的题和不能回答的题，请补充题目。")
    model = _fit([one for one, _ in rows], [answers for _, answers in rows], "judge")
    return LinearModel((ANSWERS,), model.weights)


def _fit(rows: Sequence[Features], labels: Sequence[Any], name: str) -> LinearModel:
    """Logistic regression with an L2 penalty; deterministic for the same rows in the same order."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    counts = Counter(feature for row in rows for feature in row)
    kept = [{key: row[key] for key in sorted(row) if counts[key] >= MIN_COUNT} for row in rows]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(kept)
    classifier = LogisticRegression(C=INVERSE_STRENGTH[name], max_iter=3000)
    classifier.fit(matrix, labels)
    weights = {
        str(feature): tuple(float(one) for one in column)
        for feature, column in zip(
            vectorizer.get_feature_names_out(), classifier.coef_.T, strict=True
        )
    }
    weights[BIAS] = tuple(float(one) for one in classifier.intercept_)
    return LinearModel(tuple(str(one) for one in classifier.classes_), weights)
