"""What the monitor begins with: an emulated board to speak to, and what samples should say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from studio.monitor.chunk import Chunk
from studio.monitor.clock import Clock

if TYPE_CHECKING:
    from studio.emulated import EmulatedBoard
    from studio.monitor.live import Expected, Live
    from studio.monitor.outlet import Sink
    from studio.ui.workspace import Workspace


def emulated(workspace: Workspace, sinks: Iterable[Sink], clock: Clock) -> EmulatedBoard:
    """The firmware that is built on an emulated board, not yet begun; ``sinks`` hear of traps."""
    from studio.emulated import EmulatedBoard  # noqa: PLC0415 - slow to import
    from studio.project import Project  # noqa: PLC0415
    from studio.target import Emulation  # noqa: PLC0415

    image, out = workspace.image, workspace.out
    assert image is not None, "see Monitoring.refusal"
    assert out is not None, "see Monitoring.refusal"

    def tell(text: str) -> None:
        for sink in sinks:
            sink(Chunk(clock.now(), text.encode(), "note"))

    options = workspace.options
    chip = workspace.chip.at_baud(options.baud)
    return EmulatedBoard(Project(out), image, chip, Emulation.of(options), tell)


def fresh(workspace: Workspace, live: Live, expecting: bool) -> Callable[[], None]:
    """What begins everything anew, on any thread, with what the simulator expects or without.

    A board that is only listened to may have any firmware.
    """
    simulation, qnetwork = workspace.simulation, workspace.qnetwork

    def expected() -> Expected:
        from studio.simulate.stage import checksums  # noqa: PLC0415 - slow to import

        if not expecting or simulation is None or qnetwork is None:
            return (), (), ()
        labels, results = simulation.labels, simulation.predictions
        return (
            () if labels is None else labels,
            () if results is None else results,
            checksums(qnetwork, simulation),
        )

    def begin() -> None:
        live.clear()
        live.expect(expected)

    return begin
