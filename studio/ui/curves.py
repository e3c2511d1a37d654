"""The live plot: values as curves while they come, with legend, cursors and histogram."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.monitor.ring import Floats
from studio.monitor.store import Series
from studio.ui.curves_choice import Choice
from studio.ui.curves_drawing import Drawing
from studio.ui.curves_page import CurvesPage
from studio.ui.curves_range import RangeDialog
from studio.ui.curves_scale import Span
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.widgets import surface
from studio.ui.workspace import Workspace

_FIGURES = 220  # milliseconds from one look at the figures to the next
_FRAME = 0.016  # seconds


class Curves(QWidget):
    """Draws what monitoring's live store has, at most once a frame, while it is seen.

    ``menu`` has all that can be done with the plot.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._choice = choice = Choice.of(workspace)
        self.page = page = CurvesPage(choice)
        self.plot, self.cursors, self.legend = page.plot, page.cursors, page.legend
        self.histogram, self.menu = page.histogram, page.act.menu
        empty = EmptyState(
            "monitor",
            self.tr("Nothing to plot"),
            self.tr("Values such as name:1.5 in the board's text become curves."),
        )
        self._pages = EmptyOrFull(empty, page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self._drawing = Drawing(page, choice)
        self._drawn = -1  # version of the values that were drawn
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(lambda: self._drawing.draw(refit=True))
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._on_frame)
        self._figures = QTimer(self, singleShot=True, interval=_FIGURES)
        self._figures.timeout.connect(self._look)
        page.act.follow.setChecked(choice.standing is None)
        page.act.pause.setChecked(choice.paused is not None)
        self._connect()
        if choice.paused is not None:
            self._show(choice.paused.series)
            if choice.standing is not None:
                self.plot.set_time(*choice.standing)

    # -- for others

    def shown(self) -> list[str]:
        """Names of the series that show, in the legend's order."""
        return self._drawing.shown()

    def curve(self, name: str) -> tuple[Floats, Floats]:
        """Times (seconds since 1970) and values of a series so far; empty where it never came."""
        found = self._drawing.series.get(name)
        if found is None:
            return np.empty(0), np.empty(0)
        return found.view.times, found.view.values

    @property
    def times(self) -> Span:
        """The seconds since 1970 at the left and right."""
        return self.plot.times

    def fit(self) -> None:
        """Show all that came; where all is followed, that goes on."""
        self._drawing.set_heights(None)
        span = self._drawing.extent()
        if span is not None and (self._choice.standing is not None or self._choice.seconds):
            self._drawing.stand(span)
        self._drawing.draw(refit=True)

    def reset(self) -> None:
        """Follow all values, on one linear scale."""
        act = self.page.act
        for action in (act.lanes, act.logarithmic, act.pause):
            action.setChecked(False)
        self._choice.heights = None
        self._on_seconds(0.0)
        self.page.bar.set_seconds(0.0)

    def zoom(self, name: str) -> None:
        """Show all of one series, as large as it can be."""
        if not self._choice.shows(name):
            self.legend.model.check([name], True)
        view = self._drawing.series[name].view
        if len(view):
            self._drawing.stand((float(view.times[0]), float(view.times[-1])))
            self._drawing.draw(refit=True)
            span = self.plot.span_of(name)
            if span is not None and not self._choice.lanes:
                self._drawing.set_heights(span)
                self._drawing.draw()

    def copy_picture(self) -> None:
        """Copy plot and legend as a picture."""
        QGuiApplication.clipboard().setPixmap(self.page.split.grab())

    # -- Qt's side

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw what came while the plot was hidden."""
        super().showEvent(event)
        if self._drawing.series or self._workspace.monitoring.has_data:
            self._take()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_figures"):
            self.page.recolour()
            self._drawing.repen()

    def _connect(self) -> None:
        self._workspace.monitoring.frame.connect(self._on_frame)
        self._drawing.drawn.connect(self._look_soon)
        self.plot.times_changed.connect(self._soon.start)
        self.plot.moved.connect(self._on_moved)
        self.plot.scene().sigMouseClicked.connect(self._on_click)
        self.cursors.changed.connect(self._on_cursors)
        self.page.bar.seconds_changed.connect(self._on_seconds)
        self.histogram.changed.connect(self._look)
        self.legend.model.checked.connect(lambda: self._drawing.draw(refit=True))
        self.legend.hovered.connect(self.plot.light)
        self.legend.zoomed.connect(self.zoom)
        self.legend.scrolled.connect(self._look_soon)
        act = self.page.act
        act.pause.toggled.connect(self._on_pause)
        act.follow.toggled.connect(self._on_follow)
        act.lanes.toggled.connect(self._on_scale)
        act.logarithmic.toggled.connect(self._on_scale)
        act.clock.toggled.connect(self._on_clock)
        act.automatic.triggered.connect(self._on_automatic)
        act.cursors.toggled.connect(self._on_tools)
        act.histogram.toggled.connect(self._on_tools)
        act.legend.triggered.connect(self._on_legend)
        act.range.triggered.connect(self._ask_range)
        act.fit.triggered.connect(self.fit)
        act.reset.triggered.connect(self.reset)
        act.copy.triggered.connect(self.copy_picture)

    # -- taking values

    def _on_frame(self) -> None:
        live = self._workspace.monitoring.live
        if not self.isVisible() or self._rest.isActive() or live.version == self._drawn:
            return
        start = time.perf_counter()
        self._take()
        # Many curves take longer than a frame: then the window has as long for other things.
        spent = time.perf_counter() - start + self.plot.painting
        if spent > _FRAME:
            self._rest.start(round(1000 * spent))

    def _take(self) -> None:
        live = self._workspace.monitoring.live
        self._drawn = live.version
        if live.epoch != self._choice.epoch:
            self._begin(live.epoch)
        if self._choice.paused is None:
            self._show(live.store.snapshot().series)

    def _begin(self, epoch: int) -> None:
        """Everything began anew."""
        self._choice.begin(epoch)
        self._drawing.forget()
        for action, on in ((self.page.act.pause, False), (self.page.act.follow, True)):
            action.blockSignals(True)
            action.setChecked(on)
            action.blockSignals(False)
        self.page.bar.recolour()

    def _show(self, series: Mapping[str, Series]) -> None:
        begun = not self._drawing.series
        self._drawing.show(series)
        if begun and series:
            self.cursors.into_sight()
        self._pages.set_full(bool(series))

    # -- figures

    def _look_soon(self) -> None:
        if not self._figures.isActive():
            self._figures.start()

    def _look(self) -> None:
        """Find the figures that are seen."""
        self._choice.bins = self.histogram.bins
        if not self.isVisible() or not self._drawing.series:
            return
        if self.legend.isVisible():
            self.legend.look(self.times, self.cursors.times)
        if self.histogram.isVisible():
            self.histogram.set_names(self.shown())
            self.histogram.look(
                self._drawing.series.get(self.histogram.series.currentText()), self.times
            )

    # -- what the user does

    def _on_moved(self, times: bool, values: bool) -> None:
        if times:
            self._drawing.stand(self.times)
        if values:
            low, high = self.plot.box.viewRange()[1]
            self._drawing.set_heights((low, high))

    def _on_follow(self, on: bool) -> None:
        if on and self._choice.standing is not None:
            self._choice.standing = None
            self._drawing.set_heights(self._choice.heights)
            self.page.act.pause.setChecked(False)
            self._drawing.draw(refit=True)
        elif not on and self._choice.standing is None:
            self._choice.standing = self.times

    def _on_pause(self, on: bool) -> None:
        if on:
            self._choice.paused = self._workspace.monitoring.live.store.snapshot()
            self._show(self._choice.paused.series)
        else:
            self._choice.paused = None
            self._take()

    def _on_seconds(self, seconds: float) -> None:
        self._choice.seconds = seconds
        self._choice.standing = None
        self._drawing.set_heights(self._choice.heights)
        self.page.act.follow.setChecked(True)
        self._drawing.draw(refit=True)

    def _on_scale(self) -> None:
        act = self.page.act
        self._choice.lanes = act.lanes.isChecked()
        self._choice.logarithmic = act.logarithmic.isChecked()
        self._choice.heights = None
        self._drawing.set_heights(None)
        self.plot.set_scale(self._choice.lanes, self._choice.logarithmic)
        self._drawing.draw(refit=True)

    def _on_clock(self, on: bool) -> None:
        self._choice.clock = on
        self.plot.time_axis.set(self.plot.origin, on)
        self._on_cursors()

    def _on_automatic(self, on: bool) -> None:
        low, high = self.plot.box.viewRange()[1]
        self._fix_heights(None if on else (low, high))

    def _fix_heights(self, span: Span | None) -> None:
        """The user wants these values shown, always."""
        self._choice.heights = span
        self._drawing.set_heights(span)
        self._drawing.draw(refit=True)

    def _ask_range(self) -> None:
        low, high = self.plot.box.viewRange()[1]
        dialog = RangeDialog((low, high), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(lambda first, last: self._fix_heights((first, last)))
        dialog.open()

    def _on_tools(self) -> None:
        act = self.page.act
        self._choice.cursors = act.cursors.isChecked()
        self._choice.histogram = act.histogram.isChecked()
        self.page.show_tools()
        self._look()

    def _on_legend(self, on: bool) -> None:
        self._choice.legend = on
        self.page.show_tools()
        self._look()

    def _on_cursors(self) -> None:
        found = self.cursors.times
        if found is None:
            return
        a, b = found
        start, end = self.times
        texts = self.plot.time_axis.tell(
            [a - self.plot.origin, b - self.plot.origin],
            max(1e-6, (end - start) / self.plot.pixels),
        )
        text = self.tr("A {0} · B {1} · Δt {2} s").format(*texts, f"{b - a:.5g}")
        if a != b:
            text += self.tr(" · 1/Δt {0} Hz").format(f"{1 / (b - a):.5g}")
        self.page.told.setText(text)
        self._look_soon()

    def _on_click(self, event: Any) -> None:
        inside = self.plot.box.sceneBoundingRect().contains(event.scenePos())
        if event.button() == Qt.MouseButton.RightButton:
            self.menu.popup(event.screenPos().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton and event.double():
            self.fit()
        elif event.button() == Qt.MouseButton.LeftButton and inside and self._choice.cursors:
            at = self.plot.box.mapSceneToView(event.scenePos())
            self.cursors.place(at.x() + self.plot.origin)
