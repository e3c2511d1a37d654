"""The page shown before something is open: drop area, recent projects, example and templates."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.base import paths
from studio.ui import files, template_text, theme
from studio.ui.cards import Card
from studio.ui.panel import Panel
from studio.ui.recent_list import RecentList
from studio.ui.records import NewProject
from studio.ui.widgets import muted, named, verbatim
from studio.ui.workspace import Workspace

_BESIDE = 860  # width from which recent projects stand beside the drop area
_LEFT, _RIGHT = 560, 400
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
        width = theme.line_width(2.0 if self._hot else 1.5)
        pen = QPen(QColor(edge), width, Qt.PenStyle.DashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(colours.raised if self._hot else colours.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 12, 12)
        painter.end()

    def _set_hot(self, hot: bool) -> None:
        self._hot = hot
        self.update()


class Welcome(QWidget):
    """Title and drop area with what to start from; recent projects beside it or below."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._logo = QLabel()
        self._drop_icon = QLabel(alignment=_CENTER)
        self._data = verbatim(QLabel(alignment=_CENTER, wordWrap=True))
        muted(self._data)
        left = QWidget()
        left.setMaximumWidth(theme.px(_LEFT))
        left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._title())
        column.addSpacing(theme.px(22))
        column.addWidget(self._area())
        column.addSpacing(theme.px(22))
        column.addLayout(self._starts())
        column.addStretch()
        self._recent = RecentList(workspace)
        self._recent.setMaximumWidth(theme.px(_RIGHT))
        self._recent.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.setSpacing(theme.px(40))
        self._both.addWidget(left, 3)
        self._both.addWidget(self._recent, 2)
        page = named(QWidget(), "page")
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addLayout(self._both, 100)
        middle.addStretch()
        whole = QVBoxLayout(page)
        margin = theme.px(28)
        whole.setContentsMargins(margin, margin, margin, margin)
        whole.addStretch(3)
        whole.addLayout(middle)
        whole.addStretch(4)
        scroll = named(QScrollArea(widgetResizable=True), "page")
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(scroll)
        workspace.data_changed.connect(self._show_data)
        workspace.settings_changed.connect(self._arrange)
        self._show_data()
        self._draw_icons()
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_recent"):
            self._draw_icons()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Beside each other or below, as there is room."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Projects may have changed while another page was shown."""
        super().showEvent(event)
        self._recent.read_again()

    def _title(self) -> QHBoxLayout:
        name = QLabel("CIM Studio")
        name.setFont(theme.sized(2.0, bold=True))
        line = QLabel(self.tr("From an ONNX model to a compute-in-memory chip."), wordWrap=True)
        line.setFont(theme.sized(1.1))
        muted(line)
        words = QVBoxLayout()
        words.setSpacing(theme.px(1))
        words.addWidget(name)
        words.addWidget(line)
        row = QHBoxLayout()
        row.setSpacing(theme.px(16))
        row.addWidget(self._logo)
        row.addLayout(words, 1)
        return row

    def _area(self) -> DropArea:
        area = DropArea()
        area.dropped.connect(self._workspace.files_offered)
        heading = QLabel(self.tr("Drop an ONNX model here"), alignment=_CENTER, wordWrap=True)
        heading.setFont(theme.sized(1.35, bold=True))
        browse = named(QPushButton(self.tr("Open model…")), "primary")
        browse.clicked.connect(self._workspace.browse_requested)
        project = named(QPushButton(self.tr("Open project…")), "open-project")
        project.clicked.connect(self._browse_project)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(10))
        buttons.addStretch()
        buttons.addWidget(browse)
        buttons.addWidget(project)
        buttons.addStretch()
        column = QVBoxLayout(area)
        sides, height = theme.px(28), theme.px(30)
        column.setContentsMargins(sides, height, sides, height)
        column.setSpacing(theme.px(6))
        column.addWidget(self._drop_icon)
        column.addSpacing(theme.px(2))
        column.addWidget(heading)
        column.addWidget(self._data)
        column.addSpacing(theme.px(12))
        column.addLayout(buttons)
        return area

    def _starts(self) -> QVBoxLayout:
        """The example and the templates."""
        heading = QLabel(self.tr("Or start with"))
        heading.setFont(theme.sized(1.0, bold=True))
        text = self.tr("A trained network with its data")
        example = named(Card(self.tr("Digits example"), text), "example")
        example.clicked.connect(self._open_example)
        cards = [example]
        for template in template_text.ORDER:
            card = named(
                Card(template_text.name(template), template_text.about(template)), template
            )
            card.clicked.connect(partial(self._create, template))
            cards.append(card)
        grid = QGridLayout()
        grid.setSpacing(theme.px(10))
        for place, card in enumerate(cards):
            grid.addWidget(card, place // 2, place % 2)
            grid.setColumnStretch(place % 2, 1)
        column = QVBoxLayout()
        column.setSpacing(theme.px(8))
        column.addWidget(heading)
        column.addLayout(grid)
        return column

    def _arrange(self) -> None:
        beside = self.width() >= theme.px(_BESIDE)
        directions = QBoxLayout.Direction
        self._both.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._recent.setMaximumWidth(theme.px(_RIGHT if beside else _LEFT))

    def _browse_project(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a project"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setDirectory(str(self._workspace.settings.results_folder))
        dialog.fileSelected.connect(self._open)
        dialog.open()

    def _open(self, path: str) -> None:
        self._workspace.files_offered.emit([path])

    def _open_example(self) -> None:
        self._open(str(paths.resource("examples", "digits", "digits.onnx")))

    def _create(self, template: str) -> None:
        self._workspace.task_requested.emit(NewProject(template))

    def _show_data(self) -> None:
        data = self._workspace.data
        self._data.setText(
            self.tr("Samples: {0}. Now the model.").format(data.name)
            if data
            else self.tr("with its data, if you have some: a .npz file or a folder of pictures")
        )

    def _draw_icons(self) -> None:
        ratio = self.devicePixelRatioF()
        colours = theme.current()
        self._logo.setPixmap(theme.pixmap("app", theme.px(56), colours.accent, ratio))
        self._drop_icon.setPixmap(theme.pixmap("drop", theme.px(40), colours.accent, ratio))


PANEL = Panel("welcome", str(QT_TRANSLATE_NOOP("Panel", "Welcome")), "welcome", Welcome)
