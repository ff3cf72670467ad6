"""What must be said beside a quotation from a document, on a day; in Chinese, for users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.corpus.force import Force, Standing, standing_on
from assistant.schema import Document, Kind

LABELS: dict[Force, str] = {
    Force.DRAFT: "未正式印发",
    Force.NOT_YET: "尚未施行",
    Force.IN_FORCE: "现行有效",
    Force.EXPIRED: "已失效",
    Force.SUPERSEDED: "已被替代",
    Force.REPEALED: "已废止",
    Force.UNKNOWN: "有效性未见",
}


def notices_on(document: Document, newer: Sequence[Document], day: date) -> tuple[str, ...]:
    """None for an official text in force on `day`; else what it is, and until when it was.

    `newer` is what directly took the place of the document.
    """
    standing = standing_on(document, newer, day)
    title = document.title
    notices = []
    if document.kind is Kind.DIGEST:
        link = f"，原文见 {document.url}" if document.url else ""
        notices.append(f"所引《{title}》为摘编，非官方原文{link}。")
    if standing.force is Force.DRAFT:
        words = document.status_words or "草案"
        if document.kind is Kind.DIGEST:
            notices.append(f"《{title}》{_drafted(words)}，不是正式印发的文件，内容可能调整。")
        else:
            notices.append(
                f"本答复依据{words}《{title}》，不是正式印发的文件，内容可能调整。"
            )
    elif standing.force is not Force.IN_FORCE:
        notices.append(_life_notice(document, standing, day))
    return tuple(notices)


def _drafted(words: str) -> str:
    return "尚在起草" if "起草" in words else f"的原文是{words}"


def _life_notice(document: Document, standing: Standing, day: date) -> str:
    named = f"所引《{document.title}》"
    since = chinese_day(standing.since) if standing.since else None
    if standing.force is Force.NOT_YET:
        begin = f"自{since}起施行，" if since else ""
        return f"{named}{begin}{chinese_day(day)}时尚未施行。"
    if standing.force is Force.EXPIRED:
        if document.expires_on:
            return f"{named}有效期至{chinese_day(document.expires_on)}，已失效，仅供参考。"
        if standing.since and document.plan_period:
            first, last = document.plan_period
            return f"{named}的规划期为{first}年至{last}年，已期满，仅供参考。"
        return f"{named}已失效，失效日期未见，仅供参考。"
    by = ""
    if standing.newer:
        number = f"（{standing.newer.doc_no}）" if standing.newer.doc_no else ""
        by = f"《{standing.newer.title}》{number}"
    if standing.force is Force.REPEALED:
        begin = f"自{since}起废止" if since else "已废止，废止日期未见"
        return f"{named}{begin}{f'，由{by}替代' if by else ''}，仅供参考。"
    if standing.force is Force.SUPERSEDED:
        begin = f"自{since}起" if since else ""
        return f"{named}{begin}已被{by or '新文件'}替代，仅供参考。"
    return f"{named}未见施行日期或有效期，是否现行有效请向发文机关核实。"


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
