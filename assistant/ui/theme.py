"""The look: system fonts, a local style sheet and script; nothing from another machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.ui.markup import Html, el, join
from assistant.ui.render_document import STATIC
from assistant.ui.wording import TAGLINE, TITLE

if TYPE_CHECKING:
    import gradio as gr

FONTS = (
    "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC",
    "Source Han Sans SC", "WenQuanYi Micro Hei", "system-ui", "sans-serif",
)  # fmt: skip
MONO_FONTS = ("ui-monospace", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Gradio's plain theme with fonts of the system and no font files at all."""
    import gradio as gr

    return gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        radius_size="lg",
        font=[gr.themes.Font(name) for name in FONTS],
        font_mono=[gr.themes.Font(name) for name in MONO_FONTS],
    )


def head() -> Html:
    """What goes into the page's head."""
    return join(
        [
            el("meta", name="description", content=f"{TITLE}：{TAGLINE}"),
            el("meta", name="color-scheme", content="light dark"),
            el("link", rel="icon", href=f"{STATIC}/icon.svg", type="image/svg+xml"),
            # Linked, not handed to Gradio: it rewrites the selectors of the CSS it is given.
            el("link", rel="stylesheet", href=f"{STATIC}/app.css"),
            el("link", rel="stylesheet", href=f"{STATIC}/check.css"),
            el("script", src=f"{STATIC}/app.js", defer=True),
        ]
    )
