"""资格自查 for tables of firms: the template, uploads, results and their limits."""

from __future__ import annotations

import io
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import pytest

from assistant.errors import NotFoundError, UsageError
from assistant.tables.reading import MAX_FILE_BYTES
from assistant.ui.check.table_jobs import KEPT_S, RUNNING_AT_ONCE, TableJobs
from tests.check_pages import DAY, HERE, Page, client, decided, firms, uploaded

__all__ = ["client"]  # fixtures


def test_a_template_is_filled_in_and_comes_back_decided(client):
    template = openpyxl.load_workbook(
        io.BytesIO(client.get("/check/table/template", params={"day": DAY}).content)
    )
    assert "企业名称" in [one.value for one in template["企业"][1]]

    response = uploaded(client, firms(3, C3=-3, B4="火星", D2="=1+1"))
    path = response.headers["location"]
    page = Page(decided(client, path))

    assert response.status_code == 303
    assert "3 家企业" in page.words
    for cell in ("C3", "B4", "D2"):
        assert cell in page.words
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}/result").content))
    assert book["汇总"].max_row == 4
    assert client.post(f"{path}/delete", headers=HERE).status_code == 303
    assert client.get(path).status_code == 404


def test_what_was_uploaded_is_not_kept(client, assistant_on_rules):
    path = uploaded(client, firms(1)).headers["location"]
    decided(client, path)
    folder = Path(assistant_on_rules.settings.state_dir) / "tables" / path.rpartition("/")[2]

    assert {one.name for one in folder.iterdir()} == {
        "result.xlsx", "report.json", "progress.json"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "name", "status", "words"),
    [
        (b"no workbook", "企业.xlsx", 303, "XLSX"),
        (firms(1, A1="甲", B1="乙", C1="丙", D1="丁"), "企业.xlsx", 303, "没有认出任何一列"),
        (firms(0), "企业.xlsx", 303, "只有表头"),
        (firms(1), "企业.xlsm", 400, "应是 XLSX 文件"),
    ],
    ids=["no workbook", "no column", "no firm", "macros"],
)
def test_a_table_that_cannot_be_read_says_why(client, raw, name, status, words):
    response = uploaded(client, raw, name)
    assert response.status_code == status
    text = decided(client, response.headers["location"]) if status == 303 else response.text

    assert words in unescape(text)


def test_too_much_is_not_taken(client):
    response = uploaded(client, b"0" * (MAX_FILE_BYTES + 20_000))

    assert response.status_code == 413
    assert "MB" in response.text


def test_an_upload_from_another_site_is_refused(client):
    response = uploaded(client, firms(1), headers={"Origin": "https://elsewhere.example"})

    assert response.status_code == 403


@pytest.mark.parametrize("path", ["nothing", "..%2f..", "x/result"])
def test_no_result_is_a_page_that_says_so(client, path):
    assert client.get(f"/check/table/{path}").status_code == 404


def test_few_tables_are_decided_at_once_and_none_is_kept_for_long(assistant_on_rules, tmp_path):
    now = [0.0]
    settings = assistant_on_rules.settings.model_copy(update={"state_dir": tmp_path})
    jobs = TableJobs(settings, clock=lambda: now[0])
    day = date.fromisoformat(DAY)
    tokens = [jobs.start("a.xlsx", io.BytesIO(firms(30)), day) for _ in range(RUNNING_AT_ONCE)]
    with pytest.raises(UsageError, match="正在判断别的表格"):
        jobs.start("b.xlsx", io.BytesIO(firms(1)), day)

    now[0] = KEPT_S
    with pytest.raises(NotFoundError):
        jobs.job(tokens[0])
    assert list((tmp_path / "tables").iterdir()) == []


def test_a_table_that_takes_too_long_is_ended(assistant_on_rules, tmp_path):
    now = [0.0]
    settings = assistant_on_rules.settings.model_copy(update={"state_dir": tmp_path})
    jobs = TableJobs(settings, clock=lambda: now[0])
    token = jobs.start("a.xlsx", io.BytesIO(firms(2000)), date.fromisoformat(DAY))
    now[0] = 1000.0

    assert "没有判断完" in jobs.job(token).problem
