"""A sentence against the clause it cites: faithful rewordings stay, false ones go."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.answering.support import unsupported

PLAN = re.sub(
    r"\s+",
    "",
    (Path(__file__).parent.parent / "corpus/raw/action_plan_2024_2026_draft.txt").read_text(
        "utf-8"
    ),
)


def clause(first_words: str, last_words: str) -> str:
    start = PLAN.index(first_words)
    return PLAN[start : PLAN.index(last_words, start) + len(last_words)]


SPACE = clause("打造“特色核心园", "优质专业园区。")
GOALS = clause("产业集聚效应显著", "超400条。")
LEVEL = clause("产业能级迈向高端", "2家以上。")
CLUSTERS = clause("12、培育", "50个企业技术中心。")
LEADERS = clause("11、持续", "企业集群。")
TOPMOST = clause("10、加快", "再上新台阶。")
LAND = clause("14、创新", "合作模式。")
FUNDS = clause("23、创新", "支持方式。")
HATCHERY = clause("5、引进", "2家生物医药专业孵化器。")
PROOF = clause("6、加快", "概念验证平台。")
DRUGS = clause("1、加大", "临床实验阶段。")
DEVICES = clause("2、加大", "50个以上。")
CXO = clause("医药外包服务（CXO）。重点", "综合服务能力。")
ZONE = clause("13、建设", "200万方。")
TALENT = clause("21、大力", "人才名单。")
POLICY = clause("19、强化", "阶段的适配性。")
LIMIT = (
    "企业不得重复享受同类补贴。未按期完成的，应当退回资金。首次认定的无须提交材料。"
    "对年满十六周岁未满十八周岁的，补贴不超过20万元，西部地区除外。"
)

FAITHFUL = [
    (SPACE, "高新园区是高端医疗器械重要承载区和合成生物重要转化区。"),
    (SPACE, "高新园区同步发展AI+生物医学及疫苗和体外诊断领域。"),
    (
        SPACE,
        "罗店园区重点布局创新药及仿制药、细胞和基因治疗、CXO等领域，打响“美兰湖畔 创新药谷”品牌。",
    ),
    (SPACE, "方案提出打造“特色核心园+专业精品园”体系。"),
    (SPACE, "南大合成生物产业园以研发总部、功能平台建设为特色。"),
    (GOALS, "到2026年，生物医药产业工业产值要突破100亿元。"),
    (GOALS, "形成500亿规模的产业集群。"),
    (GOALS, "建成超过200万方的生物医药产业专业载体。"),
    (GOALS, "各类在研及投产药物、器械管线超过400条。"),
    (LEVEL, "到2026年，营收超10亿元的企业要达到5家以上，超亿元企业达15家以上。"),
    (LEVEL, "新增境内外上市企业至少2家。"),
    (LEVEL, "力争引入不少于2家全球500强、全球制药50强、中国医工100强等高影响力企业。"),
    (CLUSTERS, "到2026年，生物医药领域将累计培育90家高新技术企业。"),
    (CLUSTERS, "“专精特新”企业的目标是50家。"),
    (CLUSTERS, "方案支持高新技术企业、科技小巨人企业发展壮大，并鼓励企业申报企业技术中心。"),
    (CLUSTERS, "根据方案第12项，宝山区计划建成50个企业技术中心。"),
    (LEADERS, "培育2家以上独角兽或准独角兽企业，以及6家以上瞪羚企业。"),
    (LEADERS, "瞪羚企业的培育目标为6家以上。"),
    (TOPMOST, "鼓励境内外龙头企业在宝山设立研发中心、科技成果转化中心和高端产业化基地。"),
    (LAND, "支持采用“长期租赁”、“先租后让”等多元化合作模式。"),
    (LAND, "方案鼓励“代建代装”模式。"),
    (FUNDS, "方案鼓励设立专项产业基金，并推动开展投贷联动、知识产权质押等创新型金融支持方式。"),
    (FUNDS, "鼓励金融机构加大对本区生物医药企业的支持力度，未规定具体金额和条件。"),
    (FUNDS, "探索组建宝山区生物医药产业基金联盟。"),
    (HATCHERY, "到2026年引进培育不少于2家生物医药专业孵化器。"),
    (HATCHERY, "鼓励引进高质量孵化器，并给予长期支持。"),
    (PROOF, "到2026年，打造不少于2家高能级概念验证平台。"),
    (DRUGS, "到2026年推动15个以上创新药物进入临床实验阶段。"),
    (DRUGS, "重点突破mRNA递送系统、人工智能辅助药物设计、CAR-T疗法等关键技术。"),
    (DEVICES, "推进无创血糖仪等设备产业化。"),
    (DEVICES, "二类、三类医疗器械产品的目标是50个以上。"),
    (CXO, "CXO指医药外包服务，重点鼓励CRO、CDMO等专业外包服务商。"),
    (ZONE, "到2026年全区建成生物医药专业化载体不少于200万方。"),
    (ZONE, "国盛药谷二期、临港东方生命港等项目要加快开工建设。"),
    (TALENT, "方案提出争取靶向引进更多顶尖科学家、优秀青年科学家。"),
    (POLICY, "提早启动谋划生物医药政策的修订。"),
    (LIMIT, "企业不能重复享受同类补贴。"),
    (LIMIT, "未按期完成的应当退回资金。"),
    (LIMIT, "首次认定无需提交材料。"),
    (LIMIT, "西部地区除外，补贴最高20万元。"),
]

FALSE = [
    (SPACE, "罗店园区是高端医疗器械重要承载区，给予入驻企业租金减免。"),
    (SPACE, "上海迪士尼乐园位于浦东新区，全年开放。"),
    (GOALS, "生物医药产业工业产值不超过100亿元。"),
    (GOALS, "生物医药产业工业产值为100亿元。"),
    (GOALS, "产业工业产值未突破100亿元。"),
    (LEVEL, "引入2家以下全球500强企业。"),
    (LEVEL, "营收超10亿元企业最多5家。"),
    (CLUSTERS, "高新技术企业可申请每家奖励。"),
    (CLUSTERS, "不支持科技小巨人企业发展壮大。"),
    (CLUSTERS, "企业必须申报企业技术中心。"),
    (CLUSTERS, "限制企业申报制造业创新中心。"),
    (CLUSTERS, "生物医药领域累计培育不到90家高新技术企业。"),
    (LEADERS, "培育6家瞪羚企业。"),
    (LEADERS, "员工每年可以休带薪年假和病假。"),
    (TOPMOST, "企业总部落户可获得资助和税收优惠。"),
    (LAND, "禁止“代建代装”模式。"),
    (FUNDS, "对生物医药企业给予贷款贴息。"),
    (FUNDS, "保证为本区生物医药企业提供资金支持。"),
    (HATCHERY, "未规定孵化器的数量，也不给予长期支持。"),
    (HATCHERY, "引进培育2家生物医药专业孵化器。"),
    (DRUGS, "创新药物无须进入临床实验阶段。"),
    (TALENT, "高层次人才可以免费入住人才公寓并落户。"),
    (SPACE, "罗店园区是高端医疗器械重要承载区。"),
    (SPACE, "高新园区重点布局发展创新药及仿制药。"),
    (SPACE, "罗店园区重点布局发展创新药及仿制药，同步发展AI+生物医学及疫苗和体外诊断领域。"),
    (SPACE, "南大合成生物产业园是本区发展生物医药产业的引领性特色核心空间。"),
    (GOALS, "工业产值突破500亿。"),
    (GOALS, "各类在研及投产药物、器械管线超200万方。"),
    (LEVEL, "营收超10亿元企业达15家以上。"),
    (LEVEL, "新增境内外上市企业5家以上。"),
    (CLUSTERS, "“专精特新”企业的目标是90家。"),
    (CLUSTERS, "累计培育50家高新技术企业。"),
    (CLUSTERS, "建成90个企业技术中心。"),
    (LEADERS, "培育6家以上独角兽或准独角兽企业。"),
    (LIMIT, "企业可以重复享受同类补贴。"),
    (LIMIT, "企业重复享受同类补贴。"),
    (LIMIT, "按期完成的，应当退回资金。"),
    (LIMIT, "首次认定的提交材料。"),
    (LIMIT, "首次认定的不得提交材料。"),
    (LIMIT, "对年满十八周岁的，补贴不超过20万元，西部地区。"),
    (LIMIT, "补贴20万元以上，西部地区除外。"),
    (LIMIT, "方案未规定金额。"),
]


@pytest.mark.parametrize(("quote", "sentence"), FAITHFUL, ids=[pair[1] for pair in FAITHFUL])
def test_a_faithful_rewording_is_supported(quote, sentence):
    assert unsupported(sentence, [quote]) is None


@pytest.mark.parametrize(("quote", "sentence"), FALSE, ids=[pair[1] for pair in FALSE])
def test_a_false_or_foreign_sentence_is_not(quote, sentence):
    assert unsupported(sentence, [quote]) is not None


def test_a_heading_supports_words_but_no_negation():
    assert unsupported("创新资金支持模式。", ["探索组建联盟。"], ["23、创新资金支持模式"]) is None
    assert unsupported("不得重复享受。", ["重复享受。"], ["重复享受"]) is not None


@pytest.mark.parametrize("sentence", ["", "90 家。", "。", "[1]"])
def test_a_sentence_without_words_is_left_to_the_figures(sentence):
    assert unsupported(sentence, [CLUSTERS]) is None
