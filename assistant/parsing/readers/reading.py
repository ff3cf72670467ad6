"""What a reader returns, and what it says of a file that it cannot read."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a file, a paragraph or a row of a table a line (see `parsing.tables`)."""

    text: str
    how: str
    """`encoding gb18030`, `text layer`, `ocr`, `docx` …"""
    certainty: float = 1.0
    """In [0, 1]: how sure it is that the text is what a person sees in the file."""
    why: str = ""
    """The reason for the certainty, a Chinese sentence."""
    notes: tuple[str, ...] = ()
    """What was left out other than white space: 页眉：…, 导航：…"""
    has_page_lines: bool = False
    """Whether lines are those of a page, so that paragraphs must be joined."""
    has_tables: bool = False
    """Whether tabs stand in rows of tables and nowhere else."""


def broken(name: str, kind: str) -> CorpusError:
    """For a file that its library cannot open."""
    return CorpusError(
        f"文件 {name} 不是完好的 {kind}（可能损坏或不完整）；请从原处重新取得或重新导出。"
    )


def locked(name: str) -> CorpusError:
    """For a file that asks for a password."""
    return CorpusError(f"文件 {name} 设有密码，无法读取；请去掉密码后再放入。")


def too_large(name: str, limit: str) -> CorpusError:
    """`limit` is what was exceeded: 1000 页."""
    return CorpusError(f"文件 {name} 超过 {limit}，未读取；请拆分后再放入。")
