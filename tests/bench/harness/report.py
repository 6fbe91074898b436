"""Sections become one Markdown report: the goals first, then the figures behind them."""

import dataclasses


@dataclasses.dataclass
class Goal:
    what: str
    wanted: str
    measured: str
    met: bool

    def cells(self):
        return [self.what, self.wanted, self.measured, "yes" if self.met else "**no**"]


@dataclasses.dataclass
class Section:
    title: str
    goals: list = dataclasses.field(default_factory=list)
    header: list = dataclasses.field(default_factory=list)
    rows: list = dataclasses.field(default_factory=list)
    commands: list = dataclasses.field(default_factory=list)

    def at_least(self, what, wanted, measured, unit="x", digits=2):
        self.goals.append(Goal(what, f">= {wanted:g} {unit}", f"{measured:.{digits}f} {unit}", measured >= wanted))

    def at_most(self, what, wanted, measured, unit, digits=1):
        self.goals.append(Goal(what, f"<= {wanted:g} {unit}", f"{measured:.{digits}f} {unit}", measured <= wanted))


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def markdown(sections, facts):
    lines = ["### Goals", ""]
    lines += table(["What", "Goal", "Measured", "Met"], [goal.cells() for section in sections for goal in section.goals])
    for section in sections:
        if section.rows:
            lines += ["", f"### {section.title}", "", *table(section.header, section.rows)]
    lines += ["", "### Machine and versions", "", *[f"* {name}: {value}" for name, value in facts.items()]]
    lines += ["", "### Commands", "", "```"]
    lines += [command for section in sections for command in section.commands]
    return "\n".join([*lines, "```", ""])


def replace_between(text, begin, end, inner):
    """`text` with everything between the two marks exchanged; the marks stay."""
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise ValueError(f"expected the marks {begin} and {end}")
    return f"{before}{begin}\n{inner}\n{end}{after}"
