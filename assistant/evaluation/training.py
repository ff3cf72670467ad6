"""Train the reader on questions with judgements, and count it on authors it has not seen.

The author of a question is what stands before the last - of its id. Whoever writes questions has
habits, so folds by author are the honest ones. Each model is trained on what models before it made
of questions of authors that these had not seen: it meets the mistakes it will meet in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from assistant.answering.drafting import draft
from assistant.answering.evidence import Found, find, find_hits, rank
from assistant.answering.extractive import Writers
from assistant.answering.intents import intent_features
from assistant.answering.judge import ANSWERS, THRESHOLD, Case, judge_features
from assistant.answering.premise import check_claim, claim_features
from assistant.answering.reader import Reader
from assistant.answering.sentences import Ranked
from assistant.answering.understand import norm_of, understand_on
from assistant.errors import EvaluationError
from assistant.evaluation.evaluator import AS_OF
from assistant.evaluation.fit_training import fit_trees, further_steps
from assistant.evaluation.gold import GoldQuestion
from assistant.evaluation.measures import AFFIRMATIONS, shows
from assistant.linear import BIAS, LinearModel, probability
from assistant.retrieval.store import PolicyIndex
from assistant.schema import REFUSALS, Intent, Status

TRUE = "true"
NEEDED = "needed"
FALSE_WORDS = frozenset(("不对", "不是", "有误", "没有"))
"""How a gold question says that a claim is false, in the first group of its facts."""
MIN_COUNT = 2
"""A feature of one question alone teaches nothing that carries over."""
INVERSE_STRENGTH = {"intent": 0.5, "verdict": 0.3, "judge": 1.0, "further": 1.0}
"""sklearn's C, chosen by folds over authors."""

FOLDS = 4
STEPS = 4
"""Times that each question is gone through."""

Features = Mapping[str, float]
Model = TypeVar("Model")
Made = TypeVar("Made")


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
    shows: bool
    """Whether the draft quotes from each group of the evidence."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares over the folds, each with its n."""

    intent: tuple[float, int]
    """Of the answerable questions: the intent is read right."""
    verdict: tuple[float, int]
    right_refusal: tuple[float, int]
    wrong_refusal: tuple[float, int]
    added_right: tuple[float, int]
    """Of questions without an intent, those on added texts: answered with the right quote."""
    added_wrong: tuple[float, int]
    added_declined: tuple[float, int]
    added_right_refusal: tuple[float, int]


@dataclass(frozen=True, slots=True)
class Trained:
    reader: Reader
    judgements: tuple[Judgement, ...]

    def figures(self, threshold: float = THRESHOLD) -> Figures:
        def share(values: Sequence[bool]) -> tuple[float, int]:
            return sum(values) / max(1, len(values)), len(values)

        def declined(one: Judgement) -> bool:
            return one.answers < threshold

        read = [one for one in self.judgements if one.question.intent is not None]
        able = [one for one in read if one.question.answerable]
        unable = [one for one in read if not one.question.answerable]
        added = [one for one in self.judgements if one.question.intent is None]
        known = [one for one in added if one.question.answerable]
        verdicts = [one.is_right_verdict for one in able if one.is_right_verdict is not None]
        return Figures(
            share([one.intent is one.question.intent for one in able]),
            share(verdicts),
            share([declined(one) for one in unable]),
            share([declined(one) for one in able]),
            share([one.shows and not declined(one) for one in known]),
            share([not one.shows and not declined(one) for one in known]),
            share([declined(one) for one in known]),
            share([declined(one) for one in added if not one.question.answerable]),
        )


def train_reader(
    exams: Sequence[Exam], progress: Callable[[int, int], None] = lambda *_: None
) -> Trained:
    """
    Raises:
        EvaluationError: there are fewer than two authors.
    """
    work = _Work(exams, progress)
    intents = work.by_fold(lambda rest: _fit_intent(rest, work.asked))
    found = work.each(lambda one, fold: _find(one, work.index_of, intents[fold]))
    trees = work.by_fold(lambda rest: fit_trees([(one, found[one.question_id]) for one in rest]))
    ranked = work.each(lambda one, fold: rank(found[one.question_id], trees[fold]))
    claims = _claims(work.questions, ranked, found)
    verdicts = work.by_fold(lambda rest: _fit_verdict(rest, claims))
    steps = {
        one.question_id: further_steps(
            one, found[one.question_id].query, ranked[one.question_id]
        )
        for one in work.questions
    }
    furthers = work.by_fold(lambda rest: _fit_further(rest, steps))
    drafts = work.each(
        lambda one, fold: _drafted(
            one,
            draft(
                found[one.question_id],
                work.index_of[one.question_id],
                trees[fold],
                Writers(verdicts[fold], furthers[fold]),
            ),
        )
    )
    judges = work.by_fold(lambda rest: _fit_judge(rest, drafts))
    judgements = work.each(
        lambda one, fold: _judgement(one, claims, drafts, verdicts[fold], judges[fold])
    )
    every = work.questions
    reader = Reader(
        intent=_fit_intent(every, work.asked),
        verdict=_fit_verdict(every, claims),
        judge=_fit_judge(every, drafts),
        further=_fit_further(every, steps),
        fit=fit_trees([(one, found[one.question_id]) for one in every]),
    )
    return Trained(reader, tuple(judgements.values()))


class _Work:
    """The questions in folds by author."""

    def __init__(self, exams: Sequence[Exam], progress: Callable[[int, int], None]) -> None:
        self.index_of = {one.question_id: exam.index for exam in exams for one in exam.questions}
        self.questions = [
            one
            for exam in exams
            for one in exam.questions
            if one.answerable is not None and not _is_either(one)
        ]
        authors = sorted({_author(one) for one in self.questions})
        if len(authors) < 2:
            raise EvaluationError("训练要用至少两位出题人的题：题号形如 a-001，- 之前是出题人。")
        self._folds = min(FOLDS, len(authors))
        self._fold_of = {author: place % self._folds for place, author in enumerate(authors)}
        self.asked = {
            one.question_id: intent_features(norm_of(one.text, self.index_of[one.question_id]))
            for one in self.questions
        }
        self._progress = progress
        self._done = 0

    def by_fold(self, fit: Callable[[list[GoldQuestion]], Model]) -> list[Model]:
        """A model a fold, trained on the questions of the other folds."""
        return [
            fit([one for one in self.questions if self._fold_of[_author(one)] != fold])
            for fold in range(self._folds)
        ]

    def each(self, of: Callable[[GoldQuestion, int], Made]) -> dict[str, Made]:
        """By question id, what is made of a question with the models of its fold."""
        made: dict[str, Made] = {}
        for one in self.questions:
            made[one.question_id] = of(one, self._fold_of[_author(one)])
            self._done += 1
            self._progress(self._done, STEPS * len(self.questions))
        return made


def _find(one: GoldQuestion, index_of: Mapping[str, PolicyIndex], intent: LinearModel) -> Found:
    index = index_of[one.question_id]
    asked_on = one.as_of or AS_OF
    query, day = understand_on(one.text, one.history, index, intent, asked_on)
    return find(query, find_hits(query, index), index, day or asked_on)


def _judgement(
    one: GoldQuestion,
    claims: Mapping[str, tuple[Features, bool]],
    drafts: Mapping[str, _Drafted],
    verdict: LinearModel,
    judge: LinearModel,
) -> Judgement:
    drafted = drafts[one.question_id]
    made = drafted.features
    answers = made if isinstance(made, float) else _likely(judge, made)
    is_right = None
    if one.question_id in claims:
        claim, is_true = claims[one.question_id]
        is_right = (_likely(verdict, claim) >= 0.5) is is_true
    return Judgement(one, drafted.intent, answers, is_right, drafted.shows)


@dataclass(frozen=True, slots=True)
class _Drafted:
    intent: Intent
    features: Features | float
    """0 or 1 where the draft is not judged: a refusal, one that is sure."""
    shows: bool


def _drafted(one: GoldQuestion, case: Case) -> _Drafted:
    evidence = [statement.evidence for statement in case.draft.statements]
    quoted = [(each.clause.doc_id, each.start, each.end) for each in evidence]
    has_shown = bool(one.evidence) and all(
        any(shows(span, proof) for span in quoted for proof in group) for group in one.evidence
    )
    is_judged = case.draft.refusal is None and not case.draft.is_sure
    features = judge_features(case) if is_judged else float(case.draft.is_sure)
    return _Drafted(case.query.intent, features, has_shown)


_EMPTY = LinearModel((ANSWERS,), {})


def _author(question: GoldQuestion) -> str:
    return question.question_id.rpartition("-")[0]


def _is_either(question: GoldQuestion) -> bool:
    """Whether an answer and a refusal are both right."""
    return bool(question.statuses & REFUSALS) and Status.ANSWERED in question.statuses


def _likely(model: LinearModel, features: Features) -> float:
    return probability(model.scores(features)[0])


def _claims(
    questions: Sequence[GoldQuestion],
    ranked: Mapping[str, Sequence[Ranked]],
    found: Mapping[str, Found],
) -> dict[str, tuple[Features, bool]]:
    """Features and truth of each answerable claim."""
    claims: dict[str, tuple[Features, bool]] = {}
    for one in questions:
        says = _says(one)
        if says is None:
            continue
        query = found[one.question_id].query
        check = check_claim(query, list(ranked[one.question_id]))
        if check is not None:
            claims[one.question_id] = claim_features(query, check), says
    return claims


def _says(one: GoldQuestion) -> bool | None:
    """Whether an answerable claim is true; None of other questions, and where neither is said."""
    if one.intent is not Intent.PREMISE or not one.answerable or not one.facts:
        return None
    first = set(one.facts[0])
    if first & FALSE_WORDS:
        return False
    return True if first & AFFIRMATIONS else None


def _fit_intent(
    questions: Sequence[GoldQuestion], features: Mapping[str, Features]
) -> LinearModel:
    read = [(features[one.question_id], one.intent.value) for one in questions if one.intent]
    return _fit([one for one, _ in read], [intent for _, intent in read], "intent")


def _fit_verdict(
    questions: Sequence[GoldQuestion], claims: Mapping[str, tuple[Features, bool]]
) -> LinearModel:
    rows = [claims[one.question_id] for one in questions if one.question_id in claims]
    if len({is_true for _, is_true in rows}) < 2:
        return _EMPTY
    model = _fit([one for one, _ in rows], [is_true for _, is_true in rows], "verdict")
    return LinearModel((TRUE,), model.weights)


def _fit_further(
    questions: Sequence[GoldQuestion], steps: Mapping[str, Sequence[tuple[Features, bool]]]
) -> LinearModel:
    rows = [step for one in questions for step in steps[one.question_id]]
    if len({is_needed for _, is_needed in rows}) < 2:
        return _EMPTY
    model = _fit([one for one, _ in rows], [needed for _, needed in rows], "further")
    return LinearModel((NEEDED,), model.weights)


def _fit_judge(
    questions: Sequence[GoldQuestion], drafts: Mapping[str, _Drafted]
) -> LinearModel:
    pairs = [(drafts[one.question_id].features, bool(one.answerable)) for one in questions]
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
