"""What a site's robots.txt allows (RFC 9309)."""

from __future__ import annotations

from protego import Protego

from assistant.errors import FetchError

MAX_BYTES = 500_000
MAX_DELAY_S = 60.0


class Robots:
    """Of one site, for one user agent."""

    def __init__(self, text: str, user_agent: str) -> None:
        self._rules = Protego.parse(text)
        self._agent = user_agent.split("/")[0]

    def delay_s(self) -> float:
        """Asked for between two requests; 0.0 where nothing is.

        Raises:
            FetchError: more than a run can wait.
        """
        delay = float(self._rules.crawl_delay(self._agent) or 0.0)
        if delay > MAX_DELAY_S:
            raise FetchError(f"网站的 robots.txt 要求每次间隔 {delay:g} 秒，未取；请人工下载。")
        return delay

    def check(self, url: str) -> None:
        """
        Raises:
            FetchError: the page is not to be fetched by programs.
        """
        if not self._rules.can_fetch(url, self._agent):
            raise FetchError("网站的 robots.txt 不允许程序取这个网页，未取；请人工下载。")
