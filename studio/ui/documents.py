"""The open text files: they belong to the Workspace and outlive the window that shows them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from studio.base import files
from studio.base.errors import ProjectError, StudioError
from studio.ui import text_file
from studio.ui.document import Document
from studio.ui.file_watch import FileWatch

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

_KEEP = 3000  # milliseconds between two copies of unsaved texts
ZOOM = (60, 300)  # percent


class Keeper(Protocol):
    """Where copies of unsaved texts go, for after a crash."""

    def save(self, name: str, text: str) -> None:
        """Keep ``text`` under ``name``, in place of what was kept under it."""

    def clear(self, name: str) -> None:
        """Forget it: it was saved, or nobody wants it."""


class Documents(QObject):
    """Opens, saves and watches text files.

    ``opened``, ``closed`` and ``changed`` carry a Document; ``current_changed`` nothing. ``zoom``
    (percent) and ``wrap`` are the view's, kept for the next window.
    """

    opened = Signal(object)
    closed = Signal(object)
    changed = Signal(object)
    current_changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self.all: list[Document] = []
        self.current: Document | None = None
        self.zoom = 100
        self.wrap = False
        self._keeper: Keeper | None = None
        self._to_keep: set[Document] = set()
        self._watch = FileWatch(self)
        self._watch.touched.connect(self.check)
        self._timer = QTimer(self, interval=_KEEP, singleShot=True)
        self._timer.timeout.connect(self.keep_copies)
        workspace.file_requested.connect(self.show)
        workspace.project_changed.connect(self._mark_generated)
        workspace.model_changed.connect(self._mark_generated)
        for signal in (workspace.image_changed, workspace.layout_changed, workspace.deployed):
            signal.connect(self.check)

    @property
    def unsaved(self) -> list[Document]:
        """Documents whose text is not on disk."""
        return [document for document in self.all if document.modified]

    def find(self, path: Path) -> Document | None:
        """The open document of a file."""
        path = _resolved(path)
        return next((document for document in self.all if document.path == path), None)

    # -- opening and closing

    def open(self, path: Path) -> Document:
        """The file's document, now the current one. Raises DataError where it is no text."""
        document = self.find(path)
        if document is None:
            path = _resolved(path)
            document = Document(path, text_file.read(path), self)
            self._add(document)
        self.set_current(document)
        return document

    def show(self, path: Path, line: int = 0) -> None:
        """Open a file at a line (from 1) and show the editor; an error is shown."""
        try:
            document = self.open(Path(path))
        except StudioError as error:
            self._workspace.error.emit(error)
            return
        if line > 0:
            document.go_to(line)
        self._workspace.panel_requested.emit("editor")

    def close(self, document: Document) -> None:
        """Close a document, whether it is saved or not."""
        place = self.all.index(document)
        self.all.remove(document)
        self._forget_copy(document)
        if self.current is document:
            left = self.all[max(0, place - 1)] if self.all else None
            self.set_current(left)
        self.closed.emit(document)
        self._watch_all()
        document.deleteLater()

    def set_current(self, document: Document | None) -> None:
        """Show another document."""
        if document is not self.current:
            self.current = document
            self.current_changed.emit()

    # -- saving

    def save(self, document: Document) -> None:
        """Write a document to its file.

        Raises ProjectError, also for a read-only one and where another program has written the
        file meanwhile: the user has to say first which text is wanted.
        """
        if document.read_only:
            raise ProjectError(
                self.tr("This text is read-only."),
                hint=self.tr("Save it under another name to change it."),
                where=str(document.path),
            )
        self.check()
        if document.disk == "changed":
            raise ProjectError(
                self.tr("The file was changed by another program."),
                hint=self.tr("Choose Reload or Keep mine above the text first."),
                where=str(document.path),
            )
        document.save()
        self._forget_copy(document)
        self._watch_all()

    def save_as(self, document: Document, path: Path) -> None:
        """Write a document to another file, which it is from then on.

        Raises ProjectError, also where that file is open as another document, or is one that
        builds write.
        """
        path = _resolved(path)
        other = self.find(path)
        if other is document:
            self.save(document)
            return
        if other is not None or self.is_generated(path) or not document.whole:
            hint = self.tr("Choose another name.")
            if not document.whole:
                hint = self.tr("The text is not shown as it is. Copy the file instead.")
            raise ProjectError(
                self.tr("The text cannot be saved there."), hint=hint, where=str(path)
            )
        self._forget_copy(document)
        document.save(path)
        document.set_generated(False)
        self._watch_all()

    def save_all(self) -> None:
        """Save every document that needs it. Raises ProjectError at the first that fails."""
        for document in self.unsaved:
            self.save(document)

    def reload(self, document: Document) -> None:
        """Read a document's file again, and forget what was changed. Raises DataError."""
        document.reload()
        self._forget_copy(document)
        self._watch_all()

    def keep_mine(self, document: Document) -> None:
        """Go on with the text as it is, whatever lies on disk; saving then replaces that."""
        with contextlib.suppress(OSError):  # gone, and saving makes it again
            document.keep_mine(text_file.changed(document.path, document.stamp) or document.stamp)
        document.text.setModified(True)
        document.set_disk("same")
        self._on_edit(document)

    def copy_of(self, document: Document) -> Document:
        """A copy of a generated file among the user's own, opened; one that is there is kept.

        Raises ProjectError.
        """
        folder = self.own_folder
        if folder is None:
            raise ProjectError(
                self.tr("There is no project to put the copy into."),
                hint=self.tr("Open a model or a project first."),
            )
        path = folder / document.name
        try:
            if not path.exists():
                files.write_bytes(path, document.path.read_bytes())
        except OSError as error:
            raise ProjectError(
                self.tr("This file cannot be read: {0}.").format(error.strerror),
                hint=self.tr("Build again, then make the copy."),
                where=str(document.path),
            ) from error
        line = document.line
        copy = self.open(path)
        if not copy.loading:
            copy.go_to(line + 1)
            copy.mark = -1
        return copy

    # -- where files lie

    @property
    def own_folder(self) -> Path | None:
        """Where the user's own sources go: ``src`` in the project, or beside the results."""
        if self._workspace.project is not None:
            return self._workspace.project.folder / "src"
        out = self._workspace.out
        return None if out is None else out.with_name(f"{out.name}-src")

    def is_generated(self, path: Path) -> bool:
        """Whether a deploy writes this file: it lies in the results folder."""
        results = [self._workspace.out]
        if self._workspace.project is not None:
            results.append(self._workspace.project.results.folder)
        path = _resolved(path)
        return any(path.is_relative_to(_resolved(folder)) for folder in results if folder)

    def is_own(self, path: Path) -> bool:
        """Whether it lies among the user's own sources."""
        folder = self.own_folder
        return folder is not None and _resolved(path).is_relative_to(_resolved(folder))

    # -- what happens on disk

    def check(self) -> None:
        """Look whether files changed: texts without changes are read again, others say so."""
        for document in list(self.all):
            try:
                stamp = text_file.changed(document.path, document.stamp)
            except FileNotFoundError:
                document.set_disk("gone")
                continue
            except OSError:
                continue  # being written just now; the watch tells when it is done
            if stamp is None:
                document.set_disk("same")
            elif document.modified:
                document.set_disk("changed")
            else:
                self._read_again(document)
        self._watch_all()

    def _read_again(self, document: Document) -> None:
        try:
            document.reload()
        except StudioError:
            document.set_disk("changed")
            return
        if not document.generated:
            text = self.tr("{0} was changed by another program and has been read again.")
            self._workspace.notice.emit(text.format(document.name))

    # -- copies for after a crash

    def keep_in(self, keeper: Keeper) -> None:
        """Keep copies of unsaved texts there from now on."""
        self._keeper = keeper

    def keep_copies(self) -> None:
        """Keep what was changed since the last time."""
        if self._keeper is not None:
            for document in self._to_keep:
                if document.modified:
                    self._keeper.save(str(document.path), document.content())
        self._to_keep.clear()

    def restore(self, texts: Mapping[str, str]) -> None:
        """Open unsaved texts, by path, as they were left; of files that are gone, too."""
        for name, text in texts.items():
            path = Path(name)
            try:
                document = self.open(path)
            except StudioError:
                document = Document(path, text_file.EMPTY, self)
                document.set_disk("gone")
                self._add(document)
                self.set_current(document)
            document.set_text(text)

    # -- inside

    def _add(self, document: Document) -> None:
        self.all.append(document)
        document.changed.connect(self._on_changed)
        document.edited.connect(self._on_edited)
        document.set_generated(self.is_generated(document.path))
        self.opened.emit(document)
        self._watch_all()

    def _watch_all(self) -> None:
        self._watch.watch(document.path for document in self.all)

    def _mark_generated(self) -> None:
        for document in self.all:
            document.set_generated(self.is_generated(document.path))

    def _on_changed(self) -> None:
        document = self.sender()
        if isinstance(document, Document):
            self.changed.emit(document)

    def _on_edited(self) -> None:
        document = self.sender()
        if isinstance(document, Document):
            self._on_edit(document)

    def _on_edit(self, document: Document) -> None:
        self._to_keep.add(document)
        if not self._timer.isActive():
            self._timer.start()

    def _forget_copy(self, document: Document) -> None:
        self._to_keep.discard(document)
        if self._keeper is not None:
            self._keeper.clear(str(document.path))


def _resolved(path: Path) -> Path:
    """The file itself, so that saving through a link does not replace the link."""
    return path.resolve()
