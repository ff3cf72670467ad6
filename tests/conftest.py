"""What every test may rely on: no network, and one index of the real plan for all of them."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.errors import UsageError
from assistant.schema import (
    Answer,
    Citation,
    Clause,
    DocStatus,
    Document,
    Hit,
    Level,
    Passage,
    Status,
    Turn,
)
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

ROOT = Path(__file__).parent.parent


def _is_loopback(address: object) -> bool:
    """Unix sockets have no host and pass."""
    if not isinstance(address, tuple):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection but to this machine: nothing here may need a hub or a model."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(real):
        def call(self, address):
            if not _is_loopback(address):
                pytest.fail(f"a test tried to reach {address}")
            return real(self, address)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        yield


@pytest.fixture(scope="session")
def plan_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped corpus, an index and state of the test session's own."""
    folder = tmp_path_factory.mktemp("plan")
    return Settings(
        corpus_dir=ROOT / "corpus" / "raw",
        index_dir=folder / "index",
        state_dir=folder / "state",
    )


@pytest.fixture(scope="session")
def assistant_on_plan(plan_settings: Settings) -> Assistant:
    """The assistant on the plan; frozen, so all tests may share it."""
    from assistant.pipeline import Assistant

    return Assistant.open(plan_settings)


@pytest.fixture(scope="session")
def assistant_on_rules(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """On the plan and all digests, whose clauses the rules quote."""
    from assistant.pipeline import Assistant

    folder = tmp_path_factory.mktemp("rules")
    corpus = ROOT / "corpus"
    return Assistant.open(
        Settings(
            corpus_dir=corpus, rules_dir=corpus, index_dir=folder / "index",
            state_dir=folder / "state",
        )
    )  # fmt: skip


TINY_TEXT = (
    "甲区医药产业行动方案\n"
    "一、主要目标\n"
    "1、企业。到 2026 年，累计培育 90 家高新技术企业。支持企业上市。\n"
    "2、载体。到 2026 年，建成 200 万方专业载体。\n"
)


class TinyAssistant:
    """A real, tiny assistant: the clause that shares most characters, its best sentence quoted.

    It answers nothing that asks for 补贴, and refuses an empty question as the real one does.
    """

    def __init__(self) -> None:
        document = Document(
            "甲区", "甲区医药产业行动方案", TINY_TEXT, DocStatus.IN_FORCE, "甲区.txt", "0"
        )
        self.documents = {"甲区": document}
        self.clauses = {}
        for name, level, start, end in (
            ("title", Level.TITLE, 0, len(TINY_TEXT)),
            ("h1_1", Level.H1, TINY_TEXT.index("一、"), len(TINY_TEXT)),
            ("h1_1__h3_1", Level.H3, TINY_TEXT.index("1、"), TINY_TEXT.index("2、")),
            ("h1_1__h3_2", Level.H3, TINY_TEXT.index("2、"), len(TINY_TEXT)),
        ):
            own = TINY_TEXT[start:end].split("\n")[0] + "\n"
            path = (own.split("。")[0].strip(),)
            self.clauses[f"甲区__{name}"] = Clause(
                f"甲区__{name}",
                "甲区",
                level,
                "",
                path[0],
                path,
                start,
                start + len(own),
                end,
                None,
            )
        self.passages = [
            Passage(one.clause_id, "甲区", (one.clause_id,), one.path, one.start, one.own_end,
                    TINY_TEXT[one.start : one.own_end])
            for one in self.clauses.values()
        ]  # fmt: skip

    def search(self, question: str, k: int | None = None) -> list[Hit]:
        scored = [(len(set(question) & set(one.text)), one) for one in self.passages]
        ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1].passage_id))
        kept = [pair for pair in ranked if pair[0]][:k]
        return [Hit(one, float(score), rank) for rank, (score, one) in enumerate(kept, start=1)]

    def ask(
        self, question: str, *, as_of: date | None = None, history: Sequence[Turn] = ()
    ) -> Answer:
        if not question.strip():
            raise UsageError("问题是空的，请输入问题。")
        day = as_of or date(2026, 6, 30)
        if "补贴" in question:
            return Answer(question, day, Status.NOT_IN_CORPUS, "资料库中没有写明。")
        asked = "".join(turn.content for turn in history) + question
        passage = self.search(asked)[0].passage
        sentences = re.findall(r"[^。\n]+。?", passage.text)
        quote = max(sentences, key=lambda one: (len(set(asked) & set(one)), one))
        start = TINY_TEXT.index(quote)
        citation = Citation(
            n=1,
            doc_id="甲区",
            doc_title="甲区医药产业行动方案",
            doc_no=None,
            doc_status=DocStatus.IN_FORCE,
            clause_id=passage.clause_ids[0],
            clause_path=passage.path,
            quote=quote,
            start=start,
            end=start + len(quote),
        )
        return Answer(question, day, Status.ANSWERED, f"{quote}[1]", (citation,))


@pytest.fixture
def tiny_assistant() -> TinyAssistant:
    return TinyAssistant()
