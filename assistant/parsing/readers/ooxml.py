"""Looking around in the XML of office files by local names, whatever the namespace version."""

from __future__ import annotations

from typing import Any


def local(node: Any) -> str:
    """The tag without its namespace; empty for comments."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def children(node: Any, name: str) -> list[Any]:
    """Empty for a node that is None."""
    return [] if node is None else [child for child in node if local(child) == name]


def child(node: Any, *names: str) -> Any:
    """The first child of the first child …; None where a step is missing."""
    for name in names:
        node = next(iter(children(node, name)), None)
    return node


def attribute(node: Any, name: str) -> str:
    """Empty where it is missing."""
    return next((str(v) for k, v in node.attrib.items() if k.rpartition("}")[2] == name), "")


def value(node: Any) -> str:
    """`w:val`; empty where the node or the attribute is missing."""
    return "" if node is None else attribute(node, "val")
