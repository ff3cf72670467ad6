"""`Assistant.ask`: the one door. Faces receive an `Answer` and never reach into retrieval."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from assistant.answering.address import Address, find_address, neighbour
from assistant.answering.compose import compose, dated, notices_of
from assistant.answering.draft import Draft
from assistant.answering.drafting import draft
from assistant.answering.entitlement import Asking, Entitlements
from assistant.answering.evidence import find, find_hits
from assistant.answering.judge import Case, judged
from assistant.answering.llm import LLMWriter
from assistant.answering.reader import Reader, load_reader
from assistant.answering.turns import MAX_TURNS
from assistant.answering.understand import Query, understand_on
from assistant.answering.verify import check_answer
from assistant.corpus.archive import Gone, find_gone
from assistant.corpus.notices import chinese_day
from assistant.errors import (
    CitationError,
    IndexFolderError,
    NotFoundError,
    UsageError,
    WriterError,
)
from assistant.lineage import Stage, diff_of, history_of
from assistant.references import links_of
from assistant.retrieval.build_apart import build_apart
from assistant.retrieval.concordance import Found
from assistant.retrieval.opening import open_current_index
from assistant.retrieval.store import (
    BuildReport,
    PolicyIndex,
    Progress,
    open_index,
    own_corpus,
)
from assistant.schema import (
    Answer,
    Clause,
    DefinedTerm,
    Document,
    Hit,
    Intent,
    Reference,
    Status,
    Turn,
)
from assistant.settings import Settings, load_settings
from assistant.text import strip_controls
from assistant.versions import Diff

_CHECKED_WRITERS = frozenset({Intent.WORDING, Intent.VALIDITY, Intent.PREMISE})
"""Exact words, the document's status and yes/no stay with the extractive writer."""


@dataclass(frozen=True, slots=True)
class Update:
    """A step of a streamed answer; `answer` comes with the last one, stage `done`."""

    stage: str
    labels: tuple[str, ...] = ()
    text: str = ""
    answer: Answer | None = None


class Assistant:
    """Answers over one opened index; reopens it when a newer one is swapped in."""

    def __init__(
        self, settings: Settings, index: PolicyIndex, reader: Reader | None = None
    ) -> None:
        self.settings = settings
        self.index = index
        self.reader = reader or load_reader()
        self.entitlements = Entitlements(settings)
        self._writer = LLMWriter(settings) if settings.has_llm else None
        self._reopening = threading.Lock()

    @classmethod
    def open(
        cls, settings: Settings | None = None, *, progress: Progress | None = None
    ) -> Assistant:
        """Open the index, built on first use and brought up to date when stale.

        Raises:
            CorpusError, IndexFolderError, SettingsError: as `build_index` and `open_index`.
        """
        settings = settings or load_settings()
        return cls(settings, open_current_index(settings, progress))

    def warm_up(self) -> None:
        """Load word list, vectors and spelling before the first question has to wait for them."""
        self.ask("主要目标")

    def snapshot(self) -> Assistant:
        """The assistant with the index as it is now, whatever is swapped in later."""
        self._reopen()
        return copy.copy(self)

    def rebuild(self) -> BuildReport:
        """Bring the index up to date with its corpus; questions are answered meanwhile.

        Raises:
            CorpusError, IndexFolderError, SettingsError: as `build_apart` and `open_index`.
        """
        with self._reopening:
            report = build_apart(own_corpus(self.settings))
            self._swap_in(open_index(self.settings))
        return report

    @property
    def documents(self) -> Mapping[str, Document]:
        return self.index.documents

    @property
    def clauses(self) -> Mapping[str, Clause]:
        return self.index.clauses

    def clauses_of(self, doc_id: str) -> tuple[Clause, ...]:
        return self.index.clauses_of(doc_id)

    def search(self, question: str, k: int | None = None) -> list[Hit]:
        """The k best passages, best first."""
        asked = self._checked(question)
        self._reopen()
        return self.index.search(asked, k or self.settings.top_k)

    def find_phrase(
        self, words: str, doc_ids: Collection[str] | None = None, most: int = 20
    ) -> tuple[Found, ...]:
        """Every document with exactly these words, as `Concordance.phrase`."""
        return self.index.concordance.phrase(self._checked(words), doc_ids, most)

    def find_words(
        self, words: str, doc_ids: Collection[str] | None = None, most: int = 20
    ) -> tuple[Found, ...]:
        """Every document with provisions that hold all the words, as `Concordance.words`."""
        return self.index.concordance.words(self._checked(words), doc_ids, most)

    def find_clauses(self, address: str) -> list[Clause]:
        """The clauses an id or an address names; several where it is ambiguous.

        Raises:
            NotFoundError: no clause has this address; it says what is nearest.
        """
        return list(self.locate(address).clauses)

    def locate(self, address: str) -> Address:
        """The same, with the clauses of further addresses in the text."""
        if address.strip() in self.clauses:
            return Address((self.clauses[address.strip()],), address)
        if gone := self.gone(address.strip()):
            raise NotFoundError(gone.told)
        found = find_address(self._checked(address), self.index, is_address=True)
        if found is None or not found.clauses:
            reason = found.problem if found else ""
            raise NotFoundError(
                f"没有找到条款“{strip_controls(address)[:60]}”；"
                f"{reason or '可用 assistant outline 查看目录。'}"
            )
        return found

    def gone(self, name: str) -> Gone | None:
        """What became of a document or clause that was in the corpus, by its id."""
        known = name in self.documents or name in self.clauses
        return None if known else find_gone(own_corpus(self.settings).corpus_dir, name)

    def neighbours(self, clause: Clause) -> tuple[Clause | None, Clause | None]:
        """The clause before and the one after, across section borders."""
        return neighbour(clause, -1, self.index), neighbour(clause, 1, self.index)

    def links(self, clause: Clause) -> tuple[tuple[Reference, ...], tuple[DefinedTerm, ...]]:
        """What the clause refers to, and the terms in it that its document defines."""
        links = links_of(self.index, clause.doc_id)
        return links.references_in(clause), links.terms_in(clause)

    def diff(self, old: str, new: str) -> Diff:
        """Two documents by id, clause by clause.

        Raises:
            NotFoundError: one of them is not in the corpus.
        """
        for one in (old, new):
            if one not in self.documents:
                raise NotFoundError(f"资料库里没有文件“{strip_controls(one)[:60]}”，无法比较。")
        return diff_of(self.index, old, new)

    def history(self, clause: Clause) -> tuple[Stage, ...]:
        """The clause in each version of its document, the oldest first."""
        return history_of(self.index, clause)

    def ask(
        self, question: str, *, profile: object = None, as_of: date | None = None,
        history: Sequence[Turn] = (),
    ) -> Answer:  # fmt: skip
        """The answer to one question on a day (today unless told).

        Raises:
            UsageError: the question is empty or too long, or the profile cannot be read.
        """
        *_, last = self.ask_stream(question, profile=profile, as_of=as_of, history=history)
        assert last.answer is not None  # a stream ends with its answer
        return last.answer

    def ask_stream(
        self, question: str, *, profile: object = None, as_of: date | None = None,
        history: Sequence[Turn] = (),
    ) -> Iterator[Update]:  # fmt: skip
        """The same, stage by stage: find, check, write, done."""
        now, started = self.snapshot(), time.perf_counter()
        asking = Asking(self._checked(question), history, profile, as_of or date.today())
        answer = now.entitlements.answer(asking, now.index)
        if answer is None:
            yield from now._stream(question, asking.words, asking.day, history)
            return
        timings = {"total": (time.perf_counter() - started) * 1000}
        answer = replace(now._proved(answer), question=question, timings_ms=timings)
        yield Update("done", text=answer.text, answer=answer)

    def _stream(
        self, question: str, asked: str, day: date, history: Sequence[Turn]
    ) -> Iterator[Update]:
        clock = [time.perf_counter()]
        history = history[-MAX_TURNS:]
        query, told = understand_on(asked, history, self.index, self.reader.intent, day)
        day = told or day
        clock.append(time.perf_counter())
        hits = find_hits(query, self.index)
        clock.append(time.perf_counter())
        yield Update("find", _labels(hits))
        case = self._case(query, hits, day)
        by_text = judged(case, self.reader.judge)
        is_unruled = self.entitlements.is_unruled(by_text, self.index, day)
        told_of = None if is_unruled else self.entitlements.on_benefits(query, self.index, day)
        by_rules = told_of.judged(case, self.reader.judge) if told_of else None
        drafted = by_rules or by_text
        if told_of and by_rules and by_rules.refusal is None:
            answer = self._proved(told_of.answer(question))
        else:
            answer = self._proved(compose(question, query, drafted, self.documents, day))
        if told is not None and answer.citations:
            notice = f"问题问的是过去或将来的一天，按{chinese_day(told)}的情况作答。"
            answer = replace(answer, notices=(*answer.notices, notice))
        yield Update("check", _labels(hits))
        if self._writer is not None and by_rules is None and _is_free(drafted, query):
            answer = yield from self._rewrite(answer, drafted, history)
        clock.append(time.perf_counter())
        timings = dict(
            zip(
                ("understand", "retrieve", "write"),
                ((b - a) * 1000 for a, b in pairwise(clock)),
                strict=True,
            )
        )
        timings["total"] = (clock[-1] - clock[0]) * 1000
        answer = replace(answer, timings_ms=timings)
        yield Update("write", _labels(hits), answer.text)
        yield Update("done", _labels(hits), answer.text, answer)

    def draft(self, question: str, day: date, history: Sequence[Turn] = ()) -> Case:
        """The extractive draft before it is judged, with what it was made of."""
        asked, model = self._checked(question), self.reader.intent
        query, told = understand_on(asked, history, self.index, model, day)
        return self._case(query, find_hits(query, self.index), told or day)

    def _case(self, query: Query, hits: list[Hit], day: date) -> Case:
        found = find(query, hits, self.index, day)
        return draft(found, self.index, self.reader.fit, self.reader.writers)

    def _rewrite(
        self, answer: Answer, draft: Draft, history: Sequence[Turn]
    ) -> Generator[Update, None, Answer]:
        """The LLM's wording where every sentence of it is borne out, else the extractive answer."""
        if self._writer is None:
            raise AssertionError("no writer")
        evidence = [statement.evidence for statement in draft.statements]
        try:
            result = None
            for event in self._writer.write(answer.question, evidence, history):
                yield Update("write", (), event.text_so_far)
                result = event.result
        except WriterError as error:
            return replace(answer, notices=(*answer.notices, str(error)))
        if result is None:
            return replace(
                answer, notices=(*answer.notices, "大模型没有给出完整答复，已改用原文摘录作答。")
            )
        notices = notices_of(result.citations, self.documents, answer.as_of)
        if result.dropped:
            notices += ("大模型的部分语句与原文不符，已略去。",)
        written = replace(
            answer,
            text=result.text,
            citations=dated(result.citations, self.documents, answer.as_of),
            notices=notices,
            writer=self._writer.name,
        )
        return answer if check_answer(written, self.documents) else written

    def _proved(self, answer: Answer) -> Answer:
        """The answer, or an error: a citation that does not hold is never shown."""
        for citation in answer.citations:
            text = self.documents[citation.doc_id].text
            if text[citation.start : citation.end] != citation.quote:
                raise CitationError(f"条款 {citation.clause_id} 的引文与原文不一致，未予显示。")
        return answer

    def _reopen(self) -> None:
        if not self._reopening.acquire(blocking=False):
            return  # another thread is at it
        try:
            if not self.index.is_current():
                self._swap_in(open_index(self.settings, may_lag=True))
        except IndexFolderError:
            return  # the opened generation still serves
        finally:
            self._reopening.release()

    def _swap_in(self, index: PolicyIndex) -> None:
        """The old index answers until the new one has loaded what a question needs."""
        for cached in (links_of, diff_of):
            cached.cache_clear()  # they would keep old indexes in memory
        Assistant(self.settings, index, self.reader).draft("主要目标", date.today())
        self.index = index

    def _checked(self, question: str) -> str:
        cleaned = strip_controls(question).strip()
        if not cleaned:
            raise UsageError("问题是空的，请输入问题。")
        limit = self.settings.max_question_chars
        if len(question) > limit:
            raise UsageError(f"问题超过 {limit} 个字，请缩短后再试。")
        return cleaned


def _is_free(draft: Draft, query: Query) -> bool:
    return draft.status is Status.ANSWERED and query.intent not in _CHECKED_WRITERS


def _labels(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(hit.passage.path[-1] for hit in hits[:5] if hit.passage.path)
