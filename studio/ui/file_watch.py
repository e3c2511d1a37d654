"""Tells when files change on disk, however another program writes them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

_QUIET = 150  # milliseconds without another change: programs write in several steps


class FileWatch(QObject):
    """Emits ``touched`` some time after one of the watched files may have changed.

    Besides each file its folder is watched, or where that is gone the nearest one that is there:
    many programs write a new file and rename it over the old one, which ends a watch.
    """

    touched = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._paths: tuple[Path, ...] = ()
        self._watcher: QFileSystemWatcher | None = None
        self._timer = QTimer(self, interval=_QUIET, singleShot=True)
        self._timer.timeout.connect(self._tell)

    def watch(self, paths: Iterable[Path]) -> None:
        """Watch these files from now on."""
        self._paths = tuple(paths)
        self._renew()

    def _renew(self) -> None:
        wanted = set()
        for path in self._paths:
            if path.exists():
                wanted.add(str(path))
            wanted.add(str(_nearest(path.parent)))
        if self._watcher is None:
            if not wanted:
                return
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(self._on_change)
            self._watcher.directoryChanged.connect(self._on_change)
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(list(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(list(wanted - watched))

    def _on_change(self) -> None:
        self._timer.start()

    def _tell(self) -> None:
        self._renew()
        self.touched.emit()


def _nearest(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
