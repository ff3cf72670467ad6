"""What the documents promise: commands that exist, targets that exist, no path of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from assistant.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|Users|opt|mnt)/\w")

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


def _code(text: str) -> str:
    """Fenced blocks and inline code: where a reader copies commands from."""
    fenced = re.findall(r"^```.*?$(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    return "\n".join([*fenced, *inline])


def _named(word: str, text: str) -> set[str]:
    """What follows `word` as a command line."""
    return set(re.findall(rf"(?:^|[\s/]){word} ([a-z][a-z-]*)", _code(text), re.MULTILINE))


def test_every_command_of_the_readme_exists():
    assert _named("assistant", README) <= set(COMMANDS)


def test_every_command_is_in_the_readme():
    assert set(COMMANDS) <= _named("assistant", README)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name):
    command = COMMANDS[name]

    assert command.help
    assert all(option.help for option in command.params if option.param_type_name == "option")


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))

    assert {"serve", "test"} <= _named("make", README) <= targets


def test_every_file_that_a_document_links_to_exists():
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = document.read_text("utf-8")
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if not re.match(r"[a-z]+:", target):
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_no_tracked_file_names_a_path_of_one_machine():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of tracked files")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    found = []
    for name in filter(None, listed.stdout.decode("utf-8").split("\0")):
        path = ROOT / name
        if not path.is_file() or b"\0" in (content := path.read_bytes()):
            continue
        match = MACHINE_PATH.search(content.decode("utf-8", errors="replace"))
        if match and path != Path(__file__):
            found.append(f"{name}: {match.group()}")
    assert not found
