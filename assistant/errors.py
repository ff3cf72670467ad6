"""Every error the package raises on purpose.

* AssistantError        shown as is by the CLI, API and UI; anything else is a bug and is logged
  x UsageError          the caller's question, row, file or flag is wrong
    x NotFoundError     a document or clause that does not exist
    x AccessError       the corpus may not be changed: no password, a wrong one, a lapsed session
  x CorpusError         a source file, its manifest row or its clause tree is wrong
  x IndexFolderError    the index is missing, corrupt or cannot be written
    x IndexStaleError   the index was built from another corpus, model or chunker
    x StoreError        the engine that searches the vectors cannot be reached, or is too slow
  x RuleError           a fact or a benefit is written wrong, or its clause does not bear it out
  x CitationError       a quote is not in the clause it names
  x SettingsError       a setting is missing or malformed
  x FetchError          a page of the web could not be had, or may not be asked for
  x WriterError         the configured LLM cannot be reached or answers nonsense
  x EvaluationError     a gold row, gate or baseline is wrong
"""

from __future__ import annotations


class AssistantError(Exception):
    """Its message is one Chinese sentence for the user: what happened, where, what to do."""

    code = "error"


class UsageError(AssistantError):
    """The caller made a mistake: exit code 2, HTTP 4xx."""

    code = "bad_request"


class NotFoundError(UsageError):
    """What the caller names does not exist: exit code 2, HTTP 404."""

    code = "not_found"


class AccessError(UsageError):
    """The caller may not do this: exit code 2, HTTP 403."""

    code = "denied"


class CorpusError(AssistantError):
    """A source file or its clause tree is wrong."""

    code = "corpus"


class IndexFolderError(AssistantError):
    """The index folder is missing, corrupt or cannot be written."""

    code = "index"


class IndexStaleError(IndexFolderError):
    """The index was built from another corpus, model or chunker than is configured now."""

    code = "index_stale"


class StoreError(IndexFolderError):
    """The engine that searches the vectors cannot be reached, is too slow, or breaks its word."""

    code = "store"


class RuleError(AssistantError):
    """A fact definition or a benefit is malformed, or the corpus does not bear it out."""

    code = "rule"


class CitationError(AssistantError):
    """A quote is not in the clause it names, to the letter."""

    code = "citation"


class SettingsError(AssistantError):
    """A setting is missing, misspelt or malformed."""

    code = "settings"


class FetchError(AssistantError):
    """A page is not there, is not allowed, or did not come whole."""

    code = "fetch"


class WriterError(AssistantError):
    """The configured LLM cannot be reached, is too slow, or breaks its protocol."""

    code = "writer"


class EvaluationError(AssistantError):
    """A gold row, a gate or a baseline is wrong."""

    code = "evaluation"
