"""Which addresses may be asked for: http or https, a named site, a public network address."""

from __future__ import annotations

import ipaddress
import socket

import httpx

from assistant.errors import FetchError

_PORTS = {"http": 80, "https": 443}
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")))
"""IPv6 addresses that carry an IPv4 one: nothing here needs them."""


def parse_url(url: str) -> httpx.URL:
    """
    Raises:
        FetchError: not http or https, without a host, or with a user name in it.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError("网址写法有误。") from error
    if parsed.scheme not in _PORTS or not parsed.host:
        raise FetchError("只取 http:// 和 https:// 的网址。")
    if parsed.userinfo:
        raise FetchError("网址里有用户名或密码，未取。")
    return parsed


def port_of(url: httpx.URL) -> int:
    return url.port or _PORTS[url.scheme]


def site_of(url: httpx.URL) -> str:
    """`host`, or `host:port` where the port is not that of the scheme."""
    host = url.raw_host.decode("ascii").rstrip(".")
    return host if port_of(url) == _PORTS[url.scheme] else f"{host}:{port_of(url)}"


def check_network(url: httpx.URL) -> None:
    """
    Raises:
        FetchError: the name is unknown, or one of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(url.host, port_of(url), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"找不到网站 {url.host}；请检查网址和网络。") from error
    for *_, address in found:
        check_address(str(address[0]))


def check_address(address: str) -> None:
    """
    Raises:
        FetchError: it is private, of this machine, or otherwise not public.
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    ip = (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip
    is_translated = any(ip in one for one in _TRANSLATED if one.version == ip.version)
    if not ip.is_global or ip.is_multicast or is_translated:
        raise FetchError(
            f"网站的地址 {address} 在内部网络或本机，未取；确需如此请设置 sync_private_hosts。"
        )
