"""Every benefit for every firm of a table, one firm at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.eligibility.checks import told_by
from assistant.eligibility.decider import Decider
from assistant.eligibility.loading import Rules
from assistant.eligibility.readings import ReadProfile
from assistant.eligibility.stacking import combine
from assistant.eligibility.table_rows import RowReader
from assistant.tables.reading import FirmRow, Table, TableProblem
from assistant.verdicts import Combination, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class FirmVerdicts:
    """One firm decided; `problems` are those of its cells."""

    firm: FirmRow
    fact_count: int
    verdicts: tuple[Verdict, ...]
    combination: Combination
    problems: tuple[TableProblem, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome is outcome for one in self.verdicts)

    @property
    def most_missing(self) -> str | None:
        """The fact that most open benefits wait for; of several the first in the alphabet."""
        waiting = Counter(fact for one in self.verdicts for fact in one.missing)
        return min(waiting, key=lambda fact: (-waiting[fact], fact), default=None)


def decide_firms(rules: Rules, table: Table, day: date) -> Iterator[FirmVerdicts]:
    """In the order of the rows; a bad cell is named and its firm decided without it."""
    by_id = rules.by_id
    reader = RowReader(rules.definitions, day)
    decider = Decider(rules.benefits, rules.definitions, day)
    for firm in table.firms:
        row = reader.read(firm.cells)
        told = told_by(ReadProfile(row.facts), rules, day)
        verdicts = decider.decide(told.profile)
        problems = [
            TableProblem(
                f"{table.letters[one.column]}{firm.number}",
                firm.name,
                one.column,
                one.cell,
                one.message,
                firm.number,
            )
            for one in row.errors
        ]
        whole = [*told.notices]
        if not told.profile.told:
            whole.append("这一行没有可用的企业情况，结论都停在“还缺信息”。")
        place = f"第 {firm.number} 行"
        problems += [TableProblem(place, firm.name, "", "", one, firm.number) for one in whole]
        yield FirmVerdicts(
            firm, len(told.profile.told), verdicts, combine(by_id, verdicts), tuple(problems)
        )
