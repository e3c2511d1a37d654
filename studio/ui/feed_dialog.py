"""Feed samples: choose a data set, send it to the target, watch what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from studio.ui import feeding, files, language, option_text, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.feed_answers_table import AnswerRows, AnswerTable
from studio.ui.feed_options import FeedOptions
from studio.ui.widgets import literal, muted, named, set_role, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.feed_answers import Answers
    from studio.formats.feed_samples import Samples

_STEPS = 1000
_REDRAW = 100  # milliseconds between two looks at the answers
_CLASSES = 6  # class names that are listed


class FeedDialog(QDialog):
    """Stays beside the window while it works; what it shows is in ``feeding.of(workspace)``."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Feed samples"))
        self.setAcceptDrops(True)
        self._workspace = workspace
        self._feeding = feeding.of(workspace)
        self._drawn = QElapsedTimer()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addLayout(self._source_row())
        column.addWidget(self._found_label())
        self._options = FeedOptions(self._feeding)
        column.addWidget(self._options)
        column.addLayout(self._target_row())
        column.addLayout(self._figures())
        column.addWidget(self._answer_table(), 1)
        column.addLayout(self._buttons())
        self._feeding.changed.connect(self._show)
        self._feeding.moved.connect(self._show_progress)
        self.resize(theme.px(600), theme.px(640))
        self._show()

    # -- Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Take files and folders."""
        if files.local_files(event.mimeData()) and not self._feeding.sending:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Read what was dropped."""
        self._feeding.choose([Path(name) for name in files.local_files(event.mimeData())])
        event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Catch up with what came meanwhile."""
        super().showEvent(event)
        self._show()

    # -- making

    def _source_row(self) -> QHBoxLayout:
        self._source = named(QElidingLabel(), "feed-source")
        self._source.setElideMode(Qt.TextElideMode.ElideMiddle)
        self._source.setTextFormat(Qt.TextFormat.PlainText)
        self._file = named(QPushButton(self.tr("File…")), "feed-file")
        self._file.setToolTip(self.tr("Choose samples (.npz, .npy), pictures or sounds (.wav)"))
        self._file.clicked.connect(self._choose_file)
        self._folder = named(QPushButton(self.tr("Folder…")), "feed-folder")
        self._folder.setToolTip(
            self.tr("Choose a folder of pictures or sounds, with a folder for each class")
        )
        self._folder.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.addWidget(self._source, 1)
        row.addWidget(self._file)
        row.addWidget(self._folder)
        return row

    def _found_label(self) -> QLabel:
        self._found = named(verbatim(QLabel(wordWrap=True)), "feed-found")
        muted(self._found)
        return self._found

    def _target_row(self) -> QHBoxLayout:
        self._state = named(verbatim(QLabel(wordWrap=True)), "feed-state")
        self._build = named(QPushButton(self.tr("Build for this")), "feed-build")
        self._build.setToolTip(
            self.tr("Build the firmware again, with samples over the serial line")
        )
        self._build.clicked.connect(self._feeding.build)
        row = QHBoxLayout()
        row.addWidget(self._state, 1)
        row.addWidget(self._build)
        return row

    def _figures(self) -> QVBoxLayout:
        self._bar = named(QProgressBar(textVisible=False), "feed-progress")
        self._bar.setRange(0, _STEPS)
        self._number = named(QLabel(), "feed-accuracy")
        self._number.setFont(theme.sized(1.6, bold=True))
        self._words = named(verbatim(QLabel(wordWrap=True)), "feed-words")
        muted(self._words)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._number)
        row.addWidget(self._words, 1)
        column = QVBoxLayout()
        column.addWidget(self._bar)
        column.addLayout(row)
        return column

    def _answer_table(self) -> QWidget:
        self._rows = AnswerRows()
        self._table = AnswerTable(self._rows)
        empty = EmptyState(
            "data",
            self.tr("No answers yet"),
            self.tr("Drop a data set here: .npz, .npy, pictures, .wav, or a folder of them."),
        )
        self._stack = EmptyOrFull(empty, self._table)
        return self._stack

    def _buttons(self) -> QHBoxLayout:
        self._save = named(QPushButton(self.tr("Save answers as CSV…")), "feed-save")
        self._save.clicked.connect(self._choose_csv)
        self._go = named(QPushButton(), "primary")
        self._go.clicked.connect(self._on_go)
        close = named(QPushButton(self.tr("Close")), "feed-close")
        close.clicked.connect(self.close)
        for button in (self._save, self._go, close, self._file, self._folder, self._build):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addStretch(1)
        row.addWidget(self._go)
        row.addWidget(close)
        return row

    # -- what the user does

    def _choose_file(self) -> None:
        from studio.formats.feed_samples import KINDS  # noqa: PLC0415 - slow to import

        kinds = " ".join(f"*{ending}" for ending in KINDS)
        title, kind = self.tr("Choose samples"), self.tr("Samples ({0})").format(kinds)
        names, _ = QFileDialog.getOpenFileNames(self, title, self._near(), kind)
        if names:
            self._feeding.choose([Path(name) for name in names])

    def _choose_folder(self) -> None:
        title = self.tr("Choose a folder of samples")
        name = QFileDialog.getExistingDirectory(self, title, self._near())
        if name:
            self._feeding.choose([Path(name)])

    def _choose_csv(self) -> None:
        place = str(Path(self._near()) / "answers.csv")
        title, kind = self.tr("Save the answers"), self.tr("Tables (*.csv)")
        name, _ = QFileDialog.getSaveFileName(self, title, place, kind)
        if name:
            self._feeding.save(Path(name))

    def _near(self) -> str:
        workspace = self._workspace
        near = next(iter(self._feeding.paths), None) or workspace.data or workspace.model
        return str(near.parent if near is not None else Path.home())

    def _on_go(self) -> None:
        if self._feeding.sending:
            self._feeding.cancel()
        else:
            self._feeding.start()

    # -- showing

    def _show(self) -> None:
        found = self._feeding
        self._show_source()
        self._options.refresh()
        for button in (self._file, self._folder):
            button.setEnabled(not found.sending)
        refusal = found.refusal
        self._state.setText(refusal or self._target_text())
        self._build.setVisible(found.wrong_mode)
        self._build.setEnabled(found.can_build)
        self._go.setText(self.tr("Cancel") if found.sending else self.tr("Start"))
        self._go.setEnabled(found.sending or found.can_start)
        self._show_progress(now=True)

    def _show_source(self) -> None:
        found = self._feeding
        paths = found.paths
        text = str(paths[0]) if paths else self.tr("Choose or drop a data set.")
        if len(paths) > 1:
            text = self.tr("{0} and {1} more").format(paths[0].name, len(paths) - 1)
        self._source.setText(text)
        self._source.setToolTip(literal("\n".join(str(path) for path in paths[:20])))
        lines: list[str] = []
        if found.reading:
            lines.append(self.tr("Reading…"))
        elif found.error is not None:
            where = found.error.where
            lines.append(language.message(found.error.message))
            lines.append("" if [where] == [str(path) for path in paths] else where)
            lines.append(option_text.hint(found.error.hint))
        elif found.samples is not None:
            lines.append(self._summary(found.samples))
            lines += [language.message(note) for note in found.samples.notes]
        self._found.setText("\n".join(line for line in lines if line))
        set_role(self._found, "bad" if found.error is not None else "muted")
        self._found.setVisible(bool(lines))

    def _summary(self, samples: Samples) -> str:
        count = self.tr("{0} samples").format(len(samples))
        if len(samples) < samples.found:
            count = self.tr("{0} of {1} samples").format(len(samples), samples.found)
        shapes = [" × ".join(map(str, values.shape[1:])) for values in samples.inputs]
        words = [count, ", ".join(shapes)]
        if samples.classes:
            names = samples.classes
            few = ", ".join(names[:_CLASSES]) + (", …" if len(names) > _CLASSES else "")
            words.append(self.tr("{0} classes: {1}").format(len(names), few))
        elif samples.labels is None:
            words.append(self.tr("no labels"))
        else:
            words.append(self.tr("{0} classes").format(int(samples.labels.max()) + 1))
        return " · ".join(words)

    def _target_text(self) -> str:
        port = self._workspace.port
        if not port:
            return self.tr("They are sent to the emulator.")
        return self.tr("They are sent to the board at {0}, which must run this firmware.").format(
            port
        )

    def _show_progress(self, now: bool = False) -> None:
        found = self._feeding
        busy = found.sending or found.reading
        self._bar.setValue(round(_STEPS * found.fraction) if busy else 0)
        self._bar.setVisible(busy)
        if not now and self._drawn.isValid() and self._drawn.elapsed() < _REDRAW:
            return
        self._drawn.start()
        answers = found.answers
        self._save.setEnabled(answers is not None and answers.done > 0 and not found.sending)
        if not self.isVisible():
            return
        self._stack.set_full(answers is not None and answers.done > 0)
        if self._rows.show(answers):
            self._table.show_columns(answers)
        self._number.setVisible(answers is not None and answers.labelled > 0)
        self._words.setText("" if answers is None else self._figures_text(answers))
        if answers is not None and answers.labelled:
            self._number.setText(
                self.tr("{0:.2f} %").format(100 * answers.correct / answers.labelled)
            )

    def _figures_text(self, answers: Answers) -> str:
        if self._feeding.sending and not answers.done:
            return language.message(self._feeding.text)
        words = []
        if answers.labelled:
            low, high = answers.interval
            words.append(
                self.tr("95 % interval {0:.1f} to {1:.1f} %").format(100 * low, 100 * high)
            )
        words.append(self.tr("{0} of {1} answered").format(answers.done, len(answers)))
        words.append(self.tr("{0} exact").format(answers.done - answers.differing))
        if answers.rate is not None:
            words.append(self.tr("{0:.0f} samples/s").format(answers.rate))
        if self._feeding.cancelled and not self._feeding.sending:
            words.append(self.tr("ended before its end"))
        return " · ".join(words)


def show(parent: QWidget | None, workspace: Workspace) -> FeedDialog:
    """Open the dialog, or the one there is; does not block. It begins with the project's data."""
    state = feeding.of(workspace)
    if not state.paths and workspace.data is not None:
        state.choose([workspace.data])
    found = parent.findChild(FeedDialog) if parent is not None else None
    dialog = found if isinstance(found, FeedDialog) else FeedDialog(workspace, parent)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
