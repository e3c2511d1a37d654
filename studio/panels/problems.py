"""The Problems list: what stages and tools found, each a jump to where it is."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui import option_text, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.language import message
from studio.ui.panel import Panel
from studio.ui.problem_rows import (
    MESSAGE,
    SEVERITIES,
    SOURCE,
    WHERE,
    ProblemFilter,
    ProblemRows,
    as_text,
    colour,
    place,
)
from studio.ui.records import Problem, Severity
from studio.ui.titles import of_rows
from studio.ui.widgets import muted, named
from studio.ui.workspace import Workspace

_NARROW = 520  # pixels below which only the messages are shown
_WHERE, _SOURCE = 180, 130


class Problems(QWidget):
    """A filter above, the list, and below it the chosen problem in full with its hint."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows = ProblemRows(self)
        self._left = ProblemFilter(self._rows, self)
        self._table = self._make_table()
        self._buttons = {severity: self._toggle(severity) for severity in SEVERITIES}
        self._filter = named(QLineEdit(clearButtonEnabled=True), "filter")
        self._filter.setPlaceholderText(self.tr("Filter"))
        self._filter.setAccessibleName(self.tr("Filter problems by text"))
        self._filter.setMaximumWidth(theme.px(260))
        self._filter.textChanged.connect(self._left.set_text)
        self._copy = self._make_copy()
        self._message = self._detail("message")
        self._hint = muted(self._detail("hint"))
        self._details = named(QWidget(), "details")
        self._details.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._place()
        selection = self._table.selectionModel()
        selection.currentRowChanged.connect(self._show_details)
        self._left.rowsInserted.connect(self._choose)
        self._left.rowsRemoved.connect(self._choose)
        self._left.layoutChanged.connect(self._choose)
        workspace.problems_changed.connect(self._refresh)
        self._draw_icons()
        self._refresh()

    # -- Qt's events

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the signs in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._draw_icons()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave the room to the messages where there is little."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_NARROW)
        for column in (WHERE, SOURCE):
            self._table.setColumnHidden(column, narrow)
        self._table.horizontalHeader().setVisible(not narrow)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape ends the filter, Down goes from it to the list."""
        if event.key() == Qt.Key.Key_Escape and self._filter.text():
            self._filter.clear()
        elif event.key() == Qt.Key.Key_Down and self._filter.hasFocus():
            self._table.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    # -- making

    def _make_table(self) -> QTableView:
        table = named(QTableView(), "problems")
        table.setModel(self._left)
        of_rows(table)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setIconSize(QSize(theme.px(16), theme.px(16)))
        table.setAccessibleName(self.tr("Problems"))
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + theme.px(10))
        header = table.horizontalHeader()
        header.setSectionResizeMode(MESSAGE, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(WHERE, theme.px(_WHERE))
        header.resizeSection(SOURCE, theme.px(_SOURCE))
        table.activated.connect(self._jump)
        table.doubleClicked.connect(self._jump)
        return table

    def _detail(self, name: str) -> QLabel:
        label = named(QLabel(), name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _toggle(self, severity: Severity) -> QToolButton:
        button = named(QToolButton(), f"show-{severity}")
        button.setProperty("role", "bar")
        button.setCheckable(True)
        button.setChecked(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(theme.px(16), theme.px(16)))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.toggled.connect(self._on_toggled)
        return button

    def _make_copy(self) -> QToolButton:
        button = named(QToolButton(), "copy")
        button.setProperty("role", "bar")
        button.setIconSize(QSize(theme.px(16), theme.px(16)))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        action = QAction(self.tr("Copy the problem"), self)
        action.setShortcut(QKeySequence.StandardKey.Copy)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self._copy_current)
        self._table.addAction(action)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        find = QAction(self.tr("Filter the problems"), self)
        find.setShortcut(QKeySequence.StandardKey.Find)
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.triggered.connect(self._filter.setFocus)
        self.addAction(find)
        button.setToolTip(self.tr("Copy the problem (Ctrl+C)"))
        button.setAccessibleName(self.tr("Copy the problem"))
        button.clicked.connect(self._copy_current)
        return button

    def _place(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        head.setSpacing(theme.px(4))
        for button in self._buttons.values():
            head.addWidget(button)
        head.addSpacing(theme.px(4))
        head.addWidget(self._filter, 1)
        head.addStretch()
        head.addWidget(self._copy)
        details = QVBoxLayout(self._details)
        details.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(8))
        details.setSpacing(theme.px(2))
        details.addWidget(self._message)
        details.addWidget(self._hint)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._table, 1)
        column.addWidget(self._details)
        empty = EmptyState(
            "problems",
            self.tr("No problems"),
            self.tr("What a deploy finds in the model, the data or the build is listed here."),
        )
        self._stack = EmptyOrFull(empty, full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    # -- showing

    def _refresh(self) -> None:
        problems = self._workspace.problems
        self._rows.set_problems(problems)
        self._stack.set_full(bool(problems))
        # Messages are long: they get the room of a column that would be empty.
        self._table.setColumnHidden(WHERE, not any(map(place, problems)))
        for severity, button in self._buttons.items():
            count = sum(problem.severity == severity for problem in problems)
            button.setText(str(count))
            text = self._count_text(severity).format(count)
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._choose()

    def _choose(self) -> None:
        """Let one of the rows that are left be the chosen one."""
        if self._left.rowCount() and not self._table.currentIndex().isValid():
            self._table.setCurrentIndex(self._left.index(0, 0))
        self._show_details()

    def _count_text(self, severity: Severity) -> str:
        return {
            "error": self.tr("Errors: {0}"),
            "warning": self.tr("Warnings: {0}"),
            "note": self.tr("Notes: {0}"),
        }[severity]

    def _on_toggled(self) -> None:
        shown = {severity for severity, button in self._buttons.items() if button.isChecked()}
        self._left.set_hidden(frozenset(SEVERITIES) - shown)

    def _draw_icons(self) -> None:
        self._rows.draw_icons()
        for severity, button in self._buttons.items():
            button.setIcon(theme.icon(severity, colour(severity)))
        self._copy.setIcon(theme.icon("copy"))

    def _current(self) -> Problem | None:
        index = self._table.currentIndex()
        return self._rows.problem(self._left.mapToSource(index).row()) if index.isValid() else None

    def _show_details(self) -> None:
        problem = self._current()
        self._copy.setEnabled(problem is not None)
        self._details.setVisible(problem is not None)
        if problem is not None:
            self._message.setText(message(problem.message))
            parts = (problem.where, option_text.hint(problem.hint))
            hint = "\n".join(text for text in parts if text)
            self._hint.setText(hint)
            self._hint.setVisible(bool(hint))

    # -- actions

    def _jump(self, index: QModelIndex) -> None:
        problem = self._rows.problem(self._left.mapToSource(index).row())
        if problem.target is not None:
            self._workspace.jump(problem.target)

    def _copy_current(self) -> None:
        problem = self._current()
        if problem is not None:
            QGuiApplication.clipboard().setText(as_text(problem))


PANEL = Panel(
    "problems", str(QT_TRANSLATE_NOOP("Panel", "Problems")), "bottom-left", Problems, order=10
)
