"""What to export of the monitor or of a recording, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.base.job import Job
from studio.monitor import saving
from studio.monitor.packets import AUDIO
from studio.monitor.recording_list import name_of
from studio.ui import session_files, theme
from studio.ui.widgets import centre_labels, literal, muted, named, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.monitor.saving import Kind, Wish

_OF_SERIES = ("rows", "table", "png", "svg")
_OF_BYTES = ("text", "raw", "wav")
_ALL = Qt.CheckState.Checked
_NONE = Qt.CheckState.Unchecked


class ExportDialog(QDialog):
    """Of what the monitor shows or its recording, or only of ``recording``.

    The series ``names`` are chosen at first; none stands for all.
    """

    def __init__(
        self,
        workspace: Workspace,
        names: Sequence[str] = (),
        recording: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export"))
        self._workspace = workspace
        self._monitoring = workspace.monitoring
        self._other = recording
        self._source_chosen = False
        self._kinds = self._named_kinds()
        self.source = named(QComboBox(), "export-source")
        self._files: list[Path | None] = []
        for text, path in self._sources():
            self.source.addItem(text)
            self._files.append(path)
        self.source.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.source.activated.connect(self._on_source)
        self.kind = named(QComboBox(), "export-kind")
        for kind, (text, _) in self._kinds.items():
            self.kind.addItem(text, kind)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self._about = muted(verbatim(QLabel()))
        self._about.setWordWrap(True)
        self.series = named(QListWidget(), "export-series")
        self.series.setAccessibleName(self.tr("Series"))
        self.series.setSpacing(theme.px(2))
        self._fill_series(names)
        self.series.itemChanged.connect(self._update)
        self._lay_out()
        self._on_kind()

    def accept(self) -> None:
        """Ask for the file's name, then begin."""
        wish_kind: Kind = self.kind.currentData()
        suffix = saving.SUFFIXES[wish_kind]
        kinds = self.tr("Files ({0})").format(f"*{suffix}")
        session_files.ask_where(
            self, self._workspace, self.tr("Export"), self.tr("data"), suffix, kinds, self.save
        )

    def save(self, path: Path) -> None:
        """Write what is chosen to ``path``, and close."""
        live, tape = self._monitoring.live, self._monitoring.tape
        wish, file = self._wish(path), self._file
        recorder = tape.recorder if tape is not None and tape.path == file else None

        def body(job: Job) -> Path:
            if file is None:
                return saving.of_live(job, live, wish)
            if recorder is not None:
                recorder.flush()
            return saving.of_recording(job, file, wish)

        window = self.parentWidget() or self
        session_files.work(window, self._workspace, self.tr("Exporting"), body)
        super().accept()

    # -- making

    def _lay_out(self) -> None:
        rows = QFormLayout()
        rows.setHorizontalSpacing(theme.px(12))
        rows.setVerticalSpacing(theme.px(8))
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows.addRow(self.tr("Of"), self.source)
        rows.addRow(self.tr("As"), self.kind)
        centre_labels(rows)
        rows.addRow("", self._about)
        every = self._link("export-all", self.tr("All"), _ALL)
        none = self._link("export-none", self.tr("None"), _NONE)
        head = QHBoxLayout()
        head.setContentsMargins(0, theme.px(4), 0, 0)
        self._heading = QLabel(self.tr("Series"))
        self._heading.setBuddy(self.series)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(every)
        head.addWidget(none)
        self._choice = QWidget()
        inside = QVBoxLayout(self._choice)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(4))
        inside.addLayout(head)
        inside.addWidget(self.series)
        button = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(button.Save | button.Cancel)
        self._save = named(self.buttons.button(button.Save), "primary")
        self._save.setText(self.tr("Save as…"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(16),) * 4)
        column.setSpacing(theme.px(8))
        column.addLayout(rows)
        column.addWidget(self._choice, 1)
        column.addWidget(self.buttons)
        self._choice.setVisible(self.series.count() > 0)
        if self.series.count():
            self.resize(theme.px(460), theme.px(420))
        else:
            self.resize(theme.px(460), self.sizeHint().height())

    def _link(self, name: str, text: str, state: Qt.CheckState) -> QToolButton:
        button = named(QToolButton(), name)
        button.setProperty("role", "link")
        button.setText(text)
        button.clicked.connect(lambda: self._check_all(state))
        return button

    def _named_kinds(self) -> dict[Kind, tuple[str, str]]:
        """What each kind is called, and what it is."""
        return {
            "rows": (
                self.tr("Table, a row for each value (CSV)"),
                self.tr("Columns time, series, value and unit, in seconds since 1970."),
            ),
            "table": (
                self.tr("Table, a row for each time (CSV)"),
                self.tr("A column for each series, to be opened in a spreadsheet."),
            ),
            "text": (
                self.tr("Text with times (TXT)"),
                self.tr("Every line and when it came; >> is before what was sent."),
            ),
            "raw": (
                self.tr("Bytes as they came (BIN)"),
                self.tr("What was received, byte for byte, without times."),
            ),
            "png": (
                self.tr("Picture of the curves (PNG)"),
                self.tr("The curves over time, for slides and messages."),
            ),
            "svg": (
                self.tr("Picture of the curves (SVG)"),
                self.tr("The curves over time, as sharp as one likes in print."),
            ),
            "wav": (
                self.tr("Sound (WAV)"),
                self.tr("Audio packets one after another, 16 bits, one channel."),
            ),
        }

    def _sources(self) -> list[tuple[str, Path | None]]:
        monitoring, tape = self._monitoring, self._monitoring.tape
        file = self._other
        if file is None and monitoring.replay is not None:
            file = monitoring.replay.recording.parts[0].path
        elif file is None and tape is not None:
            file = tape.path
        found: list[tuple[str, Path | None]] = []
        if file is not None:
            found.append((self.tr("The whole recording {0}").format(name_of(file)), file))
        if self._other is None and monitoring.has_data:
            found.append((self.tr("What the monitor holds now"), None))
        return found

    def _fill_series(self, names: Sequence[str]) -> None:
        if self._other is not None:
            return
        found = self._monitoring.live.store.snapshot().series if self._monitoring.has_data else {}
        wanted = set(names) & set(found) or set(found)
        for name, series in found.items():
            item = QListWidgetItem(f"{name} [{series.unit}]" if series.unit else name)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setToolTip(literal(name))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_ALL if name in wanted else _NONE)
            self.series.addItem(item)

    # -- following

    @property
    def _file(self) -> Path | None:
        """The recording that is exported; None: what the monitor holds."""
        place = self.source.currentIndex()
        return self._files[place] if place >= 0 else None

    @property
    def _kind(self) -> Kind:
        found: Kind = self.kind.currentData()
        return found

    def _on_source(self) -> None:
        self._source_chosen = True
        self._update()

    def _on_kind(self) -> None:
        if not self._source_chosen:
            live = self._kind in _OF_SERIES and self._monitoring.replay is None
            self.source.setCurrentIndex(len(self._files) - 1 if live else 0)
        self._update()

    def _update(self) -> None:
        model = self.kind.model()
        for row in range(self.kind.count()):
            if isinstance(model, QStandardItemModel):
                model.item(row).setEnabled(self._possible(self.kind.itemData(row)))
        self._about.setText(self._kinds[self._kind][1])
        self._choice.setEnabled(self._kind in _OF_SERIES)
        self.source.setEnabled(self.source.count() > 1)
        self.source.setToolTip(literal(str(self._file or self.source.currentText())))
        chosen = self._kind not in _OF_SERIES or not self.series.count() or bool(self._names())
        self._save.setEnabled(self.source.count() > 0 and self._possible(self._kind) and chosen)

    def _possible(self, kind: Kind) -> bool:
        """Whether there is something of that kind; of recordings one only knows when they end."""
        monitoring = self._monitoring
        recorded = any(file is not None for file in self._files)
        if self._other is not None or not monitoring.has_data:
            return recorded
        if kind == "wav":
            return monitoring.live.store.wave(AUDIO) is not None
        return kind in _OF_BYTES or recorded or self.series.count() > 0

    def _items(self) -> list[QListWidgetItem]:
        return [self.series.item(row) for row in range(self.series.count())]

    def _names(self) -> tuple[str, ...]:
        return tuple(
            item.data(Qt.ItemDataRole.UserRole)
            for item in self._items()
            if item.checkState() == _ALL
        )

    def _check_all(self, state: Qt.CheckState) -> None:
        for item in self._items():
            item.setCheckState(state)

    def _wish(self, path: Path) -> Wish:
        live, names = self._monitoring.live, self._names()
        project = self._workspace.project
        # Of a recording, series may come that were not seen yet.
        every = self._file is not None and len(names) == self.series.count()
        return saving.Wish(
            self._kind,
            path,
            None if every else names,
            live.encoding,
            tuple((own.name, own.text) for own in live.own),
            project.name if project is not None else "",
            theme.current().dark,
        )
