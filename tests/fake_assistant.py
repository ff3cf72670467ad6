"""A small assistant that really works, on two small documents: enough to drive every face.

It finds the clause that shares most character pairs with the question and quotes it whole.
`慢` in a question makes it slow, `崩溃` makes it fail as no one foresaw.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI

from assistant.errors import UsageError
from assistant.schema import (
    Answer,
    Citation,
    Clause,
    DocStatus,
    Document,
    Hit,
    Level,
    Nearest,
    Passage,
    Status,
    Turn,
)
from assistant.settings import Settings

PLAN = "测试区生物医药行动方案（2024-2026年）（送审稿）"
RULES = "测试区奖励办法<script>alert(1)</script>"
STEP_S = 0.8


@dataclass(frozen=True)
class Update:
    stage: str
    labels: tuple[str, ...] = ()
    text: str = ""
    answer: Answer | None = None


def _grow(doc_id: str, parts: Sequence[tuple[Level, str, str]]) -> tuple[str, list[Clause]]:
    """Parts are (level, heading, text); h2 nests under h1, h3 under h2."""
    text, clauses = "", []
    depth = {Level.H1: 0, Level.H2: 1, Level.H3: 2}
    path: list[str] = []
    for at, (level, heading, rest) in enumerate(parts):
        path = [*path[: depth.get(level, 0)], heading] if heading else []
        start = len(text)
        text += heading + rest + "\n"
        clauses.append(
            Clause(f"{doc_id}__c{at}", doc_id, level, heading.partition("、")[0], heading,
                   tuple(path), start, len(text), len(text), None)
        )  # fmt: skip
    return text, clauses


def _corpus() -> list[tuple[Document, list[Clause]]]:
    plan_text, plan_clauses = _grow(
        "plan",
        [
            (Level.TITLE, "", PLAN),
            (Level.H1, "一、重点任务", ""),
            (Level.H2, "（一）产业集群培育", ""),
            (Level.H3, "11、做强龙头企业", "。培育2家以上独角兽企业、6家以上瞪羚企业。"),
            (Level.H3, "12、培育多梯次科技企业集群",
             "。到2026年，累计培育90家高新技术企业，50家“专精特新”企业。"),
            (Level.H2, "（二）金融赋能", "。鼓励设立专项产业基金，推动开展投贷联动。"),
        ],
    )  # fmt: skip
    rules_text, rules_clauses = _grow(
        "rules",
        [
            (Level.TITLE, "", RULES),
            (Level.ARTICLE, "第一条", "　奖励金额不超过<img src=x onerror=alert(1)>100万元。"),
            (Level.ARTICLE, "第二条", "　本办法由![图](http://evil.example/x.png)负责解释。"),
        ],
    )
    return [
        (Document("plan", PLAN, plan_text, DocStatus.DRAFT, "plan.txt", "0" * 64,
                  plan_period=(2024, 2026), status_words="送审稿"), plan_clauses),
        (Document("rules", RULES, rules_text, DocStatus.IN_FORCE, "rules.txt", "1" * 64,
                  doc_no="测府规〔2021〕1号", issued_on=date(2021, 3, 1)), rules_clauses),
    ]  # fmt: skip


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def app_with_ui(assistant: Any) -> FastAPI:
    """The API with the web app on it.

    Built inside a loop of its own: outside of one, Gradio makes a loop and never closes it.
    """
    from assistant.api import create_app
    from assistant.ui.app import mount

    app = create_app(assistant)

    async def build() -> None:
        mount(app, assistant)

    thread = threading.Thread(target=asyncio.run, args=(build(),))
    thread.start()
    thread.join()
    return app


class FakeAssistant:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        built = _corpus()
        self.documents = {document.doc_id: document for document, _ in built}
        self.clauses = {clause.clause_id: clause for _, some in built for clause in some}
        self.index: Any = SimpleNamespace(
            passages=tuple(self._passage(clause) for clause in self.clauses.values()),
            manifest=SimpleNamespace(generation="gen-fake"),
        )
        self.histories: list[tuple[Turn, ...]] = []
        self.profiles: list[object] = []

    def clauses_of(self, doc_id: str) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses.values() if clause.doc_id == doc_id)

    def links(self, _clause: Clause) -> tuple[tuple[()], tuple[()]]:
        return (), ()

    def gone(self, _name: str) -> None:
        return None

    def find_clauses(self, address: str) -> list[Clause]:
        return [clause for clause in self.clauses.values() if address in clause.heading]

    def search(self, question: str, k: int | None = None) -> list[Hit]:
        self._check(question)
        wanted = _pairs(question)
        scored = [(len(wanted & _pairs(passage.text)), passage) for passage in self.index.passages]
        best = sorted((-score, passage.passage_id, passage) for score, passage in scored if score)
        return [
            Hit(passage, float(-score), rank=rank)
            for rank, (score, _, passage) in enumerate(best[: k or 8], start=1)
        ]

    def ask(
        self,
        question: str,
        *,
        profile: object = None,
        as_of: date | None = None,
        history: Sequence[Turn] = (),
    ) -> Answer:
        self._check(question)
        self.histories.append(tuple(history))
        self.profiles.append(profile)
        day = as_of or date(2026, 11, 22)
        if "你好" in question:
            text = "您好，请问想了解哪条政策？"
            return Answer(question, day, Status.OUT_OF_SCOPE, text, reason="greeting")
        hits = self.search(question, 2)
        if not hits or hits[0].score < 2:
            near = next(iter(self.clauses.values()))
            nearest = Nearest(near.doc_id, near.clause_id, f"《{PLAN}》") if hits else None
            text = "现有资料没有写到这个问题。"
            return Answer(question, day, Status.NOT_IN_CORPUS, text, nearest=nearest)
        citations = tuple(self._citation(hit) for hit in hits)
        text = "\n".join(f"{one.quote} [{one.n}]" for one in citations)
        status = Status.PARTIAL if "部分" in question else Status.ANSWERED
        notices = ("本答复依据送审稿，尚未正式印发。",)
        return Answer(question, day, status, text, citations, notices, timings_ms={"total": 12.0})

    def ask_stream(
        self, question: str, *, as_of: date | None = None, history: Sequence[Turn] = ()
    ) -> Iterator[Update]:
        pause = STEP_S if "慢" in question else 0.0
        answer = self.ask(question, as_of=as_of, history=history)
        labels = tuple(" › ".join(one.clause_path) for one in answer.citations)
        for update in (
            Update("find", labels),
            Update("check", labels),
            Update("write", labels, answer.text[:10] + "[1"),
            Update("write", labels, answer.text),
            Update("done", answer=answer),
        ):
            time.sleep(pause)
            yield update

    def _check(self, question: str) -> None:
        if len(question) > self.settings.max_question_chars:
            raise UsageError(f"问题超过 {self.settings.max_question_chars} 字，请删减后再问。")
        if not question.strip():
            raise UsageError("问题是空的，请写下想了解的内容。")
        if "崩溃" in question:
            raise RuntimeError(f"unforeseen: {question}")

    def _passage(self, clause: Clause) -> Passage:
        document = self.documents[clause.doc_id]
        text = document.text[clause.start : clause.end]
        return Passage(f"{clause.clause_id}__p", clause.doc_id, (clause.clause_id,), clause.path,
                       clause.start, clause.end, text, document.title)  # fmt: skip

    def _citation(self, hit: Hit) -> Citation:
        clause = self.clauses[hit.passage.clause_ids[0]]
        document = self.documents[clause.doc_id]
        end = clause.end - 1
        return Citation(hit.rank, document.doc_id, document.title, document.doc_no,
                        document.status, clause.clause_id, clause.path,
                        document.text[clause.start : end], clause.start, end)  # fmt: skip
