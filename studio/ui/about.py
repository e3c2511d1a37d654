"""About, with versions; and the program's own documents as formatted text."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import QCoreApplication, QSize, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from studio.base import paths
from studio.ui import theme
from studio.ui.widgets import muted, named

# Distributions whose version matters when somebody reports a fault.
_PARTS = ("PySide6", "numpy", "onnx", "onnxruntime", "pyqtgraph", "unicorn", "ziglang")


def versions() -> tuple[tuple[str, str], ...]:
    """Name and version of the program, what it runs on, and its main libraries."""
    return (
        ("CIM Studio", _version("cim-studio")),
        ("Python", platform.python_version()),
        (platform.system() or "?", platform.release()),
        *((name, _version(name)) for name in _PARTS),
    )


def show_about(parent: QWidget) -> QDialog:
    """A dialog with the versions, and a button that copies them."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(_tr("About CIM Studio"))
    logo = QLabel()
    colours = theme.current()
    logo.setPixmap(theme.pixmap("app", 64, colours.accent, dialog.devicePixelRatioF()))
    name = QLabel("CIM Studio")
    name.setFont(theme.sized(1.8, bold=True))
    line = muted(QLabel(_tr("From an ONNX model to a compute-in-memory chip.")))
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(name)
    words.addWidget(line)
    head = QHBoxLayout()
    head.setSpacing(16)
    head.addWidget(logo)
    head.addLayout(words, 1)
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    for row, (part, version) in enumerate(versions()):
        grid.addWidget(muted(QLabel(part)), row, 0)
        value = named(QLabel(version), f"version-{part}")
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(value, row, 1)
    grid.setColumnStretch(1, 1)
    copy = QPushButton(_tr("Copy"))
    copy.clicked.connect(_copy)
    buttons = _closing(dialog)
    buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 24, 24, 16)
    column.setSpacing(20)
    column.addLayout(head)
    column.addLayout(grid)
    column.addWidget(buttons)
    dialog.open()
    return dialog


def show_document(parent: QWidget, title: str, name: str) -> QDialog:
    """A Markdown file of the program's own folder, to read; not modal."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    browser = _Browser()
    browser.setOpenExternalLinks(True)
    browser.document().setDocumentMargin(20)
    browser.document().setMarkdown(
        (paths.resources().parent / name).read_text(encoding="utf-8"),
        QTextDocument.MarkdownFeature.MarkdownDialectGitHub,
    )
    column = QVBoxLayout(dialog)
    column.setContentsMargins(0, 0, 0, 12)
    column.addWidget(browser)
    foot = QHBoxLayout()
    foot.setContentsMargins(16, 0, 16, 0)
    foot.addWidget(_closing(dialog))
    column.addLayout(foot)
    dialog.resize(QSize(820, 640).boundedTo(parent.window().size() * 0.9))
    dialog.show()
    return dialog


class _Browser(QTextBrowser):
    """Loads pictures of our own folder, as wide as there is room, and nothing else."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802  (Qt's name)
        """Only pictures inside our folder: a document fetches nothing from the network."""
        url = QUrl(name)
        root = paths.resources().parent.resolve()
        file = (root / url.toString()).resolve()
        picture = kind == QTextDocument.ResourceType.ImageResource.value
        if not picture or url.scheme() or not file.is_relative_to(root) or not file.is_file():
            return QImage()
        image = QImage(str(file))
        room = max(self.viewport().width() - 60, 400)
        if image.width() > room:
            return image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
        return image


def _closing(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox()
    close = QPushButton(_tr("Close"))
    buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
    buttons.rejected.connect(dialog.reject)
    return buttons


def _copy() -> None:
    text = "\n".join(f"{name} {version}" for name, version in versions())
    QGuiApplication.clipboard().setText(text)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "?"


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)
