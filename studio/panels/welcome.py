"""The page shown before a model is open: a large drop area, Open, and the example."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.base import paths
from studio.ui import files, theme
from studio.ui.panel import Panel
from studio.ui.widgets import muted, named
from studio.ui.workspace import Workspace

_WIDTH = 680
_CENTER = Qt.AlignmentFlag.AlignHCenter


class DropArea(QWidget):
    """A dashed frame that takes files; ``dropped`` carries their paths."""

    dropped = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._hot = False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Take local files only, and show that they are welcome."""
        if files.local_files(event.mimeData()):
            event.acceptProposedAction()
            self._set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  (Qt's name)
        """Back to rest."""
        super().dragLeaveEvent(event)
        self._set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Hand the files on."""
        self._set_hot(False)
        event.acceptProposedAction()
        self.dropped.emit(files.local_files(event.mimeData()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """The frame, in the accent colour while files hover."""
        super().paintEvent(event)
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = colours.accent if self._hot else colours.muted
        pen = QPen(QColor(edge), 2.0 if self._hot else 1.5, Qt.PenStyle.DashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(colours.raised if self._hot else colours.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 12, 12)
        painter.end()

    def _set_hot(self, hot: bool) -> None:
        self._hot = hot
        self.update()


class Welcome(QWidget):
    """Title, drop area with buttons, and the three steps."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._logo = QLabel()
        self._drop_icon = QLabel(alignment=_CENTER)
        self._data = QLabel(alignment=_CENTER, wordWrap=True)
        muted(self._data)
        middle = QWidget()
        middle.setFixedWidth(_WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(3)
        column.addLayout(self._title())
        column.addSpacing(28)
        column.addWidget(self._area())
        column.addSpacing(28)
        column.addLayout(self._steps())
        column.addStretch(4)
        row = QHBoxLayout(self)
        row.addStretch()
        row.addWidget(middle)
        row.addStretch()
        workspace.data_changed.connect(self._show_data)
        self._show_data()
        self._draw_icons()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def _title(self) -> QHBoxLayout:
        name = QLabel("CIM Studio")
        name.setFont(theme.sized(2.2, bold=True))
        line = QLabel(self.tr("From an ONNX model to a compute-in-memory chip."))
        line.setFont(theme.sized(1.15))
        muted(line)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(line)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addStretch()
        row.addWidget(self._logo)
        row.addLayout(words)
        row.addStretch()
        return row

    def _area(self) -> DropArea:
        area = DropArea()
        area.dropped.connect(self._workspace.files_offered)
        heading = QLabel(self.tr("Drop an ONNX model here"), alignment=_CENTER)
        heading.setFont(theme.sized(1.35, bold=True))
        browse = named(QPushButton(self.tr("Open model…")), "primary")
        browse.clicked.connect(self._workspace.browse_requested)
        example = named(QPushButton(self.tr("Try the digits example")), "example")
        example.clicked.connect(self._open_example)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch()
        buttons.addWidget(browse)
        buttons.addWidget(example)
        buttons.addStretch()
        column = QVBoxLayout(area)
        column.setContentsMargins(32, 40, 32, 40)
        column.setSpacing(8)
        column.addWidget(self._drop_icon)
        column.addSpacing(4)
        column.addWidget(heading)
        column.addWidget(self._data)
        column.addSpacing(16)
        column.addLayout(buttons)
        return area

    def _steps(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(24)
        for number, (head, text) in enumerate(
            (
                (self.tr("Open"), self.tr("A float model or one in chip integers, with samples.")),
                (self.tr("Deploy"), self.tr("Quantize, place on the array, build the firmware.")),
                (self.tr("Watch"), self.tr("The emulated board prints its accuracy, live.")),
            ),
            start=1,
        ):
            title = QLabel(f"{number}   {head}")
            title.setFont(theme.sized(1.0, bold=True))
            body = QLabel(text, wordWrap=True)
            muted(body)
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(title)
            column.addWidget(body)
            column.addStretch()
            row.addLayout(column, 1)
        return row

    def _open_example(self) -> None:
        model = paths.resource("examples", "digits", "digits.onnx")
        self._workspace.files_offered.emit([str(model)])

    def _show_data(self) -> None:
        data = self._workspace.data
        self._data.setText(
            self.tr("Samples: {0}. Now the model.").format(data.name)
            if data
            else self.tr("and, if you have them, samples and labels as a .npz file")
        )

    def _draw_icons(self) -> None:
        ratio = self.devicePixelRatioF()
        colours = theme.current()
        self._logo.setPixmap(theme.pixmap("app", 64, colours.accent, ratio))
        self._drop_icon.setPixmap(theme.pixmap("drop", 44, colours.accent, ratio))


PANEL = Panel("welcome", str(QT_TRANSLATE_NOOP("Panel", "Welcome")), "welcome", Welcome)
