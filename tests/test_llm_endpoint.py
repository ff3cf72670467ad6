"""The model as writer: what is sent to it, endpoints that fail, other classes of models."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from assistant.answering.llm import LLMWriter
from assistant.errors import SettingsError, WriterError
from assistant.schema import Turn
from assistant.settings import Settings
from tests.llm_server import (
    GOOD_ONE,
    KEY,
    QUESTION,
    FakeServer,
    Handler,
    answers,
    chunk,
    evidence,
    replies,
    serving_model,
    settings_for,
    written,
)

pytestmark = pytest.mark.network


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving_model() as fake:
        yield fake


@pytest.fixture
def writer(server: FakeServer) -> LLMWriter:
    return LLMWriter(settings_for(server))


def test_phone_numbers_and_credit_codes_do_not_leave_the_machine(server, writer):
    server.behave = replies(GOOD_ONE)
    secrets = [
        "13800138000",
        "91310113MA1GK0000X",
        "310113199001011234",
        "a@b.com",
        "6222021234567890",
    ]
    history = (
        Turn("user", f"我是{secrets[0]}，公司{secrets[1]}"),
        Turn("assistant", f"您好，{secrets[3]}"),
    )
    question = f"我{secrets[2]}，卡{secrets[4]}，{secrets[1]}，{QUESTION}"
    written(writer, question=question, history=history)

    assert not [secret for secret in secrets if secret in server.prompt]
    assert "统一社会信用代码已隐去" in server.prompt
    assert QUESTION in server.prompt


def test_the_request_speaks_the_protocol(server, writer):
    server.behave = replies(GOOD_ONE)
    written(writer, history=(Turn("user", "你好"), Turn("assistant", "您好")))
    ((path, headers, body),) = server.received

    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "fake"
    assert body["stream"] is True
    assert body["temperature"] == 0
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert "用户：你好" in body["messages"][1]["content"]
    assert KEY not in server.prompt


def half(handler: Handler) -> None:
    handler.begin()
    handler.send(chunk(GOOD_ONE + "建成 50 个"))


def broken_chunks(handler: Handler) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.send(f"1000\r\n{chunk(GOOD_ONE)}")


def error_in_stream(handler: Handler) -> None:
    handler.begin()
    handler.send(chunk(GOOD_ONE))
    handler.send(f'data: {{"error": {{"message": "out of memory, key {KEY}"}}}}\n\n')


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (half, "中途断开"),
        (broken_chunks, "fake"),
        (error_in_stream, "fake"),
        (answers(500, '{"error": {"message": "boom"}}'), "HTTP 500"),
        (answers(429, '{"error": {"message": "slow down"}}'), "HTTP 429"),
        (answers(401, f'{{"error": {{"message": "Incorrect API key: {KEY}"}}}}'), "密钥"),
        (answers(404, "<html>not found</html>", "text/html"), "HTTP 404"),
        (answers(307, ""), "HTTP 307"),
        (answers(200, "data: {这不是 JSON\n\n", "text/event-stream"), "无法读取"),
        (answers(200, 'data: {"choices": null}\n\n', "text/event-stream"), "fake"),
        (answers(200, "data: [1, 2]\n\n", "text/event-stream"), "fake"),
        (answers(200, "<html>登录</html>", "text/html"), "中途断开"),
        (answers(200, "", "text/event-stream"), "中途断开"),
        (replies("好的", finish="content_filter"), "拒绝"),
    ],
)
def test_an_endpoint_that_fails_is_one_clear_error(server, writer, behave, words):
    server.behave = behave

    with pytest.raises(WriterError, match=words) as caught:
        written(writer)
    assert len(server.received) == 1, "a failed call is not repeated"
    assert KEY not in repr(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__cause__ is None
    assert "\n" not in str(caught.value)


def test_a_reply_cut_off_by_its_length_loses_only_the_last_sentence(server, writer):
    server.behave = replies(GOOD_ONE + "建成 50 个企业技术", finish="length")

    result = written(writer)
    assert result.text == GOOD_ONE
    assert result.reasons == ("没有写完",)


def test_an_endpoint_that_is_down_is_one_clear_error():
    settings = Settings(llm_base_url="http://127.0.0.1:9/v1", llm_model="fake", llm_timeout_s=5)

    with pytest.raises(WriterError, match=r"127\.0\.0\.1"):
        written(LLMWriter(settings))


def silent(handler: Handler) -> None:
    handler.server.closing.wait(10)


def dripping(handler: Handler) -> None:
    handler.begin()
    while not handler.server.closing.wait(0.05):
        handler.send(chunk("慢"))


@pytest.mark.parametrize("behave", [silent, dripping])
def test_a_slow_endpoint_is_left_at_the_deadline(server, behave):
    server.behave = behave
    writer = LLMWriter(settings_for(server, llm_timeout_s=0.4))
    warm_up()

    began = time.monotonic()
    with pytest.raises(WriterError, match=r"0\.4 秒"):
        written(writer)
    assert time.monotonic() - began < 1.5
    assert len(server.received) == 1


def test_an_endless_reply_is_cut(server, writer):
    server.behave = replies(GOOD_ONE + "啊" * 20_000, size=2000, finish=None)

    result = written(writer)
    assert result.text == GOOD_ONE
    assert result.dropped == 1


def test_a_reader_who_leaves_stops_the_call(server, writer):
    server.behave = dripping_after(GOOD_ONE)
    events = writer.write(QUESTION, [evidence("firms")])
    assert next(events).text_so_far == GOOD_ONE
    events.close()

    deadline = time.monotonic() + 3
    while any(one.name == "llm-reader" for one in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def dripping_after(text: str) -> Callable[[Handler], None]:
    def behave(handler: Handler) -> None:
        handler.begin()
        handler.send(chunk(text))
        while not handler.server.closing.wait(0.05):
            handler.send(chunk("慢"))

    return behave


def warm_up() -> None:
    """The first import of llama-index takes seconds and is not the endpoint's fault."""
    import llama_index.llms.openai_like  # noqa: F401


def test_a_writer_without_a_model_is_a_mistake_of_the_settings():
    with pytest.raises(SettingsError, match="llm_base_url"):
        LLMWriter(Settings())


def test_the_name_says_which_model_wrote():
    assert LLMWriter(Settings(llm_base_url="http://h/v1", llm_model="qwen3")).name == "llm:qwen3"


def test_any_llama_index_model_can_write(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "my_models", MODELS)
    settings = Settings(llm_class="my_models.Echo", llm_kwargs={"reply": GOOD_ONE})

    assert written(LLMWriter(settings)).text == GOOD_ONE


def test_a_llama_index_model_that_fails_is_one_clear_error(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "my_models", MODELS)
    settings = Settings(llm_class="my_models.Echo", llm_kwargs={"reply": "boom"})

    with pytest.raises(WriterError, match="RuntimeError"):
        written(LLMWriter(settings))


@pytest.mark.parametrize(
    ("dotted", "kwargs", "words"),
    [
        ("no_such_module.Model", {}, "无法导入"),
        ("llama_index.core.llms.NoSuchModel", {}, "无法导入"),
        ("NoDots", {}, "无法导入"),
        ("collections.OrderedDict", {}, "不是 llama-index 的 LLM"),
        ("json.dumps", {}, "不是 llama-index 的 LLM"),
        ("llama_index.core.llms.MockLLM", {"max_tokens": "很多"}, "max_tokens"),
    ],
)
def test_a_wrong_class_is_a_mistake_of_the_settings(dotted, kwargs, words):
    writer = LLMWriter(Settings(llm_class=dotted, llm_kwargs=kwargs))

    with pytest.raises(SettingsError, match=words):
        written(writer)


class _Models:
    """A module that a user might have, made when it is first asked for its model."""

    @property
    def Echo(self) -> type:  # noqa: N802
        from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

        class Echo(CustomLLM):
            reply: str

            @property
            def metadata(self) -> LLMMetadata:
                return LLMMetadata(model_name="echo")

            def complete(self, prompt, formatted=False, **kwargs):
                raise NotImplementedError

            def stream_complete(self, prompt, formatted=False, **kwargs):  # noqa: ARG002
                if self.reply == "boom":
                    raise RuntimeError("boom")
                assert QUESTION in prompt
                for index in range(len(self.reply)):
                    yield CompletionResponse(text=self.reply[: index + 1], delta=self.reply[index])

        return Echo


MODELS = _Models()
