"""The routes by which an official text takes its digest's place: propose, correct, check, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assistant.corpus.official import looks_like
from assistant.errors import CorpusError, UsageError
from assistant.files import replace_file
from assistant.intake.reliance import Reliance, reliances
from assistant.succession.applying import Succession
from assistant.succession.checking import check_mapping
from assistant.succession.mapping import Mapping, mapping_text, path_of, read_mapping
from assistant.succession.propose import Proposer
from assistant.ui.desk.frame import desk_url
from assistant.ui.desk.gate import Gate, Session
from assistant.ui.desk.http import COOKIE, DeskRoute, moved, shown, status_of
from assistant.ui.desk.keeper import Keeper
from assistant.ui.desk.manage import entrance, known, sent_form
from assistant.ui.desk.render_succession import Draft, succession_page

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

WHY = "由正式文件接替"


def succeeding_router(assistant: Assistant, gate: Gate, keeper: Keeper) -> APIRouter:
    """The routes below `/desk` about digests; not part of the public API."""
    router = APIRouter(prefix="/desk", include_in_schema=False, route_class=DeskRoute)
    desk = _Desk(assistant, keeper)

    @router.get("/succession")
    def propose(request: Request, digest: str, official: str) -> Response:
        session = gate.session(request.cookies.get(COOKIE))
        if session is None:
            return entrance(gate, desk_url("succession", digest=digest, official=official))
        return desk.page(session, desk.text(digest, official), digest, official)

    @router.post("/succession")
    async def send(request: Request) -> Response:
        session, given = await sent_form(request, gate)
        digest, official = given.get("digest", ""), given.get("official", "")
        text = given.get("mapping", "")
        try:
            mapping = await run_in_threadpool(desk.save, session.who, text, digest, official)
            if given.get("act") == "apply":
                await run_in_threadpool(desk.apply, session.who, mapping)
                return moved(desk_url("manage", done=official))
        except (UsageError, CorpusError) as error:
            return await run_in_threadpool(desk.refused, session, given, error)
        return moved(desk_url("succession", digest=digest, official=official))

    return router


class _Desk:
    """What staff does with a mapping; the file is what a person edits elsewhere, too."""

    def __init__(self, assistant: Assistant, keeper: Keeper) -> None:
        self._assistant = assistant
        self._keeper = keeper

    def text(self, digest: str, official: str) -> str:
        """The file of the mapping as it is, or a proposal.

        Raises:
            NotFoundError: one of the two is not in the corpus. UsageError: they are no pair.
        """
        now = self._assistant.snapshot()
        old, new = known(now.documents, digest), known(now.documents, official)
        if not looks_like(new, old):
            raise UsageError("这两份文件不是摘编和它的正式文件：文号或题名不同，或性质不对。")
        path = path_of(self._keeper.shelf.corpus_dir, digest)
        if path.is_file():
            return path.read_text("utf-8", "replace")
        uses = self._uses(digest)
        return mapping_text(Proposer(now.index, digest, official).mapping(uses))

    def page(
        self, session: Session, text: str, digest: str, official: str, wrong: str = ""
    ) -> Response:
        """The mapping side by side, what is wrong with it, and what it would change."""
        now = self._assistant.snapshot()
        pair = known(now.documents, digest), known(now.documents, official)
        try:
            mapping = _of(text, digest, official)
        except UsageError as error:
            return shown(succession_page(session, pair, Draft(text, wrong=wrong or str(error))))
        checked = check_mapping(mapping, now.index, self._uses(digest))
        told: tuple[str, ...] = ()
        if not checked.problems:
            plan = self._succession(mapping).plan((self._keeper.now(), session.who, WHY))
            told = tuple(plan.told())
        draft = Draft(text, mapping, checked, told, wrong)
        return shown(succession_page(session, pair, draft))

    def save(self, who: str, text: str, digest: str, official: str) -> Mapping:
        """Write the file of the mapping.

        Raises:
            UsageError: it is no mapping of these two. CorpusError: it cannot be written.
        """
        mapping = _of(text, digest, official)
        path = path_of(self._keeper.shelf.corpus_dir, digest)

        def write() -> None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_file(path, mapping_text(mapping).encode())
            except OSError as error:
                raise CorpusError(
                    f"对照文件 {path} 无法写入（{error.strerror}）；请检查权限。"
                ) from error

        self._keeper.do(write, who, "map", doc_id=digest, official=official)
        return mapping

    def apply(self, who: str, mapping: Mapping) -> None:
        """
        Raises:
            UsageError, CorpusError: as `Succession.apply`; nothing was changed.
        """
        succession = self._succession(mapping)
        about = (self._keeper.now(), who, WHY)
        self._keeper.do(lambda: succession.apply(about), who, "succeed",
                        doc_id=mapping.digest, official=mapping.official)  # fmt: skip
        self._keeper.rebuilder.request()

    def refused(
        self, session: Session, given: dict[str, str], error: UsageError | CorpusError
    ) -> Response:
        """The page again, with what was typed and what is wrong."""
        digest, official = given.get("digest", ""), given.get("official", "")
        made = self.page(session, given.get("mapping", ""), digest, official, str(error))
        made.status_code = status_of(error)
        return made

    def _uses(self, digest: str) -> tuple[Reliance, ...]:
        return reliances(digest, self._keeper.places.rules_dir, self._keeper.places.gold_dir)

    def _succession(self, mapping: Mapping) -> Succession:
        index = self._assistant.snapshot().index
        return Succession(mapping, index, self._keeper.shelf, self._keeper.places)


def _of(text: str, digest: str, official: str) -> Mapping:
    mapping = read_mapping(text, f"{digest}.yaml")
    if (mapping.digest, mapping.official) != (digest, official):
        raise UsageError("对照里的 digest 或 official 与这一页的两份文件不同；请改回。")
    return mapping
