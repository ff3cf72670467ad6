"""Markdown: the words of each block; marks and comments are layout."""

from __future__ import annotations

from assistant.parsing.readers.plain import decode
from assistant.parsing.readers.reading import Reading
from assistant.parsing.tables import table_lines


def read_markdown(raw: bytes, name: str) -> Reading:
    """A block a line, a row of a table a line."""
    from markdown_it import MarkdownIt

    decoded = decode(raw, name)
    lines: list[str] = []
    table: list[list[str]] | None = None
    # Lists stay plain lines: "1." is a number of the text, not of its layout.
    markdown = MarkdownIt("commonmark").enable("table").disable(["list", "code"])
    for token in markdown.parse(decoded.text):
        if token.type == "table_open":
            table = []
        elif token.type == "table_close":
            lines += table_lines(table or ())
            table = None
        elif token.type == "tr_open" and table is not None:
            table.append([])
        elif token.type == "inline":
            words = "".join(
                "\n" if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or ()
                if child.type != "html_inline"
            )
            if table:
                table[-1].append(words)
            else:
                lines.append(words)
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    text = "\n".join(lines)
    return Reading(
        text, f"markdown, {decoded.encoding}", decoded.certainty, decoded.why, has_tables=True
    )
