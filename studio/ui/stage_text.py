"""What the stages of a deploy and their states are called in the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.ui.records import Status


def name(stage: str) -> str:
    """A stage as a short noun, for lists."""
    return {
        "graph": _tr("Read the model"),
        "quantize": _tr("Quantize"),
        "simulate": _tr("Simulate"),
        "map": _tr("Place on the array"),
        "build": _tr("Build the firmware"),
        "run": _tr("Run"),
        "open": _tr("Open"),
        "compare": _tr("Compare layers"),
        "estimate": _tr("Estimate time and energy"),
        "noise": _tr("Noise study"),
        "check": _tr("Check layers"),
        "maker": _tr("Maker's mapper"),
        "picture": _tr("Draw a picture"),
    }.get(stage, stage)


def doing(stage: str) -> str:
    """A stage while it runs, for the status bar."""
    return {
        "graph": _tr("Reading the model"),
        "quantize": _tr("Quantizing"),
        "simulate": _tr("Simulating"),
        "map": _tr("Placing on the array"),
        "build": _tr("Building the firmware"),
        "run": _tr("Running"),
        "open": _tr("Opening"),
        "compare": _tr("Comparing layers"),
        "estimate": _tr("Estimating time and energy"),
        "noise": _tr("Studying noisy chips"),
        "check": _tr("Checking layers"),
        "maker": _tr("Working with the maker's mapper"),
        "picture": _tr("Drawing a picture"),
    }.get(stage, stage)


def status(value: Status) -> str:
    """The state of a stage in a word."""
    return {
        "waiting": _tr("waiting"),
        "running": _tr("running"),
        "done": _tr("done"),
        "failed": _tr("failed"),
        "cancelled": _tr("cancelled"),
    }[value]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Stage", text)
