"""Answers that depend on the day and on the collection: in force, replaced, listed."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from assistant.answering.collection_asked import MAX_LISTED, write_collection
from assistant.answering.collection_words import read_wanted
from assistant.answering.day_asked import day_asked
from assistant.answering.understand import understand
from assistant.answering.verify import check_answer
from assistant.corpus.collection import Act
from assistant.corpus.force import Force
from assistant.pipeline import Assistant
from assistant.schema import DocStatus, Status, Tier
from assistant.settings import PACKAGE_DIR, Settings

DAY = date(2026, 6, 30)
CORPUS = PACKAGE_DIR.parent / "corpus"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    """On the plan and all digests."""
    folder = tmp_path_factory.mktemp("corpus")
    shutil.copytree(CORPUS, folder / "corpus")
    return Assistant.open(Settings(corpus_dir=folder / "corpus", index_dir=folder / "index"))


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2022年的时候奖多少", date(2022, 7, 1)),
        ("2022年3月那会儿奖多少", date(2022, 3, 1)),
        ("2021年4月1日的时候有没有施行", date(2021, 4, 1)),
        ("2021年2月30日的时候", None),
        ("去年的时候标准是多少", date(2025, 7, 1)),
        ("前年有效的政策", date(2024, 7, 1)),
        ("去年我们营收1.2亿", None),
        ("到2026年要培育多少家", None),
        ("", None),
    ],
)
def test_a_day_is_read_only_where_the_question_is_about_it(words, day):
    assert day_asked(words, DAY) == day


def test_an_expired_policy_is_said_to_have_expired_in_its_own_words(assistant):
    answer = assistant.ask("科创30条现在还有效吗", as_of=DAY)

    assert answer.status is Status.ANSWERED
    assert "已失效" in answer.text
    assert answer.citations[0].doc_id == "kechuang30_2021"
    assert "2023年12月31日" in answer.citations[0].quote
    assert any("摘编" in one for one in answer.notices)
    assert any("已失效" in one for one in answer.notices)
    assert check_answer(answer, assistant.documents) == []


def test_the_state_is_that_of_the_day_asked_about(assistant):
    before = assistant.ask("宝府规〔2021〕1号还有效吗", as_of=date(2023, 12, 31))
    after = assistant.ask("宝府规〔2021〕1号还有效吗", as_of=date(2024, 1, 1))

    assert "已失效，文件" not in before.text
    assert "已失效，文件" in after.text


def test_what_took_the_place_of_a_document_is_named(assistant):
    answer = assistant.ask("沪府办规〔2021〕5号被哪个文件替代了", as_of=DAY)

    assert "沪府办规〔2024〕9号" in answer.text
    assert answer.citations[0].doc_id == "city_biomed_2021"


def test_each_quotation_names_its_document_and_digests_are_digests(assistant):
    answer = assistant.ask("沪府办规〔2024〕9号什么时候印发的", as_of=DAY)

    assert answer.citations
    assert {one.doc_status for one in answer.citations} == {DocStatus.DIGEST}
    assert "《" in answer.text
    assert check_answer(answer, assistant.documents) == []


def test_a_collection_is_listed_from_metadata(assistant):
    answer = assistant.ask("2024年以来市级还有效的生物医药政策有哪些", as_of=DAY)

    ids = {one.doc_id for one in answer.citations}
    assert "city_biomed_2024" in ids
    assert not ids & {"city_biomed_2021", "kechuang30_2021", "action_plan_2024_2026_draft"}
    assert check_answer(answer, assistant.documents) == []


@pytest.mark.parametrize(
    "words",
    [
        "2024年以来市级还有效的生物医药政策有哪些？",
        "24年以来市里还管用的生物医药政策列一下",
        "市级生物医药政策2024年起出台且没有失效的都有哪些文件？",
        "自2024年至今，上海出过哪些生物医药方面的有效文件",
        "近三年市里发的、现行的生物医药政策清单",
    ],
)
def test_the_same_collection_is_asked_for_in_many_ways(assistant, words):
    answer = assistant.ask(words, as_of=DAY)
    rows = [assistant.documents[one.doc_id] for one in answer.citations]

    assert "city_biomed_2024" in {one.doc_id for one in rows}
    assert {one.tier for one in rows} == {Tier.CITY}
    assert all("生物医药" in one.title or "生物医药" in one.topics for one in rows)
    assert f"按登记的内容查到{len(rows)}份。" in answer.notices
    assert check_answer(answer, assistant.documents) == []


def wanted(assistant, words: str):
    query = understand(words, (), assistant.index, assistant.reader.intent)
    return read_wanted(query, assistant.documents, DAY)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("今年到期的政策有哪些", {"act": Act.ENDED, "since": 2026, "until": 2026}),
        ("2026年底前会失效的文件有哪些", {"act": Act.ENDED, "since": None, "until": 2026,
                                  "forces": frozenset({Force.IN_FORCE})}),
        ("明年起施行的文件有哪些", {"act": Act.BEGUN, "since": 2027, "until": None}),
        ("2023年以前的区级文件列出来", {"act": Act.ISSUED, "since": None, "until": 2022}),
        ("2022年到2024年市级的政策有哪些", {"since": 2022, "until": 2024, "tier": Tier.CITY}),
        ("去年市里出台了哪些文件", {"since": 2025, "until": 2025}),
        ("区里没有失效的政策有哪些", {"forces": frozenset({Force.IN_FORCE, Force.UNKNOWN})}),
        ("宝山已经过期的政策有哪些", {"forces": frozenset({Force.EXPIRED}), "region": "宝山区"}),
        ("市科委发过哪些文件", {"issuer": "市科委"}),
        ("宝山区经济委员会发的文件有哪些", {"issuer": "区经委"}),
        ("全国有哪些办法现在有效", {"tier": Tier.NATIONAL, "words": (("办法",),)}),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_collection_is_read(assistant, words, expected):
    found = wanted(assistant, words)

    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    "words",
    [
        "市水务局发过哪些文件",
        "苏州对生物医药有哪些政策",
        "国家和市里的政策有什么不同规定",
        "沪府办规〔2024〕9号有哪些政策",
    ],
)
def test_what_the_register_cannot_tell_is_no_collection(assistant, words):
    assert wanted(assistant, words) is None


def test_a_list_that_is_cut_short_says_how_many_there_are(assistant):
    answer = assistant.ask("资料库里有多少份文件", as_of=DAY)

    assert len(answer.citations) == MAX_LISTED
    assert any(f"查到{len(assistant.documents)}份" in one for one in answer.notices)


def test_where_nothing_registered_fits_that_is_said(assistant):
    answer = assistant.ask("2010年以前的国家文件有哪些", as_of=DAY)

    assert answer.status is Status.NOT_IN_CORPUS
    assert answer.reason == "none_listed"


@pytest.mark.parametrize(
    "words", ["方案里有哪些措施", "支持政策有哪些", "高企要培育多少家", "文件有哪些", ""]
)
def test_what_asks_for_no_collection_gets_none(assistant, words):
    query = understand(words, (), assistant.index, assistant.reader.intent)
    assert write_collection(query, assistant.index, DAY) is None


def test_the_plan_is_what_the_draft_plan_means_among_many_documents(assistant):
    answer = assistant.ask("这份方案正式印发了吗", as_of=DAY)

    assert answer.citations[0].doc_id == "action_plan_2024_2026_draft"
    assert "送审稿" in answer.text
