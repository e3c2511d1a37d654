"""What the command that checks layers on a target does, and how it prints it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE
from rich.table import Table

from studio import layer_check, stages
from studio.commands import Screen
from studio.options import Options
from studio.session import EMULATOR, Session
from studio.stages import need
from studio.target import Emulation


def check(folder: Path, options: Options, port: str, samples: int, screen: Screen) -> None:
    """Every layer by itself, on the emulator or the board at ``port``."""
    deployment = stages.load_simulation(stages.reopen(folder, None, options))
    qnetwork, simulation = need(deployment.qnetwork), need(deployment.simulation)
    inputs = [x[:samples] for x in simulation.inputs]
    emulation = Emulation.of(options)
    with (
        screen.working("Check layers") as job,
        Session(port or EMULATOR, folder, emulation=emulation, job=job) as session,
    ):
        found = layer_check.check(session, qnetwork, inputs, job)
    table = Table("layer", "values", "differing", "at most", "correlation", "time", box=SIMPLE)
    for one in found:
        table.add_row(
            one.layer,
            str(one.values),
            str(one.differing),
            str(one.largest),
            f"{one.correlation:.6f}",
            f"{one.microseconds} us",
        )
    screen.table(table)
    wrong = [one.layer for one in found if one.differing]
    screen.say(
        f"{len(wrong)} of {len(found)} layers differ from the simulator: {', '.join(wrong)}."
        if wrong
        else f"All {len(found)} layers equal the simulator, bit for bit."
    )
    screen.result({"layers": [asdict(one) for one in found]})
