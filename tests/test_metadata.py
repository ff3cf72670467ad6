"""What a document says of itself, and no more than it says."""

import time
from datetime import date

import pytest

from assistant.parsing import Origin, parse_source
from assistant.schema import DocStatus, Document, Kind, Tier

POLICY = """上海市宝山区人民政府关于印发《宝山区创新若干政策》的通知
宝府规〔2021〕1号
各街镇：
现将《宝山区创新若干政策》（以下简称《若干政策》）印发给你们，请认真执行。
上海市宝山区人民政府
2021年4月1日
第一条 本区支持创新。企业应当在领取证书之日起5年内申请，证书有效期至2030年1月1日。
第二条 本政策自2021年4月1日起施行，有效期至2023年12月31日。\
《宝山区旧政策》（宝府规〔2020〕2号）和《宝山区更旧政策》同时废止。
"""

AMENDED = "根据2014年7月29日《国务院关于修改部分行政法规的决定》"


def read(text: str) -> Document:
    return parse_source(text, Origin("文", "文.md", "0", ".md")).document


def closing(words: str, published: str = "2021年3月1日") -> Document:
    return read(f"甲办法\n第一条 支持创新。\n第二条 {words}\n某某局\n{published}\n")


def test_a_district_policy_is_read_whole():
    document = read(POLICY)

    assert (document.doc_no, document.issuers) == ("宝府规〔2021〕1号", ("上海市宝山区人民政府",))
    assert (document.region, document.tier) == ("宝山区", Tier.DISTRICT)
    assert document.short_titles == ("若干政策",)
    assert document.issued_on == document.effective_on == date(2021, 4, 1)
    assert document.expires_on == date(2023, 12, 31)
    assert document.replaces == ("宝府规〔2020〕2号", "宝山区更旧政策")
    assert (document.status, document.kind) == (DocStatus.IN_FORCE, Kind.OFFICIAL)


def test_a_city_ends_at_its_first_city_word():
    document = closing("支持创新。").text.replace("某某局", "测试市市场监督管理局")

    assert read(document).region == "测试市"


def test_a_text_that_says_nothing_of_itself_has_no_metadata():
    document = read("第一条 企业自2021年4月1日起施行新制度的，证书有效期5年。\n")

    assert (document.doc_no, document.issuers, document.region, document.tier) == (
        None, (), None, None
    )  # fmt: skip
    assert (document.issued_on, document.effective_on, document.expires_on) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "effective", "expires"),
    [
        ("本办法自2021年4月1日起施行，有效期5年。", "2021-04-01", "2026-03-31"),
        ("本办法自2021年4月1日起施行，有效期为五年。", "2021-04-01", "2026-03-31"),
        ("本办法自2021年4月1日起试行，试行两年。", "2021-04-01", "2023-03-31"),
        ("本办法自2021年4月1日起施行，试行期限6个月。", "2021-04-01", "2021-09-30"),
        ("本办法自2024年2月29日起施行，有效期1年。", "2024-02-29", "2025-02-27"),
        ("本办法自2021年4月1日起施行，有效期至2023年12月31日。", "2021-04-01", "2023-12-31"),
        ("本办法自2021年4月1日起至2023年12月31日止施行。", "2021-04-01", "2023-12-31"),
        ("本办法自2021年4月1日至2023年12月31日有效。", "2021-04-01", "2023-12-31"),
        ("本办法有效期自2021年4月1日至2023年12月31日。", None, "2023-12-31"),
        ("本办法自发布之日起30日后施行。", "2021-03-31", None),
        ("本办法自公布之日起施行，有效期3年。", "2021-03-01", "2024-02-29"),
        ("本办法自二〇二一年四月一日起实施。", "2021-04-01", None),
        ("本办法自2021年7月1日施行。", "2021-07-01", None),
        ("本办法自通过之日起施行。", None, None),
        ("本办法由区科委解释。", None, None),
        ("依照本办法取得的证书自2021年4月1日起执行，有效期5年。", None, None),
        ("自2021年4月1日起执行新的标准。", None, None),
        ("本政策执行期暂定为自发布之日起至2020年6月30日。", None, "2020-06-30"),
        ("企业自2021年4月1日起执行新标准。", None, None),
        ("本办法自2021年13月1日起施行。", None, None),
        ("本决定自2021年5月1日起施行。", None, None),
    ],
)
def test_days_of_force_are_those_said_of_the_document(words, effective, expires):
    document = closing(words)

    days = [day and day.isoformat() for day in (document.effective_on, document.expires_on)]
    assert days == [effective, expires]
    assert document.issued_on == date(2021, 3, 1)


@pytest.mark.parametrize(
    ("first_lines", "status", "words"),
    [
        ("甲办法（送审稿）", DocStatus.DRAFT, "送审稿"),
        ("甲办法（征求意见稿）", DocStatus.DRAFT, "征求意见稿"),
        ("甲办法（试行）", DocStatus.IN_FORCE, "试行"),
        ("甲办法（已失效）", DocStatus.EXPIRED, "已失效"),
        ("【已废止】\n甲办法", DocStatus.EXPIRED, "已废止"),
        ("甲办法\n有效性：失效", DocStatus.EXPIRED, "失效"),
        ("甲办法\n有效性：现行有效", DocStatus.IN_FORCE, "现行有效"),
        ("甲办法（摘编）", DocStatus.DIGEST, None),
        ("甲办法", DocStatus.IN_FORCE, None),
        ("废止甲办法的通知", DocStatus.IN_FORCE, None),
    ],
)
def test_status_words_are_read_from_the_title_and_the_lines_beside_it(first_lines, status, words):
    document = read(f"{first_lines}\n第一条 被许可人的许可失效的，应当交还。\n")

    assert (document.status, document.status_words) == (status, words)
    assert "甲办法" in document.title


@pytest.mark.parametrize(
    ("lines", "issued", "amended", "doc_no", "issuers"),
    [
        (["2007年3月21日 国务院第171次常务会议通过",
          "2007年3月31日 中华人民共和国国务院令第491号公布", "2007年5月1日 施行"],
         "2007-03-31", None, "国务院令第491号", ("国务院",)),
        (["2003年12月31日 上海市第十二届人民代表大会常务委员会第九次会议通过",
          "2014年2月25日 上海市第十四届人民代表大会常务委员会第十一次会议《修改决定》第一次修正"],
         "2003-12-31", "2014-02-25", None, ("上海市人民代表大会常务委员会",)),
        ([f"（2000年2月3日中华人民共和国国务院令第280号发布　{AMENDED}修订）"],
         "2000-02-03", "2014-07-29", "国务院令第280号", ("国务院",)),
        (["2014年1月17日 中华人民共和国国务院令第646号公布",
          "2024年7月10日 中华人民共和国国务院令第786号修订"],
         "2024-07-10", None, "国务院令第786号", ("国务院",)),
        ([], None, None, None, ()),
    ],
)  # fmt: skip
def test_the_dated_lines_under_a_title_tell_publication_and_amendment(
    lines, issued, amended, doc_no, issuers
):
    document = read("\n".join(["甲条例", *lines, "第一条 为了发展，制定本条例。", ""]))

    days = [day and day.isoformat() for day in (document.issued_on, document.amended_on)]
    assert days == [issued, amended]
    assert (document.doc_no, document.issuers) == (doc_no, issuers)


def test_the_table_of_a_government_site_is_read():
    document = read(
        "甲办法\n发文机关：上海市科学技术委员会\n发文字号：沪科规〔2020〕8号\n"
        "发布日期：2020-11-13\n失效日期：2025-11-17\n第一条 略。\n"
    )

    assert document.doc_no == "沪科规〔2020〕8号"
    assert (document.region, document.tier) == ("上海市", Tier.CITY)
    assert (document.issued_on, document.expires_on) == (date(2020, 11, 13), date(2025, 11, 17))


def test_a_number_that_is_only_mentioned_is_not_the_documents_own():
    document = read("甲办法\n第一条 根据宝府规〔2021〕1号，制定本办法。\n")

    assert document.doc_no is None


@pytest.mark.parametrize(
    ("sentence", "replaced"),
    [
        ("2008年通过的《乙条例》同时废止。", ("乙条例",)),
        ("《关于修改〈丙条例〉的决定》第二次修正的《乙条例》同时废止。", ("乙条例",)),
        ("原《乙办法》（沪科〔2015〕1号）即行废止。", ("沪科〔2015〕1号",)),
        ("同时废止《乙办法》、《丙办法》。", ("乙办法", "丙办法")),
        ("依照《乙条例》的规定执行。", ()),
    ],
)
def test_what_a_text_repeals_is_named_by_its_number_or_title(sentence, replaced):
    assert closing(f"本办法自2021年4月1日起施行。{sentence}").replaces == replaced


@pytest.mark.parametrize(
    "unit", ["局", "《", "自起", "部、", "2021年1月1日", "（以下简称", "本办法自"]
)
def test_a_hostile_text_is_read_in_no_time(unit):
    started = time.perf_counter()
    read(f"{unit * 3000}\n{unit * 3000}\n第一条 {unit * 3000}同时废止。\n")

    assert time.perf_counter() - started < 3
