"""The Gradio page: components and events. What they show comes from `chat`, how from `render*`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from starlette.routing import Mount

from assistant.ui import render_overview, theme
from assistant.ui.chat import Chat, Exchanges, View, tokens_of
from assistant.ui.check import add_check
from assistant.ui.desk import add_desk
from assistant.ui.door import Door
from assistant.ui.feedback import FeedbackStore
from assistant.ui.overview import overview_of
from assistant.ui.routes import ui_router
from assistant.ui.session import Ledger
from assistant.ui.wording import TITLE

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from assistant.pipeline import Assistant

CONCURRENT_QUESTIONS = 8
"""More wait in line: an extractive answer takes milliseconds, an LLM's mostly waits for it."""
QUESTIONS_IN_LINE = 64
STORAGE_KEY = "policy-assistant-conversation"

Changes = tuple[Any, ...]


def mount(app: FastAPI, assistant: Assistant) -> None:
    """Put the web app at `/` of `app`, with the routes its script needs below `/ui`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported, too
    import gradio as gr

    ledger = Ledger()
    add_desk(app, assistant)
    add_check(app, assistant)
    app.include_router(ui_router(assistant, ledger, FeedbackStore(assistant.settings.state_dir)))
    gr.mount_gradio_app(
        app,
        build_ui(assistant, ledger),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme.theme(),
        head=theme.head(),
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )
    for route in app.router.routes:
        if isinstance(route, Mount) and not route.path:
            route.app = Door(route.app)


def build_ui(assistant: Assistant, ledger: Ledger | None = None) -> gr.Blocks:
    """The page: header, conversation, and a composer that stays at the bottom."""
    import gradio as gr

    overview = overview_of(assistant)
    chat = Chat(assistant, ledger or Ledger())
    first = chat.start()
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as blocks:
        exchanges = gr.State(first.exchanges)
        asking = gr.State("")
        with gr.Row(elem_id="pa-top"):
            _html(render_overview.header(overview), "pa-head")
            clear = gr.Button("新对话", elem_id="pa-clear", size="sm", min_width=60)
        with gr.Column(elem_id="pa-talk"):
            past = _html("", "pa-past")
            live = _html(first.live, "pa-live")
        with gr.Column(elem_id="pa-composer"):
            with gr.Row(elem_id="pa-row"):
                box = gr.Textbox(
                    show_label=False, label="您的问题", container=False, lines=1, max_lines=6,
                    placeholder="请输入您的问题",
                    elem_id="pa-input", scale=1,
                    html_attributes=gr.InputHTMLAttributes(
                        autocomplete="off", enterkeyhint="send", lang="zh-CN", spellcheck=False
                    ),
                )  # fmt: skip
                send = gr.Button("发送", elem_id="pa-send", variant="primary", min_width=72)
                stop = gr.Button("停止", elem_id="pa-stop", variant="stop", min_width=72,
                                 visible=False)  # fmt: skip
            _html(render_overview.composer_note(overview.max_question_chars), "pa-note")
        kept = gr.BrowserState([], storage_key=STORAGE_KEY)
        parts = [live, past, box, send, stop, exchanges, asking]
        _wire(chat, parts, clear, kept)
        # The page is made once; an index may be swapped in, and a page loaded again.
        blocks.load(
            lambda tokens: _changes(chat.resume(tokens)), inputs=[kept], outputs=parts,
            show_progress="hidden", api_visibility="private",
        )  # fmt: skip
    blocks.queue(
        api_open=False, max_size=QUESTIONS_IN_LINE, default_concurrency_limit=CONCURRENT_QUESTIONS
    )
    return blocks


def _html(value: str, elem_id: str) -> gr.HTML:
    import gradio as gr

    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _wire(chat: Chat, parts: list[Any], clear: gr.Button, kept: gr.BrowserState) -> None:
    """Connect the events; none of them is an API endpoint, and one question runs at a time."""
    import gradio as gr

    _, _, box, send, stop, exchanges, asking = parts
    private: dict[str, Any] = {
        "outputs": parts, "show_progress": "hidden", "api_visibility": "private",
    }  # fmt: skip

    def respond(question: str, before: Exchanges) -> Iterator[Changes]:
        for view in chat.respond(question, before):
            yield _changes(view)

    def stopped(question: str, before: Exchanges) -> Changes:
        return _changes(chat.stop(question, before))

    def failed(question: str, before: Exchanges) -> Changes:
        return _changes(chat.fail(question, before))

    def restart() -> Changes:
        return _changes(chat.start())

    asked = gr.on(
        [box.submit, send.click], respond, inputs=[box, exchanges], trigger_mode="once",
        concurrency_limit=CONCURRENT_QUESTIONS, concurrency_id="ask", **private,
    )  # fmt: skip
    # A cancelled event counts as failed, too. One after the other, in the order they came: what
    # the user stopped is then no longer under way when `failed` looks.
    settling: dict[str, Any] = {"concurrency_id": "settle", "concurrency_limit": 1, **private}
    stop.click(stopped, inputs=[asking, exchanges], cancels=[asked], **settling)
    asked.failure(failed, inputs=[asking, exchanges], **settling)
    remembering: dict[str, Any] = {
        "outputs": [kept], "show_progress": "hidden", "api_visibility": "private",
    }  # fmt: skip
    asked.then(tokens_of, inputs=[exchanges], **remembering)
    clear.click(restart, cancels=[asked], **private).then(list, **remembering)


def _changes(view: View | None) -> Changes:
    """A view as values for the components of `parts`, in that order."""
    import gradio as gr

    if view is None:
        return (gr.skip(),) * 7
    is_busy = bool(view.asking)
    return (
        view.live,
        gr.skip() if view.past is None else view.past,
        gr.skip() if view.typed is None else view.typed,
        gr.update(visible=not is_busy),
        gr.update(visible=is_busy),
        view.exchanges,
        view.asking,
    )
