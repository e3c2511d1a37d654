"""What the commands for real boards do: ports, tools, weights, firmware, the maker's mapper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.box import SIMPLE
from rich.table import Table

from studio import maker_flow, mapping, stages
from studio.base import settings as personal
from studio.base.settings import Settings
from studio.board import (
    consent,
    download,
    maker_run,
    ota,
    ports,
    program,
    tools,
    ways,
)
from studio.chip import chip as chips
from studio.commands import Screen
from studio.firmware import store as images
from studio.formats.program_live import Programming
from studio.options import Options
from studio.project import Project

USUAL = 0.98  # the least correlation of a layer in the maker's published log


def list_ports(screen: Screen) -> None:
    """The serial ports there are."""
    found = ports.ports()
    for port in found:
        usb = "" if port.vid is None else f"  [{port.vid:04X}:{port.pid or 0:04X}]"
        screen.say(port.label + usb)
    if not found:
        screen.say("no serial ports")
    screen.result({"ports": [vars(port) for port in found]})


def list_tools(screen: Screen) -> None:
    """The outside programs a board needs."""
    with screen.working("Look for tools") as job:
        found = tools.survey(personal.load(), job)
    table = Table("tool", "version", "path", box=SIMPLE)
    for own in found:
        table.add_row(own.tool.title, own.version or "-", own.path or own.hint)
    screen.table(table)
    screen.result(
        {
            "tools": {
                own.tool.key: {"path": own.path, "version": own.version, "hint": own.hint}
                for own in found
            }
        }
    )


def write_weights(folder: Path, options: program.Options, init: bool, screen: Screen) -> None:
    """Program the array from a results folder, or a map folder."""
    settings = personal.load()
    tool = [tools.find("program_tool", settings)]
    options = _probes(options, settings)
    checked = program.check(map_folder(folder))
    screen.say(f"{checked.cells} cells in {checked.blocks} blocks, tag {checked.tag}")
    warned: list[str] = []

    def hear(state: Programming) -> None:
        if state.verdict == "cancelled":
            warned.append(state.text)

    try:
        with screen.working("Program the weights") as job:
            if init:
                program.init(tool, job)
            state = program.program(tool, checked, options, job, hear, keep=folder / program.LOG)
    finally:
        for text in warned:
            screen.say(text)
    _tell_layers(state, screen)
    screen.say(f"Programmed in {state.seconds} s" if state.seconds else "Programmed")
    screen.result(
        {
            "verdict": state.verdict,
            "tag": checked.tag if options.tag is None else options.tag,
            "seconds": state.seconds,
            "correlations": [own.after.correlation for own in state.last],
        }
    )


def _tell_layers(state: Programming, screen: Screen) -> None:
    table = Table("layer", "before correction", "after", box=SIMPLE)
    for own in state.last:
        before, after = own.before.correlation, own.after.correlation
        table.add_row(str(own.layer), f"{before:.4f}", f"{after:.4f}")
    screen.table(table)
    for text in state.complaints:
        screen.say(f"note: {text}")
    worst = state.worst
    if worst is not None and worst.after.correlation < USUAL:
        screen.say(
            f"note: layer {worst.layer} agrees with what is expected by"
            f" {worst.after.correlation:.4f} only; in published logs it is {USUAL} or more."
        )


def read_tag(folder: Path | None, options: program.Options, screen: Screen) -> None:
    """The tag the array holds, and whether it is that of a results folder."""
    settings = personal.load()
    tool = [tools.find("program_tool", settings)]
    with screen.working("Read the tag") as job:
        tag = program.read_tag(tool, _probes(options, settings), job)
    tree: dict[str, object] = {"tag": tag}
    screen.say(f"the array holds the tag {tag}" if tag else "the array has no tag")
    if folder is not None:
        place = map_folder(folder) / "map.csv"
        wanted, same = program.tag_of(place), program.same_tag(tag, place)
        screen.say(f"these weights have {wanted}: " + ("the same" if same else "not the same"))
        tree |= {"expected": wanted, "same": same}
    screen.result(tree)


def make_ota(folder: Path, screen: Screen) -> None:
    """The file for updates over the air."""
    tool = [tools.find("program_tool", personal.load())]
    with screen.working("Make the update file") as job:
        made = ota.generate(tool, map_folder(folder), job)
    for path in made.files:
        screen.say(f"Written: {path}")
    screen.result({"file": str(made.file), "files": [str(path) for path in made.files]})


def download_firmware(folder: Path, screen: Screen) -> None:
    """The built firmware of a results folder into the board."""
    project = Project(folder)
    image = images.load(project.image)
    chip = chips.load(project.chip if project.chip.is_file() else "wtm2101")
    how = ways.chosen(personal.load())
    with screen.working("Download") as job:
        report = download.download(image.elf, how, chip, job)
    screen.say(f"{report.size} bytes by {report.tool} in {report.seconds:.1f} s")
    screen.result({"tool": report.tool, "bytes": report.size, "seconds": report.seconds})


def export_to_maker(folder: Path, out: Path, model: Path | None, screen: Screen) -> None:
    """A folder for the maker's mapper, from a mapped results folder."""
    deployment = mapping.load_layout(stages.reopen(folder, None, Options()))
    with screen.working("Export") as job:
        made = maker_flow.export(deployment, out, model, job)
    for note in made.notes:
        screen.say(f"note: {note}")
    screen.say(f"Written: {made.folder}")
    screen.result({"folder": str(made.folder), "notes": list(made.notes)})


def run_maker(folder: Path, yes: bool, screen: Screen) -> None:
    """Run the maker's mapper on an exported folder; ``yes`` allows it for that folder for good."""
    settings = personal.load()
    maker_run.checked(settings)
    if yes:
        consent.give(folder)
    with screen.working("Map with the maker's mapper") as job:
        ran = maker_run.run(folder, settings, job)
    screen.say(f"Written: {ran.output}")
    screen.result({"output": str(ran.output)})


def import_from_maker(folder: Path, into: Path | None, screen: Screen) -> None:
    """Compare what the mapper wrote with our map, and take it into a results folder."""
    found, written = maker_flow.take_over(folder, into)
    for text in found.differences:
        screen.say(f"difference: {text}")
    if found.equal:
        screen.say("the mapper's map is ours" + ("" if found.same_bytes else ", in another order"))
    if into is not None:
        screen.say(f"Written: {into / maker_flow.MAKER}")
    screen.result(
        {
            "cells_equal": found.cells_equal,
            "layout_equal": found.layout_equal,
            "same_bytes": found.same_bytes,
            "tag": found.tag,
            "differences": list(found.differences),
            "files": [str(path) for path in written],
        }
    )


def map_folder(folder: Path) -> Path:
    """The map of a results folder, or the folder itself where it is one."""
    inside = Project(folder).map
    return inside if inside.is_dir() else folder


def _probes(options: program.Options, settings: Settings) -> program.Options:
    """The devices of the settings, where none were named."""
    return replace(
        options, spi=options.spi or settings.spi_id, jlink=options.jlink or settings.jlink_id
    )
