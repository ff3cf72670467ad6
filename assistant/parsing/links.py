"""The links of a web page that lists documents."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin


def check_selector(selector: str) -> str:
    """
    Raises:
        ValueError: it is no CSS selector.
    """
    import soupsieve

    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError("不是正确的 CSS 选择器") from error
    return selector


def links_in(raw: bytes, base: str, selector: str | None, pattern: str | None) -> tuple[str, ...]:
    """Absolute links in the order of the page, each once, without fragment.

    `selector` names links or what they stand in, `pattern` is searched in the absolute link; both
    must fit where both are given.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(raw, "lxml")
    named = soup.find("base", href=True)
    base = urljoin(base, str(named["href"])) if named else base
    tags = soup.select(selector) if selector else soup.find_all("a")
    found: dict[str, None] = {}
    for tag in tags:
        for link in [tag] if tag.name == "a" else tag.find_all("a"):
            href = str(link.get("href") or "").strip()
            try:
                url = urldefrag(urljoin(base, href)).url
            except ValueError:  # [ in a host
                continue
            is_web = href and not href.startswith("#") and url.startswith(("http://", "https://"))
            if is_web and re.search(pattern or "", url):
                found[url] = None
    return tuple(found)
