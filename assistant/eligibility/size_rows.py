"""`sizes.yaml` to the limits of each trade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from assistant.eligibility.size import ASSETS, REVENUE, STAFF, Bounds, Trade
from assistant.eligibility.yaml_files import Problem, problems_of, read_yaml

SIZES_FILE = "sizes.yaml"


class _BoundsRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limits: list[int]
    clause: str
    quote: str

    def bounds(self) -> Bounds:
        return Bounds(tuple(self.limits), self.clause, self.quote)


class _TradeRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    trade: str
    facts: list[str]
    large: _BoundsRow
    medium: _BoundsRow | None = None
    small: _BoundsRow | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> _TradeRow:
        known = (STAFF, REVENUE, ASSETS)
        if not self.facts or not set(self.facts) <= set(known):
            raise ValueError(f"facts 只能是 {'、'.join(known)}。")
        if (self.medium is None) is not (self.small is None):
            raise ValueError("medium 和 small 要么都写，要么都不写。")
        for row in (self.large, self.medium, self.small):
            if row is not None and len(row.limits) != len(self.facts):
                raise ValueError("limits 要和 facts 一样多。")
        return self


def read_trades(path: Path) -> tuple[dict[str, Trade], list[Problem]]:
    """The trades by name, and what is wrong; none where there is no such file.

    Raises:
        RuleError: it is no YAML.
    """
    if not path.exists():
        return {}, []
    rows: Any = read_yaml(path)
    if not isinstance(rows, list):
        return {}, [Problem(path.name, "", "", "应是行业的列表，每项一个 trade。")]
    found: dict[str, Trade] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        where = str(row.get("trade") if isinstance(row, dict) else "") or f"第 {number} 项"
        try:
            one = _TradeRow.model_validate(row)
        except ValidationError as error:
            problems += problems_of(error, path.name, where)
            continue
        if one.trade in found:
            problems.append(Problem(path.name, where, "trade", "这个行业写了两次，请合并。"))
        found[one.trade] = Trade(
            tuple(one.facts),
            one.large.bounds(),
            one.medium.bounds() if one.medium else None,
            one.small.bounds() if one.small else None,
        )
    return found, problems
