"""The gate between a model and the reader: sentences pass one by one, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.answering.citations import MARK, citation_of, marks, without_marks
from assistant.answering.stream import StatementStream
from assistant.answering.support import unsupported
from assistant.answering.verify import is_connective, verify_text
from assistant.schema import Citation, Evidence

MAX_CHARS = 6000
"""A model that writes more than this has lost its way."""

_CONTACT = re.compile(
    r"https?:|www\.|[\w.+-]+@[\w-]+\.|(?<![a-z])[a-z0-9-]+\.(?:com|cn|net|org|gov|top|xyz|io)\b"
    r"|转账|汇款|付款|打款|扫码|二维码|验证码|密码|加微信|微信号|点击|下载链接|(?<!\d)1[3-9]\d{9}(?!\d)"
    r"|(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?!\d)|(?<!\d)\d{16,19}(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_DENIAL = re.compile(r"而?(?:不是|并非)[^，。；：,;\n\[]*[，,]?")
_VERDICT = re.compile(r"^(\s*(?:- )?)(?:不对|不是|对|是的?|否|没有|没错|有)[，,：:；。！!]+")
"""A yes or no goes unsaid: words alone cannot tell whether it is right."""


class Gate:
    """Feed it a model's words as they come; `text` is what may be shown so far.

    `evidence` maps the numbers used in the prompt to what they stand for; in `text` citations are
    numbered anew, in order of appearance.
    """

    def __init__(self, question: str, evidence: Mapping[int, Evidence]) -> None:
        self.text = ""
        self.dropped: list[str] = []
        """Why each dropped sentence was dropped, in order."""
        self.kept_count = 0
        self._question = question
        self._evidence = evidence
        self._order: dict[int, int] = {}
        self._stream = StatementStream()
        self._lead = ""
        self._seen: set[str] = set()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Those of `text`, numbered from 1 in order of appearance."""
        return tuple(citation_of(self._evidence[key], n) for key, n in self._order.items())

    @property
    def is_full(self) -> bool:
        return self._stream.received_count > MAX_CHARS

    def feed(self, delta: str) -> bool:
        """Take some words; True when `text` grew."""
        return self._judge_all(self._stream.feed(delta))

    def finish(self, *, is_cut: bool) -> bool:
        """Take what is held back; when the model was cut off, its last sentence is not whole."""
        pieces = self._stream.finish()
        while pieces and not pieces[-1].strip():
            pieces.pop()
        if is_cut and pieces and not re.search(r"[。！？!?；](?:\[\d+\])*\s*$", pieces[-1]):
            pieces.pop()
            self._drop("没有写完")
        elif self._stream.has_lost:
            self._drop("句子过长")
        return self._judge_all(pieces)

    def _judge_all(self, pieces: list[str]) -> bool:
        before = len(self.text)
        for piece in pieces:
            self._judge(piece)
        return len(self.text) > before

    def _judge(self, piece: str) -> None:
        piece = _VERDICT.sub(r"\1", piece)
        statement = piece.strip()
        if not re.search(r"\w", without_marks(statement)):
            if "\n" in piece and self.text and not self.text.endswith("\n"):
                self.text += "\n"
            return
        if statement in self._seen:  # a model in a loop
            return
        self._seen.add(statement)
        if not marks(statement) and (is_connective(statement) or statement.endswith(("：", ":"))):
            self._lead = piece
            return
        reason = self._reason(statement)
        if reason is not None:
            self._drop(reason)
            return
        self._keep(piece)

    def _reason(self, statement: str) -> str | None:
        """Why the statement may not be shown; None when it may."""
        numbers = marks(statement)
        if not numbers:
            return "没有标出依据"
        if strangers := [n for n in numbers if n not in self._evidence]:
            return f"所标的依据[{strangers[0]}]不存在"
        if _CONTACT.search(statement):
            return "含有联系方式、链接或要求用户付款等操作"
        cited = [citation_of(self._evidence[n], n) for n in dict.fromkeys(numbers)]
        said = self._without_denied(statement, cited)
        if problems := verify_text(said, cited, question=""):
            return problems[0].message
        around = [heading for item in cited for heading in (item.doc_title, *item.clause_path)]
        return unsupported(said, [item.quote for item in cited], around)

    def _without_denied(self, statement: str, cited: list[Citation]) -> str:
        """The statement less “不是 100 家”, where 100 is the asker's figure and not the clause's.

        Anywhere else a figure of the question may not be borrowed.
        """

        def judged(found: re.Match[str]) -> str:
            tail = "".join(f"[{item.n}]" for item in cited)
            words = found.group().strip("，,") + tail
            is_wrong = verify_text(words, cited, question="")
            is_asked = not verify_text(words, cited, question=self._question)
            return "" if is_wrong and is_asked else found.group()

        return _DENIAL.sub(judged, statement)

    def _keep(self, piece: str) -> None:
        if self._lead:
            lead, self._lead = self._lead, ""
            tail = "".join(f"[{n}]" for n in marks(piece))
            is_list = piece.lstrip().startswith("- ") or not lead.endswith("\n")
            if is_connective(lead.strip()) or (
                is_list and self._reason(lead.strip() + tail) is None
            ):
                self.text += lead
        for n in marks(piece):
            self._order.setdefault(n, len(self._order) + 1)
        self.text += _renumbered(piece, self._order)
        self.kept_count += 1

    def _drop(self, reason: str) -> None:
        self.dropped.append(reason)


def _renumbered(piece: str, order: Mapping[int, int]) -> str:
    text = MARK.sub(lambda found: f"[{order.get(int(found[1]), found[1])}]", piece)
    return re.sub(r"(\[\d{1,3}\])(?:\s*\1)+", r"\1", text)
