"""What menus and the recording bar do with recordings: open, list, export, report."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QProgressDialog, QWidget

from studio.base import paths
from studio.base.errors import StudioError
from studio.base.job import Job
from studio.ui import language, recordings
from studio.ui.aside import Aside
from studio.ui.widgets import named
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.monitor.recording_file import Header
    from studio.monitor.report_data import Seen

_FOLDER = "saved files"  # of workspace.views: where the last file was saved
_STEPS = 1000
_SOON = 400  # milliseconds after which a progress is worth to be shown


def open_recording(parent: QWidget, workspace: Workspace) -> QFileDialog:
    """Ask for a recording and open it; does not block."""
    title = _tr("Open a recording")
    dialog = named(QFileDialog(parent, title, str(recordings.folder(workspace))), "openrecording")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(_tr("Recordings ({0})").format("*.cimrec"))
    dialog.fileSelected.connect(lambda name: workspace.files_offered.emit([name]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def show_recordings(parent: QWidget, workspace: Workspace) -> QDialog:
    """The list of all recordings; does not block."""
    from studio.ui.recordings_dialog import RecordingsDialog  # noqa: PLC0415 - not needed to start

    dialog = RecordingsDialog(workspace, parent)
    dialog.open()
    return dialog


def export(parent: QWidget, workspace: Workspace, recording: Path | None = None) -> QDialog:
    """Ask what to export, and how; does not block.

    Of what the monitor shows, with the curves that show chosen at first, or of a ``recording``.
    """
    from studio.ui.curves_choice import Choice  # noqa: PLC0415 - not needed to start
    from studio.ui.export_dialog import ExportDialog  # noqa: PLC0415

    choice = Choice.of(workspace)
    names = [name for name in choice.order if choice.shows(name)]
    dialog = ExportDialog(workspace, names, recording, parent)
    dialog.open()
    return dialog


def report(parent: QWidget, workspace: Workspace) -> QFileDialog:
    """Ask where to, then write the session report and open it; does not block."""
    kinds = _tr("Web pages (*.html)")

    def write(path: Path) -> None:
        told = _told(workspace)
        folder = workspace.out if _deployed(workspace.out) else None
        app = QApplication.instance()
        speech = language.current(app) if isinstance(app, QApplication) else "en"

        def body(job: Job) -> Path:
            from studio.monitor import saving  # noqa: PLC0415 - slow to import

            return saving.report(job, path, folder, told(), speech)

        work(parent, workspace, _tr("Writing the report"), body, open_outside)

    return ask_where(parent, workspace, _tr("Save the report"), "report", ".html", kinds, write)


def ask_where(
    parent: QWidget,
    workspace: Workspace,
    title: str,
    what: str,
    suffix: str,
    kinds: str,
    then: Callable[[Path], object],
) -> QFileDialog:
    """Ask under which name to save a file, ``what`` being part of the name that is offered."""
    folder = Path(workspace.views.get(_FOLDER) or _best_folder(workspace))
    project, model = workspace.project, workspace.model
    name = project.name if project is not None else model.stem if model is not None else "CIM"
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", f"{name} {what} {time.strftime('%Y-%m-%d %H-%M')}")
    dialog = named(QFileDialog(parent, title), "saveas")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(kinds)
    dialog.setDirectory(str(folder))
    dialog.setDefaultSuffix(suffix[1:])
    dialog.selectFile(name + suffix)

    def chosen(file: str) -> None:
        workspace.views[_FOLDER] = str(Path(file).parent)
        then(Path(file))

    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


class _Progress(QProgressDialog):
    """Hears of what is done as long as it is there: the work may go on without it."""

    def show_part(self, part: float, _text: str) -> None:
        self.setValue(round(part * _STEPS))


def work(
    parent: QWidget,
    workspace: Workspace,
    text: str,
    body: Callable[[Job], Path],
    then: Callable[[Path], object] = lambda _path: None,
) -> Aside:
    """Have a file made on a thread, with a progress that can cancel where it takes a while."""
    monitoring = workspace.monitoring

    def done(path: Path) -> None:
        workspace.notice.emit(_tr("Saved {0}").format(path))
        monitoring.saved.emit(path)
        then(path)

    def failed(error: StudioError | None) -> None:
        if error is None:
            workspace.notice.emit(_tr("Cancelled: nothing was saved."))
        else:
            workspace.error.emit(error)

    # Not the dialog's: the window may be built again meanwhile.
    aside = Aside(monitoring, body, done, failed)
    dialog = named(_Progress(text, _tr("Cancel"), 0, _STEPS, parent), "saving")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(text)
    dialog.setMinimumDuration(_SOON)
    dialog.setAutoClose(False)
    dialog.setAutoReset(False)
    dialog.setValue(0)
    aside.stepped.connect(dialog.show_part)
    aside.ended.connect(dialog.close)
    dialog.canceled.connect(aside.cancel)
    return aside


def show_folder(path: Path) -> None:
    """The folder of a file, in the file manager."""
    open_outside(path.parent)


def open_outside(path: Path) -> None:
    """A file or folder in whatever program the system has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _best_folder(workspace: Workspace) -> Path:
    if workspace.project is not None:
        return workspace.project.folder
    home = paths.work()
    return home if home.is_dir() else Path.home()


def _deployed(out: Path | None) -> bool:
    """Whether a results folder holds something to report."""
    return out is not None and any((out / name).exists() for name in ("result.json", "quantized"))


def _told(workspace: Workspace) -> Callable[[], Seen | Path | None]:
    """What a report tells of the session; to be called on a thread."""
    monitoring = workspace.monitoring
    if monitoring.replay is not None:
        file = monitoring.replay.recording.parts[0].path
        return lambda: file
    live, header = monitoring.live, _header(workspace)

    def seen() -> Seen | None:
        from studio.monitor import saving  # noqa: PLC0415 - slow to import

        return saving.seen_live(live, header()) if live.log.size else None

    return seen


def _header(workspace: Workspace) -> Callable[[], Header]:
    project, image, tape = workspace.project, workspace.image, workspace.monitoring.tape
    port, baud = (tape.port, tape.baud) if tape is not None else ("", 0)
    name = project.name if project is not None else ""
    tag = f"{image.tag:08x}" if image is not None else ""

    def header() -> Header:
        from studio.monitor.recording_file import Header  # noqa: PLC0415 - slow to import

        return Header(port, baud, "", name, tag)

    return header


def _tr(text: str) -> str:
    return QCoreApplication.translate("SessionFiles", text)
