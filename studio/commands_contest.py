"""What ``cim-studio contest`` does: blocks onto empty rectangles, files in the contest's form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from studio.base.errors import StudioError
from studio.commands import Screen
from studio.formats import contest as files
from studio.mapper import contest_solve
from studio.mapper.contest import Core, check_cores
from studio.mapper.contest_solve import Solution
from studio.tables import percent

MOST_SECONDS = 3600.0


def contest(
    network: Path,
    chip: Path | None,
    equal: tuple[int | None, int | None, int | None],
    out: Path,
    seconds: float,
    screen: Screen,
) -> None:
    """Place ``network`` on the rectangles of ``chip``, or on ``equal`` (number, rows, columns).

    Raises StudioError for bad input or when there is no room; then nothing is written.
    """
    if not 0 <= seconds <= MOST_SECONDS:
        raise StudioError(
            f"--seconds {seconds} is out of range", hint=f"Choose 0 to {MOST_SECONDS:.0f}."
        )
    for path in (network, chip):
        if path is not None and path.resolve() == out.resolve():
            raise StudioError(
                "the result would replace the input",
                hint="Name another file with --out.",
                where=str(out),
            )
    cores = _cores(chip, equal)
    nodes = files.read_network(network)
    with screen.working("Place blocks") as job:
        solution = contest_solve.solve(nodes, cores, str(network), seconds, job)
    files.write_places(out, solution.placed)
    screen.table(_table(solution))
    screen.say(f"Written: {out}")
    screen.result(_tree(out, solution))


def _cores(chip: Path | None, equal: tuple[int | None, int | None, int | None]) -> Sequence[Core]:
    """The rectangles, from a file or from three numbers. Raises StudioError unless one is given."""
    number, rows, columns = equal
    given = [value is not None for value in equal]
    if chip is not None and not any(given):
        return files.read_chip(chip)
    if chip is not None or number is None or rows is None or columns is None:
        raise StudioError(
            "the chip is given twice" if chip is not None else "the chip is not given",
            hint="Give either --chip CHIP.csv, or all of --cores N --rows R --columns C.",
        )
    cores = tuple(Core(at, rows, columns) for at in range(number))
    check_cores(cores, "--cores")
    return cores


def _table(solution: Solution) -> Table:
    found = solution.metrics
    table = Table("result", "value", "of", box=SIMPLE)
    table.add_row("blocks placed", str(found.blocks), "")
    table.add_row("cores used", str(found.cores_used), str(found.cores))
    table.add_row("area utilization", percent(found.utilization_used), "the cores used")
    table.add_row("", percent(found.utilization_all), "all cores")
    table.add_row("steps", str(found.steps), f"{found.blocks} one after another")
    table.add_row("", str(found.bound), "at least, for this placement")
    if solution.packed_steps != found.steps:
        table.add_row("", str(solution.packed_steps), "before blocks changed places")
    table.add_row("critical path", str(found.critical_path), "blocks")
    table.add_row("most blocks in a core", str(found.most_in_one_core), "")
    table.add_row("speed-up", f"{found.speed_up:.2f}", f"{found.cores_used} cores")
    table.add_row("parallel efficiency", percent(found.efficiency), "speed-up / cores used")
    table.add_row("search", f"{solution.seconds:.3f} s", solution.search.method)
    return table


def _tree(out: Path, solution: Solution) -> dict[str, Any]:
    return {
        "placed": str(out),
        **asdict(solution.metrics),
        "packed_steps": solution.packed_steps,
        "least_cores": solution.search.least_arrays,
        "optimal_cores": solution.search.optimal,
        "proof": solution.search.proof,
        "method": solution.search.method,
        "seconds": solution.seconds,
    }
