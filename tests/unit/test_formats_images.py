"""Folders of pictures: classes by folder or list, size and colours as the model has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import DataError
from studio.base.job import Job
from studio.formats import dataset, image_folder, images
from studio.graph.network import Network


def network(*shape: int, dialect: str = "float") -> Network:
    given = "integer" if dialect == "integer" else "float"
    return Network("n", "n.onnx", given, ("x",), ("x",), (), {}, {"x": shape})  # type: ignore[arg-type]


def picture(path: Path, colour: object, size: tuple[int, int] = (4, 4), mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three classes, a picture each, of one colour."""
    made = tmp_path / "图片 pictures"
    picture(made / "cat" / "1.png", (255, 0, 0), (6, 9))
    picture(made / "ant" / "1.bmp", (0, 255, 0))
    picture(made / "dog" / "1.jpg", (0, 0, 255))
    (made / "dog" / "notes.txt").write_text("no picture", encoding="utf-8")
    (made / ".hidden").mkdir()
    return made


def read(folder: Path, *shape: int, dialect: str = "float") -> images.Pictures:
    return images.read(folder, network(*shape, dialect=dialect), Job())


def of_class(found: images.Pictures, name: str) -> np.ndarray:
    assert found.labels is not None
    place = list(found.labels).index(found.classes.index(name))
    return np.asarray(found.samples[place])


def test_folders_are_classes_in_order(folder: Path) -> None:
    found = read(folder, 1, 3, 8, 8)
    assert found.classes == ("ant", "cat", "dog")
    assert found.samples.shape == (3, 3, 8, 8)
    assert found.samples.dtype == np.float32
    np.testing.assert_array_equal(of_class(found, "cat")[0], np.ones((8, 8)))
    np.testing.assert_array_equal(of_class(found, "cat")[1:], np.zeros((2, 8, 8)))
    assert "8 × 8, RGB, 0 to 1" in found.note
    assert "3 classes: ant, cat, dog" in found.note


@pytest.mark.parametrize(
    ("shape", "sample"),
    [((1, 8, 6, 3), (8, 6, 3)), ((1, 1, 8, 6), (1, 8, 6)), ((1, 8, 6), (8, 6)), ((1, 64), (64,)),
     ((1, 192), (192,))],
)  # fmt: skip
def test_any_form_of_input(folder: Path, shape: tuple[int, ...], sample: tuple[int, ...]) -> None:
    found = read(folder, *shape)
    assert found.samples.shape == (3, *sample)
    green = of_class(found, "ant")
    if shape == (1, 8, 6, 3):
        np.testing.assert_array_equal(green[..., 1], np.ones((8, 6)))
    elif shape[-1] == 192:
        np.testing.assert_array_equal(green.reshape(3, 8, 8)[1], np.ones((8, 8)))
    else:
        assert green.min() == green.max() == np.float32(150 / 255)  # grey of pure green


def test_integer_models_get_integers(folder: Path) -> None:
    found = read(folder, 1, 1, 8, 8, dialect="integer")
    assert of_class(found, "ant").max() == round(150 / 255 * 127)
    assert "0 to 127" in found.note


def test_folders_called_by_number_are_those_classes(tmp_path: Path) -> None:
    for digit in ("0", "2", "10"):
        picture(tmp_path / digit / "a.png", 0, mode="L")
    found = read(tmp_path, 1, 1, 4, 4)
    assert found.labels is not None
    assert sorted(found.labels) == [0, 2, 10]
    assert found.classes[10] == "10"


def test_a_list_beside_flat_pictures(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png"):
        picture(tmp_path / name, 9, mode="L")
    lines = "file,label\na.png,yes\nb.png,no\nc.png,yes\n"
    (tmp_path / "labels.csv").write_text(lines, encoding="utf-8")
    found = read(tmp_path, 1, 1, 4, 4)
    assert found.classes == ("no", "yes")
    assert found.labels is not None
    assert sorted(found.labels) == [0, 1, 1]
    (tmp_path / "labels.csv").write_text("a.png,3\nb.png,0\n", encoding="utf-8")
    assert sorted(read(tmp_path, 1, 1, 4, 4).labels) == [0, 3]  # type: ignore[arg-type]
    (tmp_path / "labels.csv").write_text("a.png,3\nz.png,0\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"no file 'z\.png'"):
        read(tmp_path, 1, 1, 4, 4)


def test_without_classes_there_are_no_labels(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 9, mode="L")
    found = read(tmp_path, 1, 1, 4, 4)
    assert found.labels is None
    assert "no labels" in found.note


def test_the_order_is_mixed_and_always_the_same(tmp_path: Path) -> None:
    for digit in range(4):
        for number in range(8):
            picture(tmp_path / str(digit) / f"{number}.png", number, mode="L")
    first, again = read(tmp_path, 1, 1, 4, 4), read(tmp_path, 1, 1, 4, 4)
    assert first.labels is not None
    assert again.labels is not None
    np.testing.assert_array_equal(first.labels, again.labels)
    assert len(set(first.labels[:8])) > 2


def test_what_is_saved_is_read_as_data(folder: Path, tmp_path: Path) -> None:
    read(folder, 1, 3, 8, 8).save(tmp_path / "data.npz")
    loaded = dataset.load(tmp_path / "data.npz", network(1, 3, 8, 8))
    assert loaded.inputs[0].shape == (3, 3, 8, 8)
    assert sorted(dataset.require_labels(loaded)) == [0, 1, 2]


def test_sixteen_bits_and_transparency(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 65535, np.uint16)).save(tmp_path / "a.png")
    assert read(tmp_path, 1, 1, 4, 4).samples.max() == 1
    picture(tmp_path / "a.png", (255, 255, 255, 0), mode="RGBA")
    assert read(tmp_path, 1, 3, 4, 4).samples.shape == (1, 3, 4, 4)


def test_errors_name_the_picture(folder: Path, tmp_path: Path) -> None:
    (folder / "cat" / "2.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match="cannot be read") as caught:
        read(folder, 1, 3, 8, 8)
    assert caught.value.where.endswith("2.png")
    with pytest.raises(DataError, match="is no picture"):
        read(folder, 1, 7)
    empty = tmp_path / "empty"
    (empty / "below").mkdir(parents=True)
    with pytest.raises(DataError, match="no pictures in this folder"):
        read(empty, 1, 1, 4, 4)


def test_pictures_made_to_fill_the_memory_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(tmp_path / "a.png", 0, (64, 64), "L")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path, 1, 1, 4, 4)
    monkeypatch.setattr(images, "LARGEST", 10)
    with pytest.raises(DataError, match="1 pictures of 4 × 4 take"):
        read(tmp_path, 1, 1, 4, 4)


def test_looking_for_pictures(folder: Path, tmp_path: Path) -> None:
    assert image_folder.holds_pictures(folder)
    assert image_folder.holds_pictures(folder / "cat")
    assert not image_folder.holds_pictures(folder / ".hidden")
    with pytest.raises(DataError, match="more than 2 files"):
        image_folder.entries(folder, most=2)
    with pytest.raises(DataError, match="cannot read this folder"):
        image_folder.entries(tmp_path / "gone")
