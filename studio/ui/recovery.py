"""Unsaved texts, kept on disk while they are edited and offered after a crash."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QLockFile, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.base import files, paths
from studio.base.errors import ProjectError
from studio.ui import language, theme
from studio.ui.widgets import literal, muted, named

_LOCK = "lock"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unsaved:
    """A text that a session left behind: the path of its file, and when it was kept."""

    name: str
    text: str
    saved: datetime


class Recovery:
    """Copies of unsaved texts, by name, in a folder of each session's own.

    A session's folder is locked while its process lives, so a second window leaves the first
    one's alone, and whatever another process left is found by ``load``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._root = folder or paths.cache() / "recovery"
        self._own: Path | None = None
        self._lock: QLockFile | None = None

    def save(self, name: str, text: str) -> None:
        """Keep ``text`` under ``name``, in place of what was kept under it.

        Never fails: where the disk does not take it the log says so.
        """
        content = {"name": name, "saved": datetime.now().isoformat(), "text": text}
        try:
            path = self._session() / _file_name(name)
            files.write_text(path, json.dumps(content, ensure_ascii=False))
        except (OSError, ProjectError) as error:
            _log.warning("an unsaved text cannot be kept: %s", error)

    def clear(self, name: str) -> None:
        """Forget the text of that name: it was saved, or nobody wants it."""
        if self._own is not None:
            (self._own / _file_name(name)).unlink(missing_ok=True)

    def close(self) -> None:
        """Forget everything of this session, which ends as it should."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            self._own = None

    def load(self) -> tuple[Unsaved, ...]:
        """What sessions that ended without ``close`` left, the newest of each name."""
        newest: dict[str, Unsaved] = {}
        for folder in self._left():
            copies = sorted(folder.glob("*.json"))
            if not copies:
                shutil.rmtree(folder, ignore_errors=True)
            for path in copies:
                found = _read(path)
                if found is not None:
                    other = newest.get(found.name)
                    if other is None or other.saved < found.saved:
                        newest[found.name] = found
        return tuple(sorted(newest.values(), key=lambda one: one.name))

    def discard(self) -> None:
        """Remove what ``load`` finds."""
        for folder in self._left():
            shutil.rmtree(folder, ignore_errors=True)

    def _session(self) -> Path:
        """This session's folder, made and locked when first needed."""
        if self._own is None:
            own = self._root / secrets.token_hex(8)
            own.mkdir(parents=True)
            self._lock = _lock(own)
            self._lock.tryLock(0)
            self._own = own
        return self._own

    def _left(self) -> list[Path]:
        """The folders of sessions whose process has ended."""
        try:
            folders = sorted(path for path in self._root.iterdir() if path.is_dir())
        except OSError:
            return []
        left = []
        for folder in folders:
            lock = _lock(folder)
            if folder != self._own and lock.tryLock(0):
                lock.unlock()
                left.append(folder)
        return left


class RecoveryDialog(QDialog):
    """Lists what was left; accepted means restore, ``discard`` is a button of its own."""

    def __init__(self, unsaved: tuple[Unsaved, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Unsaved texts"))
        heading = QLabel(self.tr("CIM Studio ended unexpectedly."))
        heading.setFont(theme.sized(1.15, bold=True))
        body = QLabel(self.tr("These texts had changes that were not saved. They were kept:"))
        body.setWordWrap(True)
        self.list = named(QListWidget(), "unsaved")
        self.list.setAccessibleName(self.tr("Unsaved texts"))
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        locale = QLocale(language.locale())
        for one in unsaved:
            moment = QDateTime.fromSecsSinceEpoch(int(one.saved.timestamp()))
            when = locale.toString(moment, QLocale.FormatType.ShortFormat)
            item = QListWidgetItem(f"{Path(one.name).name}  ·  {when}")
            item.setToolTip(literal(one.name))
            self.list.addItem(item)
        after = muted(QLabel(self.tr("Restoring opens them as they were; nothing is written yet.")))
        after.setWordWrap(True)
        buttons = QDialogButtonBox()
        restore = named(
            buttons.addButton(self.tr("&Restore"), QDialogButtonBox.ButtonRole.AcceptRole),
            "primary",
        )
        restore.setDefault(True)
        self.discard = buttons.addButton(
            self.tr("&Discard"), QDialogButtonBox.ButtonRole.DestructiveRole
        )
        later = buttons.addButton(self.tr("&Later"), QDialogButtonBox.ButtonRole.RejectRole)
        later.setToolTip(self.tr("Ask again at the next start"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        for widget in (heading, body, self.list, after, buttons):
            column.addWidget(widget)
        self.resize(theme.px(480), theme.px(320))


def offer(
    parent: QWidget | None, recovery: Recovery, restore: Callable[[Mapping[str, str]], None]
) -> RecoveryDialog | None:
    """Where an earlier session left unsaved texts, ask what to do with them; does not block.

    ``restore`` gets them by name when the user wants them. They are removed once restored (from
    then on the open documents are kept again) or discarded, and stay if the user says later.
    """
    unsaved = recovery.load()
    if not unsaved:
        return None
    dialog = RecoveryDialog(unsaved, parent)

    def on_accept() -> None:
        restore({one.name: one.text for one in unsaved})
        for one in unsaved:
            # In this session's folder before the old one goes, should it crash again at once.
            recovery.save(one.name, one.text)
        recovery.discard()

    def on_discard() -> None:
        recovery.discard()
        dialog.reject()

    dialog.accepted.connect(on_accept)
    dialog.discard.clicked.connect(on_discard)
    dialog.open()
    return dialog


def _lock(folder: Path) -> QLockFile:
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)  # stale when its process has ended, however long that takes
    return lock


def _file_name(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32] + ".json"


def _read(path: Path) -> Unsaved | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        name, text, saved = content["name"], content["text"], content["saved"]
        if isinstance(name, str) and isinstance(text, str):
            return Unsaved(name, text, datetime.fromisoformat(saved))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        _log.warning("%s cannot be read: %s", path, error)
    return None
