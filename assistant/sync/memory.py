"""What a run remembers for the next one: validators, links, and how far it came.

The corpus and its manifest are the truth; to lose this file costs only requests.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.files import replace_file
from assistant.sync.web import Validators

STATE = "state.json"


class Remembered(BaseModel):
    """Of one page."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    """Of the file in the corpus that the page is known to say the same as."""
    links: tuple[str, ...] = ()
    """Of a list."""
    sought: str | None = None
    """What the links were chosen by."""

    @property
    def validators(self) -> Validators:
        return Validators(self.etag, self.last_modified)


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")

    day: date | None = None
    """Of a run that did not come to its end."""
    done: list[str] = []
    """Pages it had finished."""
    pages: dict[str, Remembered] = {}


class Memory:
    """Written after every page, in one step; never in a dry run."""

    def __init__(self, folder: Path, day: date, *, is_dry: bool) -> None:
        self._path = folder / STATE
        self._is_dry = is_dry
        try:
            self._state = _State.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):  # a damaged one is begun again
            self._state = _State()
        if self._state.day != day:
            self._state.done = []
        self._state.day = day

    def of(self, url: str) -> Remembered | None:
        return self._state.pages.get(url)

    def is_done(self, url: str) -> bool:
        """Whether the interrupted run of this day had finished the page."""
        return url in self._state.done

    def keep(self, url: str, page: Remembered) -> None:
        """
        Raises:
            OSError: the folder cannot be written.
        """
        self._state.pages[url] = page
        self._state.done.append(url)
        self._write()

    def finish(self) -> None:
        """The run came to its end: the next one asks for every page again."""
        self._state.day, self._state.done = None, []
        self._write()

    def _write(self) -> None:
        if not self._is_dry:
            replace_file(self._path, self._state.model_dump_json(exclude_defaults=True).encode())
