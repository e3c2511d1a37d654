"""The mapper beside CP-SAT and rectpack, on random nets, published layouts and the zoo's models.

    python -m tests.bench.bench_mapper [--quick] [--seeds N] [--seconds-cpsat S] [--only k1,zoo]

Prints one table. All look for any layout with the least bias rows; "8 bias rows" is our search
as users get it, which also gives as many blocks as can be the bias rows they want. A cell is
successes / instances that are not proved impossible, then median and worst milliseconds.
Instances that bounds.py proves impossible beforehand are shown to our searches alone; what no
mapper places is shown to CP-SAT once more, with all it has to prove it impossible. Every layout
of every mapper is checked by rectangles.py. `pip install .[bench]`.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import track
from rich.table import Table

from studio.mapper import bounds
from studio.mapper.problem import Problem
from tests.bench import known, mappers
from tests.bench.nets import random_problem
from tests.bench.rectangles import faults

SIZES = (5, 10, 20, 40, 80, 200)
DENSITIES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
QUICK = (0.5, 0.7, 0.85, 0.95)
# Name -> least bias rows of every block, and whether the blocks are tall (nets.py).
RANDOM = {"k1": (1, False), "k8": (8, False), "k8 tall": (8, True)}


@dataclass(frozen=True)
class Instance:
    """One problem and the row of the table it counts for; ``density`` is 0 for real networks."""

    group: str
    n: int
    density: float
    seed: int
    name: str
    problem: Problem

    @property
    def row(self) -> tuple[str, int, float, str]:
        return self.group, self.n, self.density, self.name


@dataclass(frozen=True)
class Answer:
    """One mapper on one instance."""

    success: bool
    seconds: float
    note: str


@dataclass
class Outcome:
    """All mappers on one instance; ``impossible`` says who proved it, empty where nobody did."""

    instance: Instance
    impossible: str = ""
    possible: bool = False
    answers: dict[str, Answer] = field(default_factory=dict)


def instances(
    groups: list[str], seeds: int, densities: tuple[float, ...]
) -> tuple[list[Instance], dict[str, str]]:
    """What is measured, and the models that cannot be yet."""
    found = [
        Instance(group, n, density, seed, "", random_problem(n, density, k, seed, tall))
        for group, (k, tall) in RANDOM.items()
        if group in groups
        for n in SIZES
        for density in densities
        for seed in range(seeds)
    ]
    not_yet: dict[str, str] = {}
    real: dict[str, dict[str, Problem]] = {}
    if "published" in groups:
        real["published"] = known.published()
    if "zoo" in groups:
        real["zoo"], not_yet = known.zoo()
    found += [
        Instance(group, len(problem.requests), 0.0, 0, name, problem)
        for group, problems in real.items()
        for name, problem in problems.items()
    ]
    return found, not_yet


def measure(instance: Instance, seconds: float) -> Outcome:
    """Run every mapper; a layout that is none counts as a bug and ends the bench."""
    outcome = Outcome(instance)
    problem = mappers.fewest_bias_rows(instance.problem)
    if bounds.impossible(problem, "the chip") is not None:
        outcome.impossible = "bounds"
    peers: dict[str, mappers.Mapper] = {"ours": mappers.ours}
    if not outcome.impossible:
        peers |= {
            "plain": mappers.plain,
            "cpsat": mappers.cold(seconds),
            "rectpack": mappers.packed(seconds),
        }
    for name, mapper in peers.items():
        _ask(outcome, name, mapper, problem)
    _ask(outcome, "full", mappers.ours, instance.problem)
    if not outcome.possible and not outcome.impossible:
        _ask(outcome, "judge", mappers.judge(seconds), problem)
    return outcome


def _ask(outcome: Outcome, name: str, mapper: mappers.Mapper, problem: Problem) -> None:
    start = time.perf_counter()
    result = mapper(problem)
    spent = time.perf_counter() - start
    if result.placements:
        wrong = faults(problem, result.placements)
        if wrong:
            raise SystemExit(f"{name} on {outcome.instance.row}: {'; '.join(wrong[:3])}")
        outcome.possible = True
    if result.impossible:
        outcome.impossible = outcome.impossible or name
    if outcome.possible and outcome.impossible:
        raise SystemExit(
            f"{outcome.instance.row}: {outcome.impossible} proved it impossible, {name} or one "
            "before it placed it"
        )
    outcome.answers[name] = Answer(bool(result.placements), spent, result.note)


NAMES = {
    "ours": "ours",
    "full": "8 bias rows",
    "plain": "plain Python",
    "cpsat": "CP-SAT",
    "rectpack": "rectpack",
}


def report(outcomes: list[Outcome]) -> Table:
    """The table: one row a set, number of blocks and density."""
    table = Table(box=SIMPLE)
    for title in ("set", "n", "density", "nets", "impossible", "open"):
        table.add_column(title, justify="left" if title == "set" else "right", no_wrap=True)
    for title in NAMES.values():
        table.add_column(title, justify="right", no_wrap=True)
    rows: dict[tuple[str, int, float, str], list[Outcome]] = {}
    for outcome in outcomes:
        rows.setdefault(outcome.instance.row, []).append(outcome)
    for (group, n, density, name), own in rows.items():
        impossible = sum(bool(outcome.impossible) for outcome in own)
        unknown = sum(not outcome.impossible and not outcome.possible for outcome in own)
        share = f"{density:.0%}" if density else name
        counts = (str(len(own)), str(impossible or ""), str(unknown or ""))
        table.add_row(group, str(n), share, *counts, *(_cell(own, mapper) for mapper in NAMES))
    return table


def _cell(outcomes: list[Outcome], mapper: str) -> str:
    asked = [outcome for outcome in outcomes if mapper in outcome.answers]
    if not asked:
        return "-"
    times = [1000 * outcome.answers[mapper].seconds for outcome in asked]
    left = [outcome for outcome in asked if not outcome.impossible]
    good = sum(outcome.answers[mapper].success for outcome in left)
    share = f"{good}/{len(left)}" if left else ""
    return f"{share}  {_short(statistics.median(times))} {_short(max(times))}"


def _short(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:.0f}"


def claims(outcomes: list[Outcome]) -> Iterator[str]:
    """What the mapper is meant to reach, in numbers."""
    left = [outcome for outcome in outcomes if not outcome.impossible]

    def good(mapper: str, own: list[Outcome]) -> int:
        return sum(outcome.answers[mapper].success for outcome in own)

    rows = {outcome.instance.row for outcome in left}
    behind = [
        f"{row[0]} n={row[1]} {row[2]:.0%}{row[3]}"
        for row in sorted(rows)
        if good("ours", own := [outcome for outcome in left if outcome.instance.row == row])
        < good("cpsat", own)
    ]
    yield f"rows where CP-SAT places more than ours: {len(behind)} of {len(rows)} {behind or ''}"
    large = [outcome for outcome in left if outcome.instance.n >= 40]
    if large:
        yield (
            f"n >= 40: ours {good('ours', large)}, CP-SAT {good('cpsat', large)}, plain Python "
            f"{good('plain', large)}, rectpack {good('rectpack', large)} of {len(large)}"
        )
        times = {
            name: statistics.median(outcome.answers[name].seconds for outcome in large)
            for name in ("ours", "cpsat")
        }
        yield f"n >= 40: median time of CP-SAT / ours: {times['cpsat'] / times['ours']:.0f}"
        ratios: dict[tuple[str, int, float, str], list[float]] = {}
        for outcome in large:
            ratio = outcome.answers["cpsat"].seconds / outcome.answers["ours"].seconds
            ratios.setdefault(outcome.instance.row, []).append(ratio)
        medians = {row: statistics.median(own) for row, own in ratios.items()}
        below = [
            f"{r[0]} n={r[1]} {r[2]:.0%}{r[3]}: {m:.0f}" for r, m in medians.items() if m < 100
        ]
        yield f"rows with n >= 40 where the median ratio is below 100: {'; '.join(below) or 'none'}"
    for name in ("ours", "full"):
        slowest = max(outcome.answers[name].seconds for outcome in outcomes)
        yield f"slowest answer of {NAMES[name]}: {slowest:.2f} s"
    for group in dict.fromkeys(outcome.instance.group for outcome in left):
        own = [
            outcome
            for outcome in left
            if outcome.instance.group == group
            and outcome.instance.density == 0.85
            and outcome.instance.n >= 20
        ]
        if own:
            share = good("ours", own) / len(own)
            yield f"{group}, 85 %, n >= 20: ours places {share:.1%} of {len(own)}"


def main(
    quick: Annotated[bool, typer.Option(help="Few nets and 2 s for CP-SAT.")] = False,
    seeds: Annotated[int, typer.Option(help="Nets for each row; 0: 5, or 3 with --quick.")] = 0,
    seconds_cpsat: Annotated[float, typer.Option(help="0: 10, or 2 with --quick.")] = 0.0,
    only: Annotated[str, typer.Option(help="Sets, with commas between them.")] = "",
    dump: Annotated[Path | None, typer.Option("--json", help="Every answer, as JSON.")] = None,
) -> None:
    """Print the table, the models that do not load yet, and what was reached."""
    console = Console(width=max(Console().width, 150))
    known_groups = [*RANDOM, "published", "zoo"]
    groups = [name.strip() for name in only.split(",")] if only else known_groups
    if unknown := set(groups) - set(known_groups):
        raise typer.BadParameter(f"{', '.join(unknown)}: the sets are {', '.join(known_groups)}")
    seeds = seeds or (3 if quick else 5)
    seconds = seconds_cpsat or (2.0 if quick else 10.0)
    todo, not_yet = instances(groups, seeds, QUICK if quick else DENSITIES)
    console.print(f"{len(todo)} nets, seeds 0..{seeds - 1}, {seconds:g} s for CP-SAT, 2 threads")
    measure(Instance("", 2, 0.5, 0, "", random_problem(2, 0.1, 1, 0)), seconds)  # warms up
    progress = track(todo, console=Console(stderr=True))
    outcomes = [measure(instance, seconds) for instance in progress]
    console.print(report(outcomes))
    for name, reason in not_yet.items():
        console.print(f"not yet: {name} ({reason})"[:140], markup=False)
    for line in claims(outcomes):
        console.print(line, markup=False)
    if dump is not None:
        dump.write_text(json.dumps([_plain(own) for own in outcomes], indent=1), encoding="utf-8")


def _plain(outcome: Outcome) -> dict[str, object]:
    record = {name: getattr(outcome.instance, name) for name in ("group", "n", "density", "seed")}
    record |= {"name": outcome.instance.name, "impossible": outcome.impossible}
    record["answers"] = {name: asdict(answer) for name, answer in outcome.answers.items()}
    return record


if __name__ == "__main__":
    typer.run(main)
