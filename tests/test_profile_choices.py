"""Places, sets, choices, days and ages of a description, by the facts of the corpus."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.loading import read_rules
from assistant.eligibility.profile import read_profile
from assistant.evaluation.eligibility import noted
from assistant.settings import Settings

RULES, _ = read_rules(Settings().rules_dir)


def facts(text: str) -> dict[str, object]:
    found = read_profile(text, date(2026, 6, 30), RULES.definitions, PATTERNS_ALONE)
    return dict(map(noted, found.facts))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("做模具的，人在外头跑，公司在松南", "songnan"),
        ("搞物流的，庙行那边", "miaohang"),
        ("住所杨行镇，做水泵", "yanghang"),
        ("宝山罗泾的一家小厂", "luojing"),
        ("北上海生物医药园，做试剂", "north_shanghai_biopark"),
        ("我们是苏州的企业", "outside_shanghai"),
        ("无锡的模具公司，问搬来的政策", "outside_shanghai"),
        ("母公司在外地，我们上海公司在普陀", "putuo"),
        ("大场一个小厂，做弹簧", "dachang"),
        ("住所写的高境镇，员工五个", "gaojing"),
        ("执照是庙行那边拿的，搞物流", "miaohang"),
        ("注册、纳税都在月浦", "yuepu"),
        ("厂在罗泾，做铸件", "luojing"),
        ("八间门店开在大场，卖文具", "dachang"),
        ("高境租了半层楼写程序", "gaojing"),
        ("做镜片的，庙行片区", "miaohang"),
        ("杨行古镇边上自家车间", "yanghang"),
        ("合作社在罗店种桃子", "luodian"),
        ("那时候注册还在普陀，后来引进到顾村来", "gucun"),
        ("外省(泰州)注册", "outside_shanghai"),
    ],
)
def test_where_the_firm_is_needs_no_word_for_registered(text, place):
    assert facts(text)["region"] == [place]


@pytest.mark.parametrize(
    "text",
    [
        "今年头一次在宝山买了层写字楼", "高企是宝山推荐上去的", "和宝山的重点产业对得上",
        "设备从上海研究院买来，上海不生产", "技术来自上大的课题组", "拿过上海市科技进步奖",
        "零件请苏州的厂加工", "生产地址：上海市", "高企推荐单位：宝山区", "有人劝我们去张江注册",
        "跟无锡那家比我们便宜", "客户的厂在月浦", "专利只在德国注册", "办公楼头一回在宝山买",
        "机器是沈阳的", "我们离张江远着呢",
    ],
)  # fmt: skip
def test_a_place_of_something_else_is_not_where_the_firm_is(text):
    assert "region" not in facts(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("做注塑的，软著拿了4年，发明专利授权满两年", {"utility_model_age": 4, "patent_age": 2}),
        ("二类医疗器械，拿证六年了", {"device_certificate_age": 6}),
        ("布图设计登记了3年", {"patent_age": 3}),
        ("软著拿了三年以上", {"utility_model_age": ">=3"}),
        ("公司设立至今已12年", {"years_registered": 12}),
        ("公司开了十四年", {"years_registered": 14}),
        ("成立8年，做陶瓷", {"years_registered": 8}),
        ("发明专利年限：8｜软著年限：2.5年", {"patent_age": 8, "utility_model_age": 2.5}),
        ("注册已满八年", {"years_registered": 8}),
        ("工商注册满两年半", {"years_registered": 2.5}),
        ("这一行做了逾十年", {"segment_years": ">=10"}),
    ],
)
def test_years_are_the_age_of_what_stands_before_them(text, wanted):
    found = facts(text)
    assert {fact: str(value) for fact, value in wanted.items()}.items() <= {
        fact: str(value) for fact, value in found.items()
    }.items()
    assert "registered_on" not in found


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("我们是做齿轮箱配件的，老厂了", "industry_manufacturing"),
        ("锻造厂一家，四十人", "industry_manufacturing"),
        ("做陶瓷杯的厂，三十人", "industry_manufacturing"),
        ("主要生产水泵，一年六千万", "industry_manufacturing"),
        ("跑危化品专线的，车二十部", "transport"),
        ("跑短驳的，司机八个", "transport"),
        ("开了两家烤肉店，三十个人", "catering"),
        ("粤菜连锁，五家", "catering"),
        ("现在开旅馆，十个人", "lodging"),
        ("写仓储软件的，二十人", "software"),
        ("帮学校写系统的小公司", "software"),
        ("卖童装的门店，三个人", "retail"),
        ("建材贸易，九个人", "wholesale"),
        ("做装修的，工人三十", "construction"),
        ("本所为律师事务所，五十人", "leasing_business"),
        ("行业归其他，员工九个", "other"),
    ],
)
def test_a_trade_is_told_in_the_words_of_those_who_do_it(text, trade):
    assert facts(text)["industry"] == trade


@pytest.mark.parametrize(
    "text",
    [
        "合同是跟搬家公司签的", "给隔壁的火锅店做过系统测试", "十年前开饭店的时候雇过人",
        "生产委托常州的厂代工", "带动全区十几家配套厂", "我们厂没有高企", "广告费八十万",
        "走经销商，账期长", "打算明年开咖啡店", "厂房是租的",
    ],
)  # fmt: skip
def test_another_trade_is_not_the_firms(text):
    assert "industry" not in facts(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("公司是一七年六月注册的", "2017-06-01..2017-06-30"),
        ("2025年5月6日取得营业执照", "2025-05-06"),
        ("去年4月落的执照", "2025-04-01..2025-04-30"),
        ("公司上个月刚成立", "2026-05-01..2026-05-31"),
        ("registered 2022年3月 in 张江", "2022-03-01..2022-03-31"),
        ("老厂，1996年就开了", "1996-01-01..1996-12-31"),
        ("十天前刚注册", "2026-06-20"),
    ],
)
def test_the_day_of_founding_in_the_words_of_people(text, days):
    assert str(facts(text)["registered_on"]) == days


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("给客户做临床前CRO", {"fields": ["cxo"]}),
        ("我司为诊断试剂企业", {"fields": ["ivd"]}),
        ("抗体新药按1类小分子申报，批件2023年拿的", {"drug_stage": ["approved"]}),
        ("新药，1类小分子", {"drug_class": "class_1"}),
        ("CAR-T不分一二三期，目前早期临床在做", {"drug_stage": ["cgt_early"]}),
        ("这是5G加工业互联网的改造", {"project_kinds": ["ai_5g_internet"]}),
        ("做光伏支架，算法3人", {}),
        ("我在宝山一家机器人公司实习", {}),
        ("样品委托外头CDMO生产", {}),
    ],
)
def test_fields_stages_and_kinds_of_projects(text, wanted):
    asked = ("fields", "drug_stage", "drug_class", "project_kinds")
    found = {fact: value for fact, value in facts(text).items() if fact in asked}
    assert wanted.items() <= found.items()
    assert wanted or "fields" not in found


@pytest.mark.parametrize("text", ["技术合同去年登记了五份", "软著三年前登记的", "做了十二年阀门"])
def test_days_of_something_else_are_no_founding(text):
    assert "registered_on" not in facts(text)


@pytest.mark.parametrize("text", ["发明专利近三年申请五件", "专利24年授权三件", "高企证拿了两年"])
def test_a_year_or_a_stretch_of_them_is_no_age(text):
    assert not [fact for fact in facts(text) if fact.endswith("_age")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "高企证2022年3月8号发的，去年到期没续，当时是头一回认",
            {"hightech_certified_on": "2022-03-08", "hightech_kind": "first"},
        ),
        ("高企正在申报，还没批下来", {"hightech": "applying"}),
        ("高企正在申报，以前从没认过", {"hightech": "applying", "hightech_kind": "none"}),
        ("高企这种一次没评过", {"hightech": "never"}),
        ("高新从来没评过", {"hightech": "never"}),
        ("科小自评81分，今年库已经入了", {"tech_sme": True}),
        ("科小自评62分，今年入库没赶上", {"tech_sme": False}),
        ("发证日期（高企）：2024-11-05", {"hightech_certified_on": "2024-11-05"}),
        ("众创空间是国家级的，2019年6月批的", {"national_incubator_on": "2019-06-01..2019-06-30"}),
        ("专精特新那张自评68，两个牌子都还没有", {"srdi": "none"}),
        ("三年前由松江迁入宝山", {"introduced_on": "2023-01-01..2023-12-31"}),
        ("执照上日期是2017.4.6", {"registered_on": "2017-04-06"}),
        ("执照是2019年3月8号拿到手的", {"registered_on": "2019-03-08"}),
        ("专精特新今年评了，自己算专精特新打了76分", {"srdi": "srdi_city"}),
        ("自己按专精特新打了76分", {"srdi_score": 76}),
    ],
)
def test_titles_and_days_are_read_beside_the_clause_that_names_them(text, wanted):
    found = facts(text)
    assert wanted.items() <= found.items()
    assert "srdi" in wanted or "srdi" not in found


@pytest.mark.parametrize("text", ["公司在高新园里", "高新产品收入占六成", "属于高新技术领域"])
def test_a_park_a_product_or_a_field_is_no_title(text):
    assert "hightech" not in facts(text)


def test_the_day_of_another_paper_is_none_of_the_certificate():
    assert "hightech_certified_on" not in facts("是高企，许可证2024年5月发的，专利2023年6月授权")


@pytest.mark.parametrize(
    ("text", "over", "stage"),
    [
        ("小分子新药，一二期都跑完了，三期在入组", ["phase_1", "phase_2"], ["phase_3"]),
        ("抗体药Ⅰ至Ⅲ期临床全部完成，已拿批件上市", ["phase_1", "phase_2", "phase_3"], ["approved"]),
        ("基因治疗，只要早期和确证性两段，现在早期临床刚开", None, ["cgt_early"]),
        ("细胞药走不了两段，一二三期都要，眼下二期", None, ["phase_2"]),
        ("国内Ⅱ期已揭盲锁库", ["phase_2"], None),
        ("疫苗在澳洲做完了一期，国内没开", None, None),
        ("新药证书还在监测期", None, None),
        ("二期厂房盖好了，做药包材的", None, None),
    ],
)
def test_each_phase_of_a_drug_has_the_state_of_its_own_clause(text, over, stage):
    found = facts(text)
    assert found.get("trials_completed") == over
    assert found.get("drug_stage") == stage


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("做CRO，临床前、临床都接", ["clinical", "preclinical"]),
        ("CRO，临床监查我们接，临床前不做", ["clinical"]),
        ("给药企做药效毒理，临床CRO不碰", ["preclinical"]),
        ("替药厂跑临床", ["clinical"]),
        ("CRO园区的房东，二期临床是租户在做", None),
    ],
)
def test_of_two_services_only_those_that_are_offered_are_read(text, services):
    assert facts(text).get("cro_services") == services


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("我们属软件和信息技术服务业，员工20人", {"industry": "software"}),
        ("报的是先进制造业项目", {"project_kinds": ["advanced_manufacturing"]}),
        ("不算服务业项目，走AI+5G这类", {"project_kinds": ["ai_5g_internet"]}),
        ("做手术机器人", {"fields": ["medical_device", "robotics"]}),
        ("批发建材的，夫妻俩", {"industry": "wholesale"}),
        ("用人工智能做药物筛选", {"fields": ["ai_biomed"]}),
        ("做邮轮的，总部勿是", {"cruise_hq": "none", "fields": ["cruise"]}),
        ("邮轮公司，民营总部型机构", {"cruise_hq": "private_hq_body"}),
        ("老公算高层次人才", {"talent_level": "high"}),
        ("媳妇评的是老办法第二层次", {"talent_tier_2017": "second"}),
        ("注册证拿到两张，二类三类都有", {"device_class": ["class_2", "class_3"]}),
        (
            "做骨科器械，三类证拿了，不是头一回拿",
            {"device_class": ["class_3"], "device_first_certificate": False},
        ),
        ("生物药，按1类申报", {"drug_class": "class_1"}),
        ("技术创新资金类别：B｜人才层次（2017年办法）：第一", {
            "innovation_fund_class": "b", "talent_tier_2017": "first"}),
        ("我们是高企｜认定类型：首次", {"hightech": "valid", "hightech_kind": "first"}),
        ("主管税务机关：宝山区税务局", {"tax_place": "baoshan"}),
    ],
)
def test_an_option_is_read_by_the_words_people_have_for_it(text, wanted):
    found = facts(text)
    assert wanted.items() <= found.items()
    assert not (found.keys() & {"industry", "project_kinds"}) - wanted.keys()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("芯片企业清单没列进去", "fields"), ("软件服务合同签了30万", "fields"),
        ("首批次新材料合同五百万", "fields"), ("其他没什么了", "talent_level"),
        ("商务服务那块收入占三成", "industry"), ("物业费一年八万", "industry"),
        ("总部不是我们管的", "cruise_hq"),
    ],
)  # fmt: skip
def test_words_of_an_option_within_another_thing_are_no_option(text, fact):
    assert fact not in facts(text)
