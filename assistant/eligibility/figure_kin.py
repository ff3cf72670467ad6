"""What the words around a figure add to its name: 研发费用 of one project, 融资 of two years."""

from __future__ import annotations

import re
from collections.abc import Container

from assistant.eligibility.runs import Link
from assistant.eligibility.scope import NEAR

_OF_PROJECT = re.compile("项目|品种|管线|[这该]个?(?:新?药|产品)|这款|单[品项]")
_OF_FIRM = re.compile("全公司|公司研发|年研发|年度")
_OF_TWO_YEARS = re.compile(
    "[近这]两年|两年(?:[里内来]|合计|加起来|实缴|拢共|总?共|一共|累计)|连同?前年"
)
_RENOVATED = re.compile("(?:技改|技术改造)[^。;]{0,8}(?:投|花|用)了?$")
_OFF_SEASON = re.compile("淡季[^。;]{0,14}$")
_SCORED = re.compile(r"(?:科小|评价|自评|评分|总分)[^。;人]{0,12}(?:[:：]|其中|分)[^。;人]{0,4}$")
_OF_HEADS = re.compile(r" ?\(?按?人[数头]")
_CUT = re.compile("[。;；]")


def kin_of(
    text: str, link: Link, said: tuple[int, ...] | None, units: Container[str]
) -> str | None:
    """The narrower fact that is meant, of those in `units`; None where the name says it all.

    `said`: the years that were said of the figure.
    """
    head = _CUT.split(text[: link.quantity.start][-NEAR:])[-1]
    clause = re.split("[，,]", head)[-1]
    kin: str | None = None
    if link.fact == "rd_expense" and _OF_PROJECT.search(clause) and not _OF_FIRM.search(clause):
        kin = "rd_cost_of_project"
    elif link.fact == "equity_financing":
        of_two = (said and len(said) == 2) or _OF_TWO_YEARS.search(clause)
        kin = "equity_financing_2y" if of_two else None
    elif link.fact == "project_investment" and _RENOVATED.search(head):
        kin = "renovation_investment"
    elif link.fact == "home_port_voyages" and _OFF_SEASON.search(head):
        kin = "off_season_voyages"
    elif link.fact == "science_staff_count" and link.quantity.kind == "bare":
        kin = "tech_sme_staff_score" if _SCORED.search(text[: link.start][-NEAR:]) else None
    elif link.fact == "rd_ratio" and _OF_HEADS.match(text, link.quantity.end):
        kin = "rd_staff_share"
    return kin if kin in units else None
