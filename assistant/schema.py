"""The records that flow through the assistant, in the order they flow.

    file -> Document -> Clause -> Passage -> Hit -> Evidence -> Answer

Offsets are in characters of the document's canonical text, end exclusive, everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from assistant.verdicts import Combination, Question, Verdict

SCHEMA_VERSION = "2"
"""Part of every index manifest: a change of these records makes old indexes stale."""


class DocStatus(str, Enum):
    """What a document is, or on a day has become; shown beside every citation."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    DIGEST = "digest"


class Kind(str, Enum):
    """Whose words a document's text is."""

    OFFICIAL = "official"
    DRAFT = "draft"
    DIGEST = "digest"
    """Our own summary of a text that is not in the corpus."""


class Tier(str, Enum):
    """Of the authority that issued a document."""

    NATIONAL = "national"
    CITY = "city"
    DISTRICT = "district"


class Level(str, Enum):
    """Levels of the clause tree.

    `part` … `subitem` are those of the Legislation Law (编章节条款项目); `h1` … `h4` are the
    headings 一、（一）1. （1） of official documents (GB/T 9704-2012, 7.3.3). A `row` is a line of
    a table, its cells parted by tabs; the rows below a header row are its children.
    """

    DOCUMENT = "document"
    TITLE = "title"
    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"
    H1 = "h1"
    H2 = "h2"
    H3 = "h3"
    H4 = "h4"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of canonical text copied unchanged from the file's decoded text.

    `text[start:end] == source[source_start:source_start + (end - start)]`; what lies between two
    segments in the source is layout (line breaks, page furniture), listed in `Document.dropped`.
    """

    start: int
    end: int
    source_start: int


@dataclass(frozen=True, slots=True)
class Document:
    """One published text at one version.

    `text` is canonical: immutable and hashed; it differs from the file only in layout.
    """

    doc_id: str
    title: str
    text: str
    status: DocStatus
    """As its own words have it; what it is on a day, `corpus.force` tells."""
    source: str
    """Path below the corpus folder, with `#row id` for a row of a JSONL file."""
    sha256: str
    """Of the file's bytes (of the row, for JSONL)."""
    short_titles: tuple[str, ...] = ()
    doc_no: str | None = None
    issuers: tuple[str, ...] = ()
    region: str | None = None
    tier: Tier | None = None
    topics: tuple[str, ...] = ()
    issued_on: date | None = None
    """Of publication; of adoption or approval where the text tells only that."""
    amended_on: date | None = None
    """Of the last amendment that this version contains."""
    effective_on: date | None = None
    expires_on: date | None = None
    """The last day in force."""
    repealed_on: date | None = None
    """The first day no longer in force."""
    replaces: tuple[str, ...] = ()
    """Documents that this one repeals or takes the place of: each by its id, 文号 or title."""
    replaced_by: tuple[str, ...] = ()
    plan_period: tuple[int, int] | None = None
    """First and last year, as the title gives them: (2024, 2026)."""
    status_words: str | None = None
    """The words the status was read from: 送审稿, 已废止."""
    url: str | None = None
    fetched_on: date | None = None
    certainty: str | None = None
    """Of a digest: A official page, B third party, C seen in part."""
    note: str | None = None
    segments: tuple[Segment, ...] = ()
    dropped: tuple[str, ...] = ()
    """What was left out other than white space: page numbers, stray links, navigation."""
    read_how: str = ""
    """`encoding gb18030`, `text layer`, `ocr`, `docx` …; empty for a text that came as such."""
    read_certainty: float = 1.0
    """In [0, 1]: how sure it is that the text is what a person sees in the file."""
    read_why: str = ""
    """The reason for the certainty, a Chinese sentence."""

    @property
    def kind(self) -> Kind:
        named = {DocStatus.DRAFT: Kind.DRAFT, DocStatus.DIGEST: Kind.DIGEST}
        return named.get(self.status, Kind.OFFICIAL)


@dataclass(frozen=True, slots=True)
class Clause:
    """A node of the clause tree, any level, in document order.

    `[start, end)` covers the node with all below it; `[start, own_end)` is its own text, before
    its first child. Own texts joined in document order are the canonical text, to the character.
    """

    clause_id: str
    doc_id: str
    level: Level
    number: str
    """The marker as written: 第十七条之一, （二）, 12、; empty for an unnumbered clause."""
    heading: str
    """Marker and heading without the closing 。: "12、培育多梯次科技企业集群"; empty if none."""
    path: tuple[str, ...]
    """Headings from the top down to and including this clause's own, where it has one."""
    start: int
    own_end: int
    end: int
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    """Words of a document that point to a clause; `start` and `end` are offsets of its text."""

    start: int
    end: int
    words: str
    clause_id: str | None
    """None where what is named is not in the corpus or does not exist."""
    is_exception: bool = False
    """It stands between 除 and 外."""


@dataclass(frozen=True, slots=True)
class DefinedTerm:
    """A term and where its document says what it means: 是指 or 以下简称."""

    term: str
    clause_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is indexed and retrieved: one or more whole clauses of one document."""

    passage_id: str
    doc_id: str
    clause_ids: tuple[str, ...]
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    """Exactly `Document.text[start:end]`."""
    title: str = ""
    """The document's title, its own field in the index."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a ranking."""

    passage: Passage
    score: float
    """In (0, 1): the first one's is the probability that it answers the question, and can be held
    against a threshold; those below fall by the odds that the ranker gives them against it.
    """
    rank: int = 0
    lexical: float = 0.0
    """BM25 score of the query, summed over both fields."""
    dense: float = 0.0
    """Cosine similarity in [-1, 1]; 0.0 where the dense leg did not return the passage."""


class Intent(str, Enum):
    """What kind of answer the question wants."""

    NUMBER = "number"
    LIST = "list"
    WORDING = "wording"
    WHO_WHERE = "who_where"
    DEFINITION = "definition"
    SUPPORT = "support"
    PREMISE = "premise"
    VALIDITY = "validity"
    GREETING = "greeting"
    OUT_OF_SCOPE = "out_of_scope"
    EXPLAIN = "explain"
    """Anything else about the corpus: how, why, what about."""


class Status(str, Enum):
    """What became of the question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NEEDS_INFO = "needs_info"
    NOT_IN_CORPUS = "not_in_corpus"
    OUT_OF_SCOPE = "out_of_scope"
    ERROR = "error"


REFUSALS = frozenset({Status.NOT_IN_CORPUS, Status.OUT_OF_SCOPE, Status.ERROR})


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of the conversation."""

    role: str
    """`user` or `assistant`."""
    content: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the writer may use, and nothing else: a span of one clause."""

    clause: Clause
    document: Document
    start: int
    end: int
    score: float = 0.0

    @property
    def quote(self) -> str:
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause and the exact words quoted from it: `quote == document.text[start:end]`."""

    n: int
    doc_id: str
    doc_title: str
    doc_no: str | None
    doc_status: DocStatus
    clause_id: str
    clause_path: tuple[str, ...]
    quote: str
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """The clause nearest to a question that was declined; never offered as support."""

    doc_id: str
    clause_id: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What every face shows or scores. `text` carries [n] marks, each with its citation."""

    question: str
    as_of: date
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    notices: tuple[str, ...] = ()
    writer: str = "extractive"
    intent: Intent | None = None
    reason: str | None = None
    """Why a refusal was given: a name from `answering.abstain`."""
    nearest: Nearest | None = None
    verdicts: tuple[Verdict, ...] = ()
    """Of the benefits asked about, where the question is what the asker is entitled to."""
    ask_next: Question | None = None
    facts: tuple[dict[str, Any], ...] = ()
    """What was read of the enterprise, as a check's `facts`."""
    unsure: tuple[str, ...] = ()
    """Facts that were asked for and answered with 不清楚."""
    combination: Combination | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
