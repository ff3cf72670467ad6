"""Quotes and citations that the tests of verification share."""

from __future__ import annotations

from dataclasses import replace

from assistant.schema import Citation, DocStatus

QUOTES = {
    "money": "对符合条件的企业给予不超过20万元的一次性补贴。",
    "chinese_money": "给予二十万元补贴。",
    "grouped_money": "给予200,000元补贴。",
    "firms": (
        "到 2026 年，生物医药领域累计培育 90 家高新技术企业，50 家“专精特新”企业，"
        "建成 50 个企业技术中心。"
    ),
    "age": "年满十六周岁的，可以申请。",
    "percent": "按实际投入的90%给予补助，最高3.5亿元。",
    "plain90": "支持 90 家企业。",
    "range": "规划期为2024-2026年。",
    "date": "自2024年3月1日起施行，有效期至2026年12月31日。",
    "chinese_date": "二〇二六年十二月三十一日前完成。",
    "reference": "依照本办法第十二条第二款执行，并按宝府规〔2021〕1号办理。",
    "area": "建成超 200 万方专业载体。",
    "batch": "引进一批专业服务机构，进一步统一标准，打造一流平台。",
    "listed": "新增境内外上市企业 2 家以上。",
    "classes": "实现新申报上市二类、三类医疗器械产品 50 个以上。",
}


def citation(quote: str, n: int = 1, **changes: object) -> Citation:
    made = Citation(
        n=n,
        doc_id="d1",
        doc_title="宝山区行动方案（2024-2026年）（送审稿）",
        doc_no=None,
        doc_status=DocStatus.DRAFT,
        clause_id="d1__h3_12",
        clause_path=("三、重点任务", "（三）产业集群培育", "12、培育多梯次科技企业集群"),
        quote=quote,
        start=0,
        end=len(quote),
    )
    return replace(made, **changes)
