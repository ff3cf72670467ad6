"""Who may change the corpus: one password, sessions in memory, few wrong tries."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import SecretStr

from assistant.errors import AccessError

MAX_TRIES = 5
WINDOW_S = 300.0
WRONG_TRY_S = 0.5
IDLE_S = 3600.0
MAX_NAME_CHARS = 40
MAX_ADDRESSES = 1000
READ_ONLY = "启动时没有设置口令（环境变量 ASSISTANT_ADMIN_PASSWORD），条款台只能查阅，不能改动。"


@dataclass(frozen=True, slots=True)
class Session:
    """One staff member at one browser. `token` is in the cookie, `form_token` in every form."""

    token: str
    form_token: str
    who: str
    last_seen: float


class Gate:
    """Safe to use from several threads; a restart ends all sessions."""

    def __init__(
        self,
        password: SecretStr | None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._digest = _digest(password.get_secret_value()) if password else None
        self._clock = clock
        self._pause = pause
        self._sessions: dict[str, Session] = {}
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def is_read_only(self) -> bool:
        return self._digest is None

    def enter(self, password: str, who: str, address: str) -> Session:
        """A new session for whoever knows the password.

        Raises:
            AccessError: it is wrong, there were too many wrong ones, or none is set.
        """
        if self._digest is None:
            raise AccessError(READ_ONLY)
        with self._lock:
            tries = self._recent(address)
            if len(tries) >= MAX_TRIES:
                minutes = round(WINDOW_S / 60)
                raise AccessError(f"口令连续输错 {MAX_TRIES} 次，请 {minutes} 分钟后再试。")
            # Counted before it is compared: many tries at once are as many tries.
            tries.append(self._clock())
        if not hmac.compare_digest(self._digest, _digest(password)):
            self._pause(WRONG_TRY_S)
            raise AccessError("口令不对，请核对后再试。")
        now = self._clock()
        session = Session(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), who[:MAX_NAME_CHARS], now
        )
        with self._lock:
            self._wrong.pop(address, None)
            self._sessions = {
                token: one for token, one in self._sessions.items() if now - one.last_seen < IDLE_S
            } | {session.token: session}
        return session

    def session(self, token: str | None) -> Session | None:
        """The session of a cookie, which lives on for `IDLE_S`; None for a lapsed one."""
        with self._lock:
            found = self._sessions.get(token or "")
            if found is None or self._clock() - found.last_seen >= IDLE_S:
                return None
            self._sessions[found.token] = replace(found, last_seen=self._clock())
            return found

    def checked(self, token: str | None, form_token: str) -> Session:
        """The session that a form was made for.

        Raises:
            AccessError: there is none, or the form is not of this session.
        """
        session = self.session(token)
        if session is None:
            raise AccessError(
                READ_ONLY if self.is_read_only else "还没有登录或登录已过期；请重新登录后再试。"
            )
        if not hmac.compare_digest(session.form_token.encode(), form_token.encode()):
            raise AccessError("这个表单不是本次登录打开的，未作改动；请刷新页面再试。")
        return session

    def is_blocked(self, address: str) -> bool:
        """Whether the next try from there is refused, whatever it is."""
        with self._lock:
            return len(self._recent(address)) >= MAX_TRIES

    def leave(self, session: Session) -> None:
        with self._lock:
            self._sessions.pop(session.token, None)

    def _recent(self, address: str) -> deque[float]:
        tries = self._wrong.setdefault(address, deque())
        self._wrong.move_to_end(address)
        while tries and self._clock() - tries[0] >= WINDOW_S:
            tries.popleft()
        while len(self._wrong) > MAX_ADDRESSES:
            self._wrong.popitem(last=False)
        return tries


def _digest(password: str) -> bytes:
    return hashlib.sha256(password.encode("utf-8", "replace")).digest()
