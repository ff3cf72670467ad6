"""The list of sources, the command `sync`, and a run that is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.errors import SettingsError
from assistant.retrieval.store import build_index
from assistant.settings import PACKAGE_DIR, Settings
from assistant.sync import load_sources
from tests.sync_case import (
    page,
    rows,
)
from tests.web_site import Site, send, serving

pytestmark = pytest.mark.network
SOURCE = '[[source]]\nname = "a"\nkind = "document"\nurl = "https://example.org/a.html"\n'


@pytest.fixture
def site():
    with serving() as one:
        yield one


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[source", "无法读取"),
        ("sources = 1", "没有这个键"),
        (SOURCE + "titel = 1", "第1个 source 的 titel：没有这个键"),
        (SOURCE.replace("https", "ftp"), "只取 http"),
        (SOURCE.replace("https://", "https://me:pw@"), "用户名"),
        (SOURCE.replace('"a"', '"1 a"'), "字母"),
        (SOURCE.replace('"document"', '"list"'), "selector 或 pattern"),
        (SOURCE.replace('"document"', '"list"') + 'pattern = "("', "正则"),
        (SOURCE.replace('"document"', '"list"') + 'selector = "a["', "选择器"),
        (SOURCE + 'selector = "a"', "只用于 list"),
        (SOURCE + 'hosts = ["https://x.cn/"]', "网站名"),
        (SOURCE + SOURCE, "name a 出现了两次"),
    ],
)
def test_a_mistake_in_the_list_of_sources_is_told_with_its_place(tmp_path, text, words):
    path = tmp_path / "sources.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(SettingsError, match=words):
        load_sources(path)


def test_a_list_of_sources_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SettingsError, match="打不开"):
        load_sources(tmp_path / "sources.toml")


def test_the_shipped_list_names_no_source_until_a_person_does():
    assert load_sources(PACKAGE_DIR.parent / "corpus" / "sources.toml") == ()


def command(tmp_path: Path, site: Site, *flags: str) -> list[str]:
    path = tmp_path / "sources.toml"
    path.write_text(
        f'[[source]]\nname = "notices"\nkind = "list"\nurl = "{site.url("/list")}"\n'
        "pattern = '\\.html$'\n",
        "utf-8",
    )
    return ["sync", "--sources", str(path), "--corpus", str(tmp_path / "corpus"), *flags]


def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "ASSISTANT_STATE_DIR": str(tmp_path / "state"),
        "ASSISTANT_SYNC_DELAY_S": "0",
        "ASSISTANT_SYNC_PRIVATE_HOSTS": "true",
    }


def test_the_command_reports_and_its_exit_code_tells_of_faults(site, tmp_path):
    site.pages["/list"] = "<a href='/1.html'>一</a><a href='/2.html'>二</a>".encode()
    site.pages["/1.html"] = page()
    runner = CliRunner(env=environment(tmp_path))

    failed = runner.invoke(app, command(tmp_path, site, "--json"))
    site.pages["/2.html"] = page(number=2)
    done = runner.invoke(app, command(tmp_path, site))

    assert (failed.exit_code, done.exit_code) == (1, 0)
    record = json.loads(failed.stdout)
    assert record["counts"] == {"new": 1, "failed": 1}
    assert record["items"][1]["outcome"] == "failed"
    assert "404" in failed.stderr
    assert "新增 1、没有变化 1" in done.stdout


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(site, tmp_path):
    numbers = range(12)
    site.pages["/list"] = "".join(f"<a href='/{n}.html'>{n}</a>" for n in numbers).encode()
    for n in numbers:
        body = page(number=n)
        site.pages[f"/{n}.html"] = lambda handler, body=body: (time.sleep(0.2), send(
            handler, 200, body))  # fmt: skip
    arguments = [sys.executable, "-m", "assistant", *command(tmp_path, site)]
    environ = dict(os.environ) | environment(tmp_path) | {"PYTHONPATH": str(PACKAGE_DIR.parent)}
    for wanted in (4, 8):
        with subprocess.Popen(arguments, env=environ, stderr=subprocess.DEVNULL) as process:
            while len(set(site.paths())) < wanted:
                assert process.poll() is None
                time.sleep(0.02)
            process.kill()

    done = subprocess.run(arguments, env=environ, capture_output=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr.decode()
    asked = site.paths()
    assert len(asked) <= 1 + len(numbers) + 2  # a list once, a page again for each kill
    settings = Settings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index")
    assert build_index(settings).documents == len(numbers)
    assert len(rows(settings)) == len(numbers)
