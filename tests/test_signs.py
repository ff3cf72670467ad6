"""Yes-or-no facts by signs, days of moves, corrections: what is read with the real definitions."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.eligibility.facts import load_definitions
from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.profile import read_profile
from assistant.evaluation.eligibility import noted
from assistant.settings import PACKAGE_DIR

DEFINITIONS = load_definitions(PACKAGE_DIR.parent / "corpus" / "facts.yaml")
DAY = date(2026, 6, 30)


def facts(text: str) -> dict[str, object]:
    return dict(map(noted, read_profile(text, DAY, DEFINITIONS, PATTERNS_ALONE).facts))


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("概念验证已经通过", "poc_passed", True),
        ("概念验证还没通过", "poc_passed", False),
        ("产品不涉及禁止、限制和淘汰类", "restricted_products", False),
        ("两年内没有侵犯过别人的知识产权", "ip_infringement_2y", False),
        ("公司还没上市", "listed", False),
        ("纳税信用等级是D级", "good_tax_credit", False),
        ("第一次在宝山买了自用办公楼", "first_office_purchase", True),
    ],
)
def test_words_that_stand_together_are_a_yes_and_denied_a_no(text, fact, value):
    assert facts(text)[fact] is value


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("概念验证通过了吗", "poc_passed"),
        ("概念验证打算明年通过", "poc_passed"),
        ("概念验证做得怎么样不清楚，通过没有", "poc_passed"),
        ("这个新药还没上市", "listed"),
        ("竞争对手的概念验证通过了", "poc_passed"),
    ],
)
def test_a_question_a_plan_and_what_is_of_others_tell_nothing(text, fact):
    assert fact not in facts(text)


def test_an_everyday_word_names_a_fact_only_in_a_text_about_its_matter():
    assert facts("首台套，销售合同金额1860万")["first_set_contract"] == 1860
    assert "first_set_contract" not in facts("签了一个合同，金额1860万")


def test_a_loss_is_below_nothing():
    assert facts("去年亏了400万") == {"profit@2025": -400}


def test_a_rank_in_the_market_is_none_of_a_prize():
    assert facts("细分市场全国排名第三")["market_rank"] == 3
    assert "market_rank" not in facts("国家科技进步奖，市场部申报的，排名第三")


def test_the_day_of_a_move_is_that_of_coming_to_the_district():
    assert facts("2022年9月从杨浦迁到宝山")["introduced_on"] == "2022-09-01..2022-09-30"
    assert "introduced_on" not in facts("2022年9月从宝山迁到嘉定")
    assert "introduced_on" not in facts("打算2026年1月搬到宝山")


def test_what_is_put_right_stands_and_is_no_contradiction():
    assert facts("我们86人。哦不对，现在83人") == {"staff_count": 83}
    reading = read_profile("员工120人，职工人数112", DAY, DEFINITIONS)
    assert [one.fact for one in reading.contradictions] == ["staff_count"]


def test_a_company_abroad_is_not_in_the_country():
    assert facts("公司在香港注册") == {"region": ["abroad"]}


def test_the_team_of_people_without_a_company_is_no_staff():
    assert facts("还没注册公司，团队5个人") == {"company_founded": False, "team_size": 5}


@pytest.mark.parametrize(
    "text",
    [
        "我们在宝山，是科小吗不确定",
        "可能是专精特新吧",
        "高企好像过期了",
        "我们可能是规上企业",
        "不确定是不是高企",
    ],
)
def test_what_a_person_is_not_sure_of_is_no_fact(text):
    assert facts(text).keys() <= {"region"}


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("员工-3人", "员工-3人", "不可能"),
        ("营收很多", "营收很多", "没有写出数"),
        ("员工1.2亿", "员工1.2亿", "单位与职工人数不符"),
        ("营收86人", "营收86人", "单位与营业收入不符"),
        ("营收700万美元", "营收700万美元", "外币"),
        ("成立于2031年", "2031年", "以后"),
        ("研发费用占营收130%", "研发费用占营收130%", "不可能"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_guessed(text, words, reason):
    reading = read_profile(text, DAY, DEFINITIONS)

    assert reading.facts == ()
    assert [one.words for one in reading.unread] == [words]
    assert reason in reading.unread[0].reason


def test_what_is_denied_after_a_comma_is_that_and_not_what_stood_before():
    assert facts("规上，没有高企") == {"above_scale": True, "hightech": "never"}
    assert facts("失信名单，没有") == {"dishonest_listed": False}


def test_a_long_text_is_read_in_part_and_says_so():
    reading = read_profile("员工86人。" + "没有、" * 7000, DAY, DEFINITIONS)

    assert [one.value for one in reading.facts] == [86]
    assert "只读前" in reading.unread[-1].reason


@pytest.mark.parametrize(
    "text",
    [
        "专精特新营收要1000万吗？",
        "研发人员要到10个人才够吗？",
        "评小巨人是不是得研发占3%？",
        "明年打算招50人，营收做到一个亿",
        "合作的CRO有300个人，FDA认证也有",
        "同行都有发明专利二三十项，我们一项没有",
        "之前有过融资意向，没谈成，1500万",
        "某上市药企说他们一年研发砸十个亿",
    ],
)
def test_what_is_asked_planned_failed_or_of_another_firm_is_no_fact(text):
    assert facts(text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("去年大概卖脱三千两百万", {"revenue@2025": "~3200"}),
        ("技改一共砸进去1,860.5万", {"renovation_investment": 1860.5}),
        ("光机器就买了3100万", {"equipment_investment": 3100}),
        ("生意比前年少了6个点", {"revenue_growth": -6}),
        ("头一趟正经租写字楼", {"first_office_rent": True}),
        ("失信名单这种事跟我们没关系", {"dishonest_listed": False}),
        ("没有不交社保的", {"social_insurance": True}),
        ("跟高企不沾边", {"hightech": "never"}),
    ],
)
def test_figures_and_signs_are_read_in_the_words_of_many(text, expected):
    read = facts(text)

    assert {key: read.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("没进过前三，市里的科技进步奖拿过二等奖", "science_prize", True),
        ("车间没认证，全程追溯的系统在用", "traceable_system", True),
        ("跟那家医院没谈成，示范应用没做", "hospital_demonstration", False),
        ("追溯系统还在调，没有", "traceable_system", False),
        ("公司是独立法人不是办事处", "independent_legal_person", True),
        ("独立法人没问题", "independent_legal_person", True),
        ("科技奖一次也没拿过", "science_prize", False),
        ("新型研发机构的牌子没有", "new_rd_body", False),
        ("国家重点研发计划？跟那个没关系", "national_program_project", False),
        ("国家重点研发计划里出来的项目", "national_program_project", True),
    ],
)
def test_a_denial_is_of_what_it_stands_beside(text, fact, value):
    assert facts(text)[fact] is value


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("老公评上了人才，公司有院士工作站", "research_station", True),
        ("我们只是分公司，规上没到", "above_scale", False),
        ("账务没怎么规范过", "sound_accounts", False),
        ("我们公司没上市呢", "listed", False),
        ("规上好几年了", "above_scale", True),
        ("近两年有过侵权？没有", "ip_infringement_2y", False),
        ("我跟同学搭了个小组，公司还没注册", "company_founded", False),
    ],
)
def test_what_is_ours_and_told(text, fact, value):
    assert facts(text)[fact] is value


def test_a_factory_of_the_family_beside_our_own_is_another_firm():
    assert "listed" not in facts("我们公司做软件，我老婆的公司已经上市了")


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("创新特审去年就进了", "special_review", True),
        ("特审这回没进成", "special_review", False),
        ("特审程序：已进入", "special_review", True),
        ("特审程序：无", "special_review", False),
        ("联合体，有的", "consortium_member", True),
        ("特审那个通道", "special_review", None),
        ("特审的材料放在柜子上", "special_review", None),
    ],
)
def test_a_matter_is_told_by_a_word_that_says_yes_or_no(text, fact, value):
    assert facts(text).get(fact) is value


def test_one_item_of_a_list_has_and_the_next_has_not():
    read = facts("联合体进了，工作站没建，概念验证过了")

    assert read["consortium_member"]
    assert read["poc_passed"]
    assert read["research_station"] is False


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("申请张江专项一次，张江那笔我们申请过没批", "zhangjiang_applied", True),
        ("新药证书的监测期早过了", "monitored_new_drug", False),
        ("新药证书还在，监测期没过", "monitored_new_drug", True),
        ("税是核定的", "audit_collection", True),
        ("我们按账交税", "audit_collection", False),
        ("这批货生产放在南通", "made_in_shanghai", False),
        ("产线都搬到安徽了，厂子在安徽", "made_in_shanghai", False),
        ("核心专利是老东家的", "ip_owned", False),
        ("团队大，第二次在宝山买办公楼", "first_office_purchase", False),
        ("头一回租，一年租金20万", "first_office_rent", True),
        ("头一回租，一年租金20万", "finance_lease", None),
    ],
)
def test_words_that_people_have_for_a_yes_or_a_no(text, fact, value):
    assert facts(text).get(fact) is value


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("严重违法（两年内）：无", "serious_violation_2y", False),
        ("淘汰类产品：均不涉及", "restricted_products", False),
        ("区工程中心：已认定", "engineering_center", True),
        ("第三方报告还缺着", "test_report", False),
        ("失信名单里查不到我们", "dishonest_listed", False),
        ("没进孵化器", "in_incubator", False),
        ("近一年行政处罚（严重）：无", "serious_penalty_1y", False),
        ("报过科技奖，没评上", "science_prize", False),
        ("成熟产品/日用品：否", "ordinary_product", False),
        ("概念验证没通过", "poc_passed", False),
        ("规上好些年了，不是头一回进规上", "above_scale", True),
        ("众创空间归我们运营", "incubator_operator", True),
        ("孵化器我们只是租户，不运营", "incubator_operator", False),
        ("软著3年了", "ip_owned", None),
        ("一类专利没有，都是二类", "ip_owned", None),
        ("张江专项几时开", "zhangjiang_applied", None),
        ("指南里写着申报单位独立法人", "independent_legal_person", None),
    ],
)
def test_a_form_answers_behind_its_colon_and_rules_tell_nothing(text, fact, value):
    assert facts(text).get(fact) is value


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("高企从来没申请过", "hightech", "never"),
        ("高企谈不上", "hightech", "never"),
        ("高企科小一样都没有", "tech_sme", False),
        ("高企跟我们没关系", "hightech", "never"),
        ("高企已经报了还没批下来", "hightech", "applying"),
        ("小巨人复核通过了", "srdi", "little_giant"),
        ("国家小巨人，不是首次评", "srdi", "little_giant"),
        ("只是创新型中小企业，专精特新去年没评上", "srdi", "innovative"),
        ("小巨人是隔壁那家，我们是市级专精特新", "srdi", "srdi_city"),
        ("市级专精特新，明年到期", "srdi", "srdi_city"),
        ("科小自评七十分，已入库", "tech_sme", True),
        ("上没上规我搞不清", "above_scale", None),
        ("“是否失信”勾了否", "dishonest_listed", False),
        ("从不拖欠社保", "social_insurance", True),
        ("五险一金一个没落", "social_insurance", True),
        ("智慧星级园区是隔壁的", "digital_park_label", False),
        ("科技奖？没得过", "science_prize", False),
        ("发明专利0件", "ip_owned", None),
        ("做模拟芯片的高新技术企业", "hightech", "valid"),
        ("业内排第三，小巨人是前年拿的", "srdi", "little_giant"),
        ("重点领域我请人看过，说不沾边", "hightech_field", None),
        ("概念验证被打回了", "poc_passed", False),
        ("八大领域靠不上", "hightech_field", False),
        ("这家不好弄：已上失信名单", "dishonest_listed", True),
        ("我们没加入什么联合体", "consortium_member", False),
        ("境外股东全资，纳税信用A级", "good_tax_credit", True),
        ("咱是总公司下面的分公司，运输证齐全", "licence_ready", True),
        ("我爱人说他们是规上企业", "above_scale", True),
        ("固定资产5100万", "international_certificate", None),
        ("我们研发创新型药物，已经获批", "srdi", None),
        ("高企第一次是2019年3月认定，2024年12月又拿了证", "hightech", "valid"),
        ("我爱人的单位，他们是规上企业", "above_scale", True),
        ("我帮客户问一下，他们是规上企业", "above_scale", True),
        ("我们是集团旗下的企业，规上企业", "above_scale", True),
    ],
)
def test_denials_forms_and_standings_as_people_put_them(text, fact, value):
    assert facts(text).get(fact) == value
