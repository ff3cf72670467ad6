"""The writer through any llama-index LLM, an OpenAI-compatible endpoint first.

What it writes passes `Gate` sentence by sentence; what goes out passes `privacy.mask`. One
attempt, one deadline: whatever goes wrong is a WriterError, and the extractive answer stands.
"""

from __future__ import annotations

import importlib
import ipaddress
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from assistant.answering.gate import Gate
from assistant.answering.privacy import mask
from assistant.answering.prompt import has_instruction, messages_for
from assistant.errors import SettingsError, WriterError
from assistant.schema import Citation, Evidence, Turn
from assistant.settings import Settings

MAX_TOKENS = 1200
CONTEXT_WINDOW = 32_000
"""Told to llama-index only; the endpoint knows its own and refuses what is too long."""


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """What a model wrote and the evidence bears out."""

    text: str
    citations: tuple[Citation, ...]
    """Numbered from 1 in order of appearance in `text`."""
    dropped: int
    """Sentences that were not shown."""
    reasons: tuple[str, ...] = ()
    """Why, one a dropped sentence."""


@dataclass(frozen=True, slots=True)
class WriterEvent:
    """The answer so far, verified; the last event carries the result."""

    text_so_far: str
    result: WrittenAnswer | None = None


class LLMWriter:
    """Writes an answer from evidence with the model that `settings` names.

    Making one imports nothing and opens nothing; that happens on the first `write`.
    """

    def __init__(self, settings: Settings) -> None:
        if not settings.has_llm:
            raise SettingsError(
                "没有配置大模型：请设置 llm_base_url 和 llm_model，或设置 llm_class。"
            )
        self._settings = settings
        self._llm: Any = None

    @property
    def name(self) -> str:
        """As `Answer.writer` shows it: `llm:<model>`."""
        return f"llm:{self._settings.llm_model or self._settings.llm_class}"

    def write(
        self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = ()
    ) -> Iterator[WriterEvent]:
        """Yields the text whenever it grew by a verified sentence, and at the end the result.

        Raises:
            WriterError: the model is down, slow, refuses, breaks off, or too little of what it
                wrote is borne out by the evidence.
            SettingsError: `llm_class` or `llm_kwargs` is wrong.
        """
        usable = {
            n: item for n, item in enumerate(evidence, start=1) if not has_instruction(item.quote)
        }
        if not usable:
            raise WriterError("没有可交给大模型的依据，已改用原文摘录作答。")
        gate = Gate(mask(question), usable)
        messages = messages_for(question, list(usable.items()), history)
        reader = _Reader(*self._open(), messages)
        deadline = time.monotonic() + self._settings.llm_timeout_s
        reader.start()
        try:
            for delta in self._deltas(reader, deadline):
                if gate.feed(delta):
                    yield WriterEvent(gate.text.strip())
                if gate.is_full:
                    break
        finally:
            reader.stop.set()
        self._check_end(reader, gate)
        gate.finish(is_cut=gate.is_full or reader.finish_reason == "length")
        yield WriterEvent(gate.text.strip(), self._result(gate))

    def _result(self, gate: Gate) -> WrittenAnswer:
        if gate.kept_count == 0 or len(gate.dropped) > gate.kept_count:
            why = f"（如：{gate.dropped[0]}）" if gate.dropped else ""
            raise WriterError(
                f"大模型 {self._place} 的答复有 {len(gate.dropped)} 句未通过核对{why}，"
                f"余下太少，已改用原文摘录作答。"
            )
        return WrittenAnswer(
            gate.text.strip(), gate.citations, len(gate.dropped), tuple(gate.dropped)
        )

    def _deltas(self, reader: _Reader, deadline: float) -> Iterator[str]:
        while True:
            try:
                item = reader.replies.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise self._too_slow() from None
            if item is None:
                return
            if isinstance(item, Exception):
                # The cause may hold the key or the server's whole page; only its kind is told.
                raise self._failure(item) from None
            yield item
            if time.monotonic() > deadline:
                raise self._too_slow()

    def _check_end(self, reader: _Reader, gate: Gate) -> None:
        if gate.is_full:
            return
        if reader.finish_reason == "content_filter":
            raise WriterError(f"大模型 {self._place} 拒绝作答，已改用原文摘录作答。")
        if reader.finish_reason is None and self._settings.llm_class is None:
            raise WriterError(
                f"大模型 {self._place} 的答复中途断开，已改用原文摘录作答；请检查该服务是否正常。"
            )

    def _too_slow(self) -> WriterError:
        return WriterError(
            f"大模型 {self._place} 在 {self._settings.llm_timeout_s:g} 秒内没有答完，"
            f"已改用原文摘录作答；可调大 llm_timeout_s。"
        )

    def _failure(self, error: Exception) -> WriterError:
        code = getattr(error, "status_code", None)
        if "Timeout" in type(error).__name__:
            return self._too_slow()
        if code in (401, 403):
            what, advice = f"不接受当前密钥（HTTP {code}）", "请检查 llm_api_key"
        elif code is not None:
            what, advice = f"返回错误（HTTP {code}）", "请检查 llm_base_url 和 llm_model"
        elif "Connect" in type(error).__name__ or isinstance(error, OSError):
            what, advice = "连接不上或中途断开", "请检查 llm_base_url 和该服务是否启动"
        else:
            what, advice = f"的答复无法读取（{type(error).__name__}）", "请检查它是否兼容所配的接口"
        return WriterError(f"大模型 {self._place} {what}，已改用原文摘录作答；{advice}。")

    @property
    def _place(self) -> str:
        """Model and host; never the whole URL, which may carry a password."""
        model = self._settings.llm_model or self._settings.llm_class
        base = urlsplit(self._settings.llm_base_url or "")
        return f"{model}（{base.hostname}）" if base.hostname else f"{model}"

    def _open(self) -> tuple[Any, Any]:
        """The llama-index LLM, and the HTTP client to close after use where it is ours."""
        if self._settings.llm_class is not None:
            if self._llm is None:
                self._llm = _load_llm(self._settings.llm_class, self._settings.llm_kwargs)
            return self._llm, None
        import httpx
        from llama_index.llms.openai_like import OpenAILike

        base_url, key = self._settings.llm_base_url or "", self._settings.llm_api_key
        timeout = self._settings.llm_timeout_s
        try:
            # A proxy of the environment is right for a service far away, wrong for Ollama here.
            client = httpx.Client(timeout=timeout, trust_env=not _is_local(base_url))
        except (ValueError, OSError, ImportError) as error:
            raise WriterError(f"无法准备到大模型 {self._place} 的连接；请检查代理设置。") from error
        llm = OpenAILike(
            model=self._settings.llm_model,
            api_base=base_url,
            api_key=key.get_secret_value() if key else "none",
            is_chat_model=True,
            context_window=CONTEXT_WINDOW,
            max_tokens=MAX_TOKENS,
            temperature=0.0,
            max_retries=0,  # a retry would double the time-out
            timeout=timeout,
            http_client=client,
        )
        return llm, client


class _Reader(threading.Thread):
    """Reads the stream, so that a deadline holds even where a library waits without one.

    `replies` gets each piece of text, then None at the end or the error that ended it.
    """

    def __init__(self, llm: Any, client: Any, messages: Sequence[tuple[str, str]]) -> None:
        super().__init__(name="llm-reader", daemon=True)
        self.replies: queue.Queue[str | Exception | None] = queue.Queue()
        self.stop = threading.Event()
        self.finish_reason: str | None = None
        """As the endpoint gives it; set before the end is put into `replies`."""
        self._llm = llm
        self._client = client
        self._messages = messages

    def run(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001 - any library's; raised by the thread that asked
            self.replies.put(error)
        else:
            self.replies.put(None)
        finally:
            if self._client is not None:
                self._client.close()

    def _read(self) -> None:
        from llama_index.core.llms import ChatMessage

        stream = self._llm.stream_chat(
            [ChatMessage(role=role, content=content) for role, content in self._messages]
        )
        for response in stream:
            for choice in getattr(response.raw, "choices", None) or ():
                self.finish_reason = choice.finish_reason or self.finish_reason
            if response.delta:
                self.replies.put(response.delta)
            if self.stop.is_set():
                return


def _load_llm(dotted: str, kwargs: dict[str, Any]) -> Any:
    """
    Raises:
        SettingsError: no such class, not a llama-index LLM, or wrong `llm_kwargs`.
    """
    module, _, name = dotted.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"设置 llm_class 指向的 {dotted} 无法导入；请检查拼写，并安装对应的 llama-index 包。"
        ) from error
    from llama_index.core.llms import LLM

    if not (isinstance(found, type) and issubclass(found, LLM)):
        raise SettingsError(f"设置 llm_class 指向的 {dotted} 不是 llama-index 的 LLM 类。")
    try:
        return found(**kwargs)
    except (TypeError, ValueError) as error:  # pydantic's ValidationError is a ValueError
        names = "、".join(sorted(kwargs)) or "无"
        raise SettingsError(
            f"用 llm_kwargs（{names}）无法建立 {dotted}（{type(error).__name__}）；请检查参数。"
        ) from None


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".localhost"))
