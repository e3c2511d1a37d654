"""What is dropped: what becomes of it, what is kept on disk, and what the messages say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio import history, project_file, target
from studio.base import paths
from studio.base import settings as settings_file
from studio.base.errors import StudioError
from studio.mapper.options import Place
from studio.options import Build, Options
from studio.target import Run
from studio.ui import files, project_saver
from studio.ui.records import NewProject
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.workspace import Workspace
from studio.worker import Finished, StageDone
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker


class Session:
    """A workspace with its runner, and what it showed."""

    def __init__(
        self, qtbot: QtBot, workspace: Workspace, runner: TaskRunner, background: ScriptedWorker
    ) -> None:
        self.qtbot, self.workspace, self.runner = qtbot, workspace, runner
        self.background = background
        self.errors: list[StudioError] = []
        self.notices: list[str] = []
        runner.failed.connect(self.errors.append)
        workspace.error.connect(self.errors.append)
        workspace.notice.connect(self.notices.append)

    def offer(self, *paths_offered: Path) -> None:
        """Drop files, and let the worker open and read them."""
        self.workspace.files_offered.emit([str(path) for path in paths_offered])
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.runner.state is State.IDLE or self._reading())
        if self._reading():
            graph = StageDone("graph", artifacts.network(), 0.1, False)
            self.background.report(graph, Finished())
        self.qtbot.waitUntil(lambda: self.runner.state is State.IDLE)

    def _reading(self) -> bool:
        return self.background.busy and self.runner.state is State.CHECKING and not self._opening()

    def _opening(self) -> bool:
        return bool(self.background._events)

    @property
    def error(self) -> StudioError:
        (found,) = self.errors
        return found


@pytest.fixture
def session(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Session]:
    monkeypatch.setattr(project_saver, "PAUSE", 20)
    yield Session(qtbot, workspace, runner, background)


@pytest.fixture
def opened(session: Session, example: Path) -> Session:
    """With the digits project open."""
    session.offer(example)
    assert session.workspace.project is not None
    return session


def on_disk(session: Session) -> project_file.ProjectFile:
    assert session.workspace.project is not None
    return project_file.load(session.workspace.project.folder)


# -- models and projects


def test_the_model_shows_at_once_and_then_lies_in_its_project(
    session: Session, example: Path, tmp_path: Path
) -> None:
    workspace = session.workspace
    shown: list[Path | None] = []
    workspace.model_changed.connect(lambda: shown.append(workspace.model))
    workspace.files_offered.emit([str(example)])
    assert (workspace.model, workspace.data) == (example, example.with_suffix(".npz"))
    session.settle()
    folder = tmp_path / "digits"
    assert workspace.project is not None
    assert workspace.project.folder == folder
    assert workspace.model == folder / "digits.onnx"
    assert workspace.data == folder / "digits.npz"
    assert workspace.out == folder / "results"
    assert workspace.network is not None
    # The graph was drawn once: the copy is the same model.
    assert shown == [example]
    assert workspace.settings.recent == (str(folder),)
    assert settings_file.load().recent == (str(folder),)


def test_a_project_opens_without_the_worker(opened: Session, example: Path) -> None:
    folder = on_disk(opened).folder
    changed = replace(on_disk(opened), options=Options(percentile=99.0))
    opened.workspace.set_project(None)
    opened.workspace.set_model(None, None)
    project_file.save(changed)
    calls = len(opened.background.calls)
    for path in (folder, folder / "project.toml", folder / "digits.onnx"):
        opened.workspace.files_offered.emit([str(path)])
        assert opened.workspace.options.percentile == 99.0
        assert opened.workspace.model == folder / "digits.onnx"
        opened.settle()
    assert len(opened.background.calls) == calls
    assert opened.errors == []


def test_a_project_without_its_files(opened: Session) -> None:
    project = on_disk(opened)
    assert project.model is not None
    assert project.data is not None
    project.data.unlink()
    opened.offer(project.folder)
    assert opened.workspace.data is None
    assert "data is missing" in opened.notices[-1]
    project.model.unlink()
    opened.offer(project.folder)
    assert opened.error.message == "The project's model is missing."
    assert opened.error.where == str(project.model)


def test_a_project_that_leads_out_of_its_folder_is_not_opened(
    session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    text = 'schema = 1\nmodel = "../../secret.onnx"\n'
    (folder / "project.toml").write_text(text, encoding="utf-8")
    session.offer(folder)
    assert "does not lie in the project's folder" in session.error.message
    assert session.workspace.project is None


def test_a_failed_copy_leads_back_to_the_welcome_page(
    qtbot: QtBot, workspace: Workspace, background: ScriptedWorker, example: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_bytes(b"")
    runner = TaskRunner(workspace, background, results=blocked)
    session = Session(qtbot, workspace, runner, background)
    session.offer(example)
    assert "no project can be made here" in session.error.message
    assert workspace.model is None
    runner.close()


def test_cancelling_the_opening_leads_back(session: Session, example: Path) -> None:
    session.workspace.files_offered.emit([str(example)])
    session.background._events.clear()
    session.runner.cancel()
    session.settle()
    assert session.workspace.model is None
    assert session.errors == []


def test_data_dropped_first_waits_for_the_model(
    session: Session, example: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.npy"
    np.save(mine, np.zeros((2, 1, 8, 8)))
    session.offer(mine)
    assert session.workspace.data == mine
    session.offer(example)
    assert session.workspace.data == tmp_path / "digits" / "mine.npy"


def test_a_template_makes_a_project_and_shows_its_guide(session: Session, tmp_path: Path) -> None:
    shown: list[Path] = []
    session.workspace.file_requested.connect(lambda path, _line: shown.append(path))
    session.workspace.task_requested.emit(NewProject("wake-word"))
    session.settle()
    workspace = session.workspace
    assert workspace.project is not None
    assert workspace.project.template == "wake-word"
    assert workspace.model == tmp_path / "wake-word" / "wake-word.onnx"
    assert workspace.options.signed == "pn"
    assert shown == [tmp_path / "wake-word" / "README.txt"]
    assert workspace.network is not None


# -- what belongs to a project


def test_data_is_copied_into_the_project(opened: Session, tmp_path: Path) -> None:
    mine = tmp_path / "我的 data.npz"
    np.savez(mine, x=np.zeros((2, 1, 8, 8)), y=[0, 1])
    opened.offer(mine)
    inside = tmp_path / "digits" / mine.name
    assert opened.workspace.data == inside
    assert inside.is_file()
    assert on_disk(opened).data == inside


def test_a_folder_of_pictures_becomes_data(opened: Session, tmp_path: Path) -> None:
    for name in ("0", "1"):
        (tmp_path / "pics" / name).mkdir(parents=True)
        Image.new("L", (8, 8), 255).save(tmp_path / "pics" / name / "a.png")
    opened.offer(tmp_path / "pics")
    assert opened.workspace.data == tmp_path / "digits" / "data.npz"
    assert "2 pictures became samples" in opened.notices[-1]
    (note,) = [own for own in opened.workspace.problems if own.source == "open"]
    assert note.severity == "note"


def test_layer_options_can_be_taken_back(opened: Session, tmp_path: Path) -> None:
    path = tmp_path / "opt.protobuf"
    path.write_text('layerOptiConfig { name: "/conv1/Conv" }', encoding="utf-8")
    opened.offer(path)
    workspace = opened.workspace
    assert workspace.options.layer_options == tmp_path / "digits" / "opt.protobuf"
    workspace.undo.undo()
    assert workspace.options.layer_options is None


def test_a_chip_file_is_used_and_kept(opened: Session, tmp_path: Path) -> None:
    text = paths.resource("chips", "wtm2101.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('name = "WTM2101"', 'name = "Mine"'), encoding="utf-8")
    opened.offer(path)
    workspace = opened.workspace
    assert workspace.chip.name == "Mine"
    assert workspace.options.chip == str(tmp_path / "digits" / "mine.toml")
    workspace.undo.undo()
    assert workspace.chip.name == "WTM2101"


def test_a_layout_is_shown_beside_even_without_a_project(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "map"
    folder.mkdir()
    (folder / "layers.txt").write_text(
        "128, 137, 0, 9, 0, 3, 256\n200, 209, 0, 9, 0, -1, 512\n", encoding="utf-8"
    )
    for path in (folder, folder / "layers.txt"):
        session.workspace.set_reference(None)
        session.offer(path)
        found = session.workspace.reference_layout
        assert found is not None
        assert [own.column for own in found.blocks] == [128, 200]
        assert found.gains == (256, 512)
    assert session.errors == []


def test_a_wmproject_gives_its_settings(opened: Session, tmp_path: Path) -> None:
    path = tmp_path / "kws.wmproject"
    path.write_text(
        '<WitmemStudio_project_file><Project name="kws"><Configuration name="Small">'
        '<Compiler c_preprocessor_definitions="A;B"/></Configuration></Project>'
        "</WitmemStudio_project_file>",
        encoding="utf-8",
    )
    opened.offer(path)
    project = on_disk(opened)
    assert Build("Small") in project.builds
    assert project.imported["configurations"]["Small"]["definitions"] == ["A", "B"]
    assert "New builds: Small" in opened.notices[-1]


def test_what_needs_a_project_says_so(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "opt.protobuf"
    path.write_text("", encoding="utf-8")
    session.offer(path)
    assert session.error.message == "There is no project yet to take this into."


def test_a_broken_file_changes_nothing(opened: Session, tmp_path: Path) -> None:
    path = tmp_path / "opt.protobuf"
    path.write_text("oops oops", encoding="utf-8")
    before = on_disk(opened)
    opened.offer(path)
    assert "not readable as layer options" in opened.error.message
    assert opened.workspace.options.layer_options is None
    assert on_disk(opened) == before


def test_nothing_is_opened_while_a_deploy_runs(opened: Session, tmp_path: Path) -> None:
    mine = tmp_path / "mine.npy"
    np.save(mine, np.zeros((2, 1, 8, 8)))
    opened.runner.deploy()
    data = opened.workspace.data
    opened.workspace.files_offered.emit([str(mine)])
    assert opened.error.message == "A deploy is running."
    assert opened.workspace.data == data


# -- saving


def test_changes_are_saved_after_a_moment_and_survive(opened: Session) -> None:
    workspace = opened.workspace
    place = Place("fc", *[1] * 9)
    workspace.edit_options("Change", percentile=98.5)
    workspace.edit_options("Change", places=(place,))
    opened.qtbot.waitUntil(lambda: on_disk(opened).options.places == (place,))
    assert on_disk(opened).options == workspace.options
    workspace.undo.undo()
    opened.qtbot.waitUntil(lambda: on_disk(opened).options.places == ())
    assert on_disk(opened).options.percentile == 98.5


def test_closing_saves_at_once(opened: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.workspace.edit_options("Change", tile_rows=64)
    opened.runner.close()
    assert on_disk(opened).options.tile_rows == 64


def test_another_project_does_not_lose_the_last_change(
    opened: Session, tmp_path: Path, example: Path
) -> None:
    first = on_disk(opened).folder
    other = tmp_path / "other.onnx"
    shutil.copy(example, other)
    opened.workspace.edit_options("Change", tile_rows=64)
    opened.offer(other)
    assert on_disk(opened).folder == tmp_path / "other"
    assert project_file.load(first).options.tile_rows == 64
    assert opened.workspace.options == Options()
    assert on_disk(opened).options == Options()


def test_builds_of_the_project_are_saved(opened: Session) -> None:
    project = opened.workspace.project
    assert project is not None
    builds = (Build("Mine", "gcc", 5, True),)
    opened.workspace.set_project(replace(project, builds=builds))
    opened.qtbot.waitUntil(lambda: on_disk(opened).builds == builds)


def test_files_chosen_elsewhere_are_brought_in(opened: Session, tmp_path: Path) -> None:
    path = tmp_path / "opt.protobuf"
    path.write_text("", encoding="utf-8")
    opened.workspace.edit_options("Choose", layer_options=path)
    inside = tmp_path / "digits" / "opt.protobuf"
    opened.qtbot.waitUntil(lambda: opened.workspace.options.layer_options == inside)
    opened.qtbot.waitUntil(lambda: on_disk(opened).options.layer_options == inside)


def test_a_project_file_that_cannot_be_saved_is_told(opened: Session) -> None:
    project = on_disk(opened)
    project.file.write_text("broken [", encoding="utf-8")
    opened.workspace.edit_options("Change", tile_rows=64)
    opened.qtbot.waitUntil(lambda: bool(opened.errors))
    assert "cannot be saved" in opened.error.message


def test_every_run_adds_to_the_history(
    opened: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def board(*rest: object) -> Run:
        return artifacts.run()

    monkeypatch.setattr(target, "run_image", board)
    network = artifacts.qnetwork()
    opened.runner.deploy()
    opened.background.report(
        StageDone("quantize", network, 0.5, False),
        StageDone("simulate", artifacts.simulation(), 0.5, False),
        StageDone("map", artifacts.layout(network), 0.5, False),
        StageDone("build", artifacts.image(tmp_path), 0.5, False),
        Finished(),
    )
    opened.qtbot.waitUntil(lambda: opened.workspace.run is not None)
    assert opened.errors == []
    (entry,) = history.read(tmp_path / "digits")
    assert (entry.accuracy, entry.accuracy_float) == (0.975, 0.9778)
    assert entry.array_use == 0.098
    assert entry.seconds == pytest.approx(2 + 1.4)
    assert entry.chip == "WTM2101"


# -- what cannot be taken


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("net.pt", "This is a PyTorch file.", "torch.onnx.export"),
        ("net.PTH", "This is a PyTorch file.", "torch.onnx.export"),
        ("net.tflite", "This is a TensorFlow Lite model.", "tf2onnx"),
        ("net.h5", "This is a Keras or TensorFlow file.", "tf2onnx"),
        ("net.pb", "This is a Keras or TensorFlow file.", "tf2onnx"),
        ("all.zip", "This is an archive.", "Unpack it"),
        ("data.csv", "This looks like a table.", "numpy.savez"),
        ("map.csv", "This is the programming file of a layout.", "layers.txt"),
        ("data.pkl", "This is a Python pickle.", "never loaded"),
        ("cat.png", "This is a single picture.", "folder"),
        ("yes.wav", "This is a sound file.", "features"),
        ("net.onnx.data", "This holds only the weights of a model.", ".onnx file"),
        ("net.xyz", ".xyz files cannot be opened here.", "What can be dropped"),
        ("net", "A file without an ending cannot be opened here.", "What can be dropped"),
    ],
)
def test_foreign_files_get_an_exact_message(
    session: Session, tmp_path: Path, name: str, message: str, hint: str
) -> None:
    (tmp_path / name).write_bytes(b"")
    session.offer(tmp_path / name)
    assert session.error.message == message
    assert hint in session.error.hint
    assert session.error.where == str(tmp_path / name)


def test_text_goes_to_the_editor_and_the_rest_to_the_project(
    session: Session, tmp_path: Path, example: Path
) -> None:
    source, table = tmp_path / "main.c", tmp_path / "notes.csv"
    source.write_text("int x;\n", encoding="utf-8")
    table.write_text("a,b\n", encoding="utf-8")
    # With nothing open a table is rather somebody's samples.
    session.offer(table)
    assert session.errors.pop().message == "This looks like a table."
    session.offer(source, example)
    assert session.workspace.model is not None
    session.offer(table)
    assert [own.path.name for own in session.workspace.documents.all] == ["main.c", "notes.csv"]
    assert session.errors == []
    session.offer(tmp_path / "gone.c")
    assert session.errors[0].message == "There is no such file."


def test_missing_files_empty_folders_and_too_many(tmp_path: Path, example: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudioError, match="There is no such file"):
        files.sort([str(tmp_path / "gone.onnx")])
    with pytest.raises(StudioError, match="holds nothing that can be opened"):
        files.sort([str(tmp_path / "empty")])
    second = tmp_path / "second.onnx"
    second.write_bytes(b"")
    with pytest.raises(StudioError, match="several models at once"):
        files.sort([str(example), str(second)])
    (tmp_path / "project.toml").write_text("", encoding="utf-8")
    with pytest.raises(StudioError, match="a project and a model at once"):
        files.sort([str(tmp_path), str(example)])
    (tmp_path / "pics").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "pics" / "a.png")
    with pytest.raises(StudioError, match="samples and a folder of pictures"):
        files.sort([str(tmp_path / "pics"), str(example.with_suffix(".npz"))])


def test_everything_is_sorted_by_what_it_is_for(tmp_path: Path, example: Path) -> None:
    names = ("a.protobuf", "layers.txt", "a.wmproject", "chip.toml")
    for name in names:
        (tmp_path / name).write_bytes(b"")
    paths_offered = [example, example.with_suffix(".npz"), *(tmp_path / name for name in names)]
    found = files.sort([str(path) for path in paths_offered])
    assert found == files.Offer(
        model=example,
        data=example.with_suffix(".npz"),
        layer_options=tmp_path / "a.protobuf",
        layout=tmp_path / "layers.txt",
        maker_project=tmp_path / "a.wmproject",
        chip=tmp_path / "chip.toml",
    )
