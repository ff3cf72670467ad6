"""What is in force on a day: both sides of every boundary, and what is said beside a quotation."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from assistant.corpus.force import (
    Force,
    chain_of,
    circles,
    newer_versions,
    standing_on,
    statuses_on,
)
from assistant.corpus.notices import notices_on
from assistant.schema import DocStatus, Document, Tier

DAY = timedelta(days=1)


def make(doc_id: str, **changes: object) -> Document:
    plain = Document(doc_id, f"{doc_id}办法", "正文", DocStatus.IN_FORCE, f"{doc_id}.txt", "0")
    return replace(plain, **changes)


def force(day: str, document: Document, *others: Document) -> Force:
    documents = {one.doc_id: one for one in (document, *others)}
    newer = newer_versions(documents).get(document.doc_id, ())
    return standing_on(document, newer, date.fromisoformat(day)).force


FULL = make("甲", issued_on=date(2021, 3, 20), effective_on=date(2021, 4, 1),
            expires_on=date(2023, 12, 31))  # fmt: skip


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2021-03-31", Force.NOT_YET),
        ("2021-04-01", Force.IN_FORCE),
        ("2023-12-31", Force.IN_FORCE),
        ("2024-01-01", Force.EXPIRED),
    ],
)
def test_a_text_is_in_force_from_its_first_day_to_its_last(day, expected):
    assert force(day, FULL) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-10-23", Force.IN_FORCE),
        ("2024-10-24", Force.REPEALED),
        ("2026-01-01", Force.REPEALED),
    ],
)
def test_a_repeal_before_the_expiry_ends_it(day, expected):
    document = make("甲", effective_on=date(2023, 8, 1), expires_on=date(2025, 7, 31),
                    repealed_on=date(2024, 10, 24))  # fmt: skip

    assert force(day, document) is expected


@pytest.mark.parametrize(
    "link", ["replaces by id", "replaces by number", "replaces by title", "replaced_by", "title"]
)
@pytest.mark.parametrize(
    ("day", "expected"), [("2024-07-31", Force.IN_FORCE), ("2024-08-01", Force.SUPERSEDED)]
)
def test_a_newer_text_takes_its_place_on_the_day_it_comes_into_force(link, day, expected):
    old = make("甲", doc_no="沪府办规〔2021〕5号", effective_on=date(2021, 5, 1))
    new = make("乙", issued_on=date(2024, 7, 15), effective_on=date(2024, 8, 1))
    if link == "replaces by id":
        new = replace(new, replaces=("甲",))
    elif link == "replaces by number":
        new = replace(new, replaces=("沪府办规〔2021〕5号",))
    elif link == "replaces by title":
        old = replace(old, title="甲市实施《甲法》办法")
        new = replace(new, replaces=("甲市实施〈甲法〉办法",))
    elif link == "replaced_by":
        old = replace(old, replaced_by=("乙",))
    else:
        old, new = (replace(one, title="上海市某条例", tier=Tier.CITY) for one in (old, new))

    assert force(day, old, new) is expected
    assert force("2024-08-01", new, old) is Force.IN_FORCE


def test_a_text_that_repeals_an_older_one_of_its_own_title_does_not_repeal_itself():
    document = make("甲", effective_on=date(2016, 5, 1), replaces=("甲办法",))

    assert force("2020-01-01", document) is Force.IN_FORCE
    assert circles({"甲": document}) == []


def test_a_draft_is_never_in_force_and_takes_no_place():
    old = make("甲", effective_on=date(2021, 5, 1))
    draft = make("乙", status=DocStatus.DRAFT, status_words="送审稿", replaces=("甲",),
                 effective_on=date(2022, 1, 1))  # fmt: skip

    assert force("2023-01-01", draft, old) is Force.DRAFT
    assert force("2023-01-01", old, draft) is Force.IN_FORCE


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2016-12-31", Force.IN_FORCE),
        ("2017-06-01", Force.UNKNOWN),
        ("2018-01-01", Force.SUPERSEDED),
    ],
)
def test_of_a_newer_text_with_a_number_only_the_year_is_known(day, expected):
    old = make("甲", issued_on=date(2014, 4, 2), replaced_by=("乙",))

    assert force(day, old, make("乙", doc_no="宝府〔2017〕51号")) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2019-12-31", Force.NOT_YET), ("2020-06-01", Force.UNKNOWN), ("2021-01-01", Force.IN_FORCE)],
)
def test_of_a_text_with_a_number_only_the_year_is_known(day, expected):
    assert force(day, make("甲", doc_no="宝科规〔2020〕1号")) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2023-12-31", Force.NOT_YET), ("2024-01-01", Force.IN_FORCE), ("2027-01-01", Force.EXPIRED)],
)
def test_a_plan_lasts_as_long_as_its_title_says(day, expected):
    assert force(day, make("甲", plan_period=(2024, 2026))) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2024-09-26", Force.NOT_YET), ("2024-09-27", Force.IN_FORCE)],
)
def test_an_amended_version_begins_with_its_amendment(day, expected):
    document = make("甲", issued_on=date(2020, 4, 10), effective_on=date(2020, 4, 10),
                    amended_on=date(2024, 9, 27))  # fmt: skip

    assert force(day, document) is expected


def test_nothing_is_known_of_a_text_without_days():
    assert force("2026-01-01", make("甲")) is Force.UNKNOWN


def test_of_a_digest_no_known_end_is_no_proof_of_force():
    digest = make("甲", status=DocStatus.DIGEST, effective_on=date(2016, 1, 1))

    assert force("2015-12-31", digest) is Force.NOT_YET
    assert force("2026-01-01", digest) is Force.UNKNOWN
    assert force("2026-01-01", replace(digest, expires_on=date(2029, 7, 31))) is Force.IN_FORCE
    assert force("2026-01-01", replace(digest, status_words="现行有效")) is Force.IN_FORCE


@pytest.mark.parametrize(
    ("words", "expected"),
    [("已失效", Force.EXPIRED), ("已废止", Force.REPEALED), ("历史文件", Force.EXPIRED),
     ("起草中", Force.DRAFT), ("试行", Force.UNKNOWN)],
)  # fmt: skip
def test_words_of_an_end_without_a_day_hold_on_every_day(words, expected):
    assert force("2026-01-01", make("甲", status=DocStatus.DIGEST, status_words=words)) is expected


def test_words_of_an_end_say_nothing_more_where_its_day_is_known():
    document = replace(FULL, status_words="已失效")

    assert force("2022-06-01", document) is Force.IN_FORCE


def test_a_circle_of_replacement_is_named_and_none_of_its_links_is_used():
    first = make("甲", effective_on=date(2020, 1, 1), replaced_by=("乙",))
    second = make("乙", effective_on=date(2021, 1, 1), replaced_by=("丙",))
    third = make("丙", effective_on=date(2022, 1, 1), replaced_by=("甲", "丁"))
    last = make("丁", effective_on=date(2023, 1, 1))
    documents = {one.doc_id: one for one in (first, second, third, last)}

    assert circles(documents) == [("丙", "甲", "乙")]
    assert force("2026-01-01", first, second, third, last) is Force.IN_FORCE
    assert force("2026-01-01", third, first, second, last) is Force.SUPERSEDED


def test_the_chain_of_a_text_runs_from_the_oldest_to_the_newest():
    old = make("丙", effective_on=date(2014, 1, 1), replaced_by=("乙",))
    middle = make("乙", effective_on=date(2017, 1, 1))
    new = make("甲", effective_on=date(2020, 1, 1), replaces=("乙",))
    documents = {one.doc_id: one for one in (new, old, make("丁"), middle)}

    assert chain_of(middle, documents) == (old, middle, new)
    assert chain_of(documents["丁"], documents) == (documents["丁"],)


@pytest.mark.parametrize(
    ("document", "day", "parts"),
    [
        (FULL, "2023-12-31", []),
        (FULL, "2024-01-01", [["甲办法", "有效期至2023年12月31日", "已失效"]]),
        (FULL, "2021-03-31", [["自2021年4月1日起施行", "2021年3月31日时尚未施行"]]),
        (make("甲", status=DocStatus.DRAFT, status_words="送审稿"), "2026-01-01",
         [["送审稿《甲办法》", "不是正式印发的文件"]]),
        (replace(FULL, status=DocStatus.DIGEST, url="https://a.cn/1"), "2022-01-01",
         [["摘编，非官方原文", "https://a.cn/1"]]),
        (replace(FULL, status=DocStatus.DIGEST), "2024-01-01",
         [["摘编，非官方原文。"], ["已失效"]]),
        (make("甲", status=DocStatus.DIGEST, status_words="征求意见稿"), "2024-01-01",
         [["摘编"], ["征求意见稿", "不是正式印发"]]),
        (make("甲", repealed_on=date(2024, 10, 24)), "2024-10-24", [["自2024年10月24日起废止"]]),
        (make("甲", plan_period=(2021, 2023)), "2024-01-01", [["2021年至2023年", "已期满"]]),
        (make("甲", status=DocStatus.EXPIRED, status_words="已失效"), "2024-01-01",
         [["已失效", "失效日期未见"]]),
        (make("甲"), "2024-01-01", [["是否现行有效"]]),
    ],
)  # fmt: skip
def test_what_is_not_in_force_is_named_as_such(document, day, parts):
    notices = notices_on(document, (), date.fromisoformat(day))

    assert len(notices) == len(parts)
    for notice, words in zip(notices, parts, strict=True):
        assert all(word in notice for word in words), notice
        assert notice.endswith("。")


def test_the_notice_of_a_replaced_text_names_the_new_one():
    new = make("乙", doc_no="沪府办规〔2024〕9号", effective_on=date(2024, 8, 1))
    (notice,) = notices_on(make("甲", issued_on=date(2021, 1, 1)), [new], date(2024, 8, 1))

    assert notice == (
        "所引《甲办法》自2024年8月1日起已被《乙办法》（沪府办规〔2024〕9号）替代，仅供参考。"
    )


def test_the_statuses_of_the_contract():
    digest = replace(FULL, status=DocStatus.DIGEST)

    def statuses(document, day):
        return statuses_on({"甲": document}, ["甲"], day)["甲"]

    assert statuses(FULL, date(2021, 3, 31)) == (DocStatus.DRAFT,)
    assert statuses(FULL, date(2022, 1, 1)) == (DocStatus.IN_FORCE,)
    assert statuses(FULL, date(2024, 1, 1)) == (DocStatus.EXPIRED,)
    assert statuses(digest, date(2024, 1, 1)) == (DocStatus.DIGEST, DocStatus.EXPIRED)
