"""One page at a time over HTTP: polite, within limits, and never anywhere that is not named."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from assistant.errors import FetchError
from assistant.settings import Settings
from assistant.sync.guard import check_address, check_network, parse_url, site_of
from assistant.sync.robots import MAX_BYTES as MAX_ROBOTS_BYTES
from assistant.sync.robots import Robots

MAX_REDIRECTS = 5
_BUSY = (429, 503)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask whether a page has changed since."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Page:
    """What a server gave; `raw` is None where the page is as it was when last fetched."""

    url: str
    """Where it was found, after redirects."""
    raw: bytes | None
    media_type: str
    validators: Validators


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: httpx.Headers
    raw: bytes


class Web:
    """The sites of a run; one request at a time in all, so one at a time per site.

    The environment's proxies are not used: behind one, nobody could tell where a name leads.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._robots: dict[str, Robots | FetchError] = {}
        self._asked_at: dict[str, float] = {}
        self._client = httpx.Client(
            headers={
                "User-Agent": settings.sync_user_agent,
                "Accept-Encoding": "gzip",
                "Accept-Language": "zh-CN,zh;q=0.9",
            },
            timeout=settings.sync_timeout_s,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, sites: frozenset[str], known: Validators | None = None) -> Page:
        """A page of one of `sites`; `known` asks only for what is newer.

        Raises:
            FetchError: it is not there, not allowed, too large, too slow or did not come whole.
        """
        asked = parse_url(url)
        for _ in range(MAX_REDIRECTS + 1):
            self._admit(asked, sites)
            reply = self._ask(asked, known, self._settings.max_file_bytes)
            where = _redirected(asked, reply)
            if where is None:
                return self._page(asked, reply, is_conditional=bool(known and known.headers()))
            asked = where
        raise FetchError(f"网页转来转去超过 {MAX_REDIRECTS} 次，未取；请核对网址。")

    def _admit(self, url: httpx.URL, sites: frozenset[str]) -> None:
        """Hold a request to the list of sites and to the site's robots.txt."""
        site = site_of(url)
        if site not in sites:
            raise FetchError(f"转到了没有列明的网站 {site}，未取；确需如此请把它写进 hosts。")
        key = f"{url.scheme}://{site}"
        if key not in self._robots:
            try:
                self._robots[key] = self._read_robots(url, sites)
            except FetchError as error:
                self._robots[key] = error
        robots = self._robots[key]
        if isinstance(robots, FetchError):
            raise robots
        robots.check(str(url))

    def _read_robots(self, url: httpx.URL, sites: frozenset[str]) -> Robots:
        asked = url.copy_with(raw_path=b"/robots.txt", fragment=None)
        for _ in range(MAX_REDIRECTS + 1):
            if site_of(asked) not in sites:
                break
            reply = self._ask(asked, None, MAX_ROBOTS_BYTES)
            where = _redirected(asked, reply)
            if where is None:
                if reply.status >= 500 or reply.status in _BUSY:
                    break
                text = reply.raw.decode("utf-8", "replace") if reply.status == 200 else ""
                robots = Robots(text, self._settings.sync_user_agent)
                robots.delay_s()
                return robots
            asked = where
        raise FetchError("网站的 robots.txt 取不到，按不允许处理；请稍后再试。")

    def _page(self, url: httpx.URL, reply: _Reply, *, is_conditional: bool) -> Page:
        if reply.status in _BUSY:
            busy = FetchError(f"网站忙（{reply.status}），本次不再取它的网页；请稍后再运行。")
            self._robots[f"{url.scheme}://{site_of(url)}"] = busy
            raise busy
        if reply.status != 200 and not (reply.status == 304 and is_conditional):
            gone = "网页已不存在" if reply.status in (404, 410) else "网站没有给出网页"
            raise FetchError(f"{gone}（{reply.status}）；库里已有的版本不变，请核对网址。")
        media_type = reply.headers.get("Content-Type", "").split(";")[0].strip().lower()
        validators = Validators(reply.headers.get("ETag"), reply.headers.get("Last-Modified"))
        raw = None if reply.status == 304 else reply.raw
        return Page(str(url), raw, media_type, validators)

    def _ask(self, url: httpx.URL, known: Validators | None, limit: int) -> _Reply:
        """One request, when it is the site's turn, to a public address only."""
        if not self._settings.sync_private_hosts:
            check_network(url)
        self._wait(url)
        deadline = time.monotonic() + self._settings.sync_timeout_s
        headers = known.headers() if known else {}
        with _told(url), self._client.stream("GET", url, headers=headers) as response:
            stream = response.extensions["network_stream"]
            if not self._settings.sync_private_hosts:  # the name may lead elsewhere by now
                check_address(str(stream.get_extra_info("server_addr")[0]))
            raw = _body(response, limit, deadline) if response.status_code == 200 else b""
            return _Reply(response.status_code, response.headers, raw)

    def _wait(self, url: httpx.URL) -> None:
        """The delay that the settings or the site ask for, since the last request to it."""
        site = site_of(url)
        robots = self._robots.get(f"{url.scheme}://{site}")
        asked = robots.delay_s() if isinstance(robots, Robots) else 0.0
        delay = max(self._settings.sync_delay_s, asked)
        now = time.monotonic()
        ready = self._asked_at.get(site, now - delay) + delay
        if ready > now:
            time.sleep(ready - now)
        self._asked_at[site] = time.monotonic()


def _body(response: httpx.Response, limit: int, deadline: float) -> bytes:
    """What was sent, unpacked: at most `limit` bytes, by `deadline` of the monotonic clock."""
    told = response.headers.get("Content-Length", "")
    is_large = told.isdecimal() and int(told) > limit
    raw = bytearray()
    for part in () if is_large else response.iter_bytes():
        raw += part
        if time.monotonic() > deadline:
            raise FetchError("网页在时限内没有传完，未取；请稍后再试。")
        if is_large := len(raw) > limit:
            break
    if is_large:
        raise FetchError(f"网页超过 {limit} 字节，未取；请人工下载。")
    return bytes(raw)


def _redirected(url: httpx.URL, reply: _Reply) -> httpx.URL | None:
    """Where the reply sends to; None where it is no redirect."""
    where = reply.headers.get("Location")
    if reply.status not in (301, 302, 303, 307, 308) or not where:
        return None
    try:
        target = parse_url(str(url.join(where)))
    except httpx.InvalidURL as error:
        raise FetchError("网页转到的网址写法有误，未取。") from error
    if url.scheme == "https" and target.scheme == "http":
        raise FetchError("网页从 https 转到了不加密的 http，未取；请核对网址。")
    return target


@contextmanager
def _told(url: httpx.URL) -> Iterator[None]:
    """Errors of the network as one sentence."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise FetchError(f"网站 {url.host} 在时限内没有回应；请稍后再试。") from error
    except httpx.RemoteProtocolError as error:
        raise FetchError("网页没有传完就断了，未取；请稍后再试。") from error
    except (httpx.HTTPError, OSError) as error:
        kind = type(error).__name__
        raise FetchError(f"与网站 {url.host} 的连接出错（{kind}）；请检查网络后再试。") from error
