"""Why there is no layout: what does not fit, what to do about it, and the layer it is about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from superqt import QFlowLayout

from studio.ui import language, option_text, theme
from studio.ui.records import Problem, Target
from studio.ui.widgets import literal, muted, named, surface

_ICON = 20


class Failure(QScrollArea):
    """The problem that ended mapping.

    ``jumped`` carries where it can be looked at, ``options_asked`` is for the options.
    """

    jumped = Signal(object)
    options_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._target: Target | None = None
        self._icon = QLabel()
        title = QLabel(self.tr("No layout"))
        title.setFont(theme.sized(1.05, bold=True))
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self._icon)
        head.addWidget(title, 1)
        self.where = muted(named(_text(), "where"))
        self.message = named(_text(), "message")
        self.hint_title = muted(QLabel(self.tr("What to do")))
        self.hint = named(_text(), "hint")
        self.button = named(QPushButton(), "show-layer")
        self.button.clicked.connect(self._on_clicked)
        self.options = named(QPushButton(self.tr("Change the options")), "change-options")
        self.options.clicked.connect(self.options_asked)
        buttons = QWidget()
        row = QFlowLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.button)
        row.addWidget(self.options)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        margin = theme.px(12)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.px(4))
        column.addLayout(head)
        column.addSpacing(theme.px(2))
        column.addWidget(self.where)
        column.addWidget(self.message)
        column.addSpacing(theme.px(8))
        column.addWidget(self.hint_title)
        column.addWidget(self.hint)
        column.addSpacing(theme.px(8))
        column.addWidget(buttons)
        column.addStretch(1)
        self.setWidget(page)
        self._draw_icon()

    def show_problem(self, problem: Problem) -> None:
        """Show ``problem``, and a button where it is about a layer."""
        self.message.setText(language.message(problem.message))
        self.where.setText(problem.where)
        self.where.setVisible(bool(problem.where))
        self.hint.setText(option_text.hint(problem.hint))
        self.hint.setVisible(bool(problem.hint))
        self.hint_title.setVisible(bool(problem.hint))
        self._target = problem.target
        layer = problem.target.layer if problem.target else ""
        self.button.setVisible(bool(layer))
        self.button.setText(self.tr("Show the layer"))
        self.button.setToolTip(literal(layer))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icon"):
            self._draw_icon()

    def _draw_icon(self) -> None:
        colour, size = theme.current().bad, theme.px(_ICON)
        self._icon.setPixmap(theme.pixmap("error", size, colour, self.devicePixelRatioF()))

    def _on_clicked(self) -> None:
        if self._target is not None:
            self.jumped.emit(self._target)


def _text() -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
