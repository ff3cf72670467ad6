"""Which official text a digest is a digest of: the same 文号, or the same title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from assistant.schema import Document, Kind
from assistant.text import normalize

_ENDING = re.compile(r"[（(](?:摘编|[^（()）]*(?:版|修正|修订))[）)]$")


def looks_like(official: Document, digest: Document) -> bool:
    """Whether this may be the text of that digest; a person decides."""
    return bool(official_pairs({"0": digest, "1": official}))


def official_pairs(documents: Mapping[str, Document]) -> list[tuple[Document, Document]]:
    """Digests with the official texts that may take their place, by id.

    A title counts only where one of the two has no 文号: two numbers are two documents.
    """
    digests = [one for one in documents.values() if one.kind is Kind.DIGEST]
    if not digests:
        return []
    by_name: defaultdict[str, list[Document]] = defaultdict(list)
    for one in documents.values():
        if one.kind is Kind.OFFICIAL:
            for name in {_title(one), _key(one.doc_no or "")} - {""}:
                by_name[name].append(one)
    found = {
        (digest.doc_id, one.doc_id): (digest, one)
        for digest in digests
        for name in (_key(digest.doc_no or ""), _title(digest))
        for one in by_name.get(name, ())
        if not (digest.doc_no and one.doc_no) or _key(digest.doc_no) == _key(one.doc_no)
    }
    return [found[ids] for ids in sorted(found)]


def _title(document: Document) -> str:
    return _key(_ENDING.sub("", document.title.strip()))


def _key(name: str) -> str:
    return re.sub(r"[《》〈〉<>]", "", normalize(name).text)
