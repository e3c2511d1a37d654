"""Samples and labels: shapes accepted, and each way a file can be wrong."""

from __future__ import annotations

import numpy as np
import pytest

from studio.base.errors import DataError
from studio.formats.dataset import load, load_calibration, require_labels
from studio.graph.network import Network


def network(**shapes):
    names = tuple(shapes)
    return Network("net", "net.onnx", "float", names, (), (), {}, shapes)


IMAGE = network(pixels=(1, 1, 8, 6))
X = np.arange(5 * 48, dtype=np.float32).reshape(5, 1, 8, 6)


def npz(tmp_path, **arrays):
    path = tmp_path / "数据 data.npz"
    np.savez(path, **arrays)
    return path


def npy(tmp_path, array):
    path = tmp_path / "data.npy"
    np.save(path, array)
    return path


@pytest.mark.parametrize("shape", [(5, 1, 8, 6), (5, 8, 6), (5, 48), (5, 8, 6, 1), (5, 2, 24)])
def test_any_shape_with_the_same_elements_in_order_is_taken(tmp_path, shape):
    dataset = load(npy(tmp_path, X.reshape(shape)), IMAGE)
    assert len(dataset) == 5
    assert dataset.labels is None
    np.testing.assert_array_equal(dataset.inputs[0], X)


@pytest.mark.parametrize("shape", [(1, 8, 6), (8, 6), (48,), (1, 1, 8, 6)])
def test_a_single_sample_needs_no_sample_axis(tmp_path, shape):
    dataset = load(npy(tmp_path, X[0].reshape(shape)), IMAGE)
    np.testing.assert_array_equal(dataset.inputs[0], X[:1])


def test_a_file_in_fortran_order_is_read_by_its_indices(tmp_path):
    dataset = load(npy(tmp_path, np.asfortranarray(X)), IMAGE)
    np.testing.assert_array_equal(dataset.inputs[0], X)


@pytest.mark.parametrize("key", ["x", "data", "images", "inputs", "pixels"])
@pytest.mark.parametrize("label", ["y", "label", "labels", "targets"])
def test_keys_of_an_npz(tmp_path, key, label):
    path = npz(tmp_path, **{key: X, label: np.arange(5, dtype=np.uint8)})
    dataset = load(path, IMAGE)
    np.testing.assert_array_equal(dataset.inputs[0], X)
    assert dataset.labels.dtype == np.int64
    assert require_labels(dataset).tolist() == [0, 1, 2, 3, 4]
    assert dataset.source == str(path)


def test_the_inputs_own_name_comes_first_and_is_no_label(tmp_path):
    path = npz(tmp_path, x=X + 1, y=X)
    dataset = load(path, network(y=(1, 1, 8, 6)))
    np.testing.assert_array_equal(dataset.inputs[0], X)
    assert dataset.labels is None


def test_several_inputs_by_name_in_the_networks_order(tmp_path):
    two = network(b=(1, 3), a=(1, 2, 2))
    path = npz(tmp_path, a=np.ones((4, 4)), b=np.zeros((4, 3), np.int8), y=np.ones(4))
    dataset = load(path, two)
    assert [samples.shape for samples in dataset.inputs] == [(4, 3), (4, 2, 2)]
    assert dataset.labels.tolist() == [1, 1, 1, 1]


def test_calibration_samples_kept_apart(tmp_path):
    path = npz(tmp_path, x=X, calibration=X[:2].reshape(2, 48))
    np.testing.assert_array_equal(load_calibration(path, IMAGE)[0], X[:2])
    assert load_calibration(npy(tmp_path, X), IMAGE) is None
    assert load_calibration(npz(tmp_path, x=X), IMAGE) is None
    with pytest.raises(DataError, match="expected") as caught:
        load_calibration(npz(tmp_path, x=X, calibration=X[:, :, 1:]), IMAGE)
    assert caught.value.where.endswith("calibration")


def test_calibration_samples_of_several_inputs(tmp_path):
    two = network(b=(1, 3), a=(1, 2))
    ones = np.ones((4, 3))
    path = npz(tmp_path, calibration_a=ones[:, :2], calibration_b=ones)
    assert [x.shape for x in load_calibration(path, two)] == [(4, 3), (4, 2)]
    with pytest.raises(DataError, match="no samples calibration_b"):
        load_calibration(npz(tmp_path, calibration_a=ones[:, :2]), two)
    with pytest.raises(DataError, match="b: 4, a: 3"):
        load_calibration(npz(tmp_path, calibration_a=ones[:3, :2], calibration_b=ones), two)


def test_limit_takes_the_first_samples_and_labels(tmp_path):
    path = npz(tmp_path, x=X, y=np.arange(5))
    dataset = load(path, IMAGE, limit=2)
    assert len(dataset) == 2
    assert dataset.labels.tolist() == [0, 1]
    assert len(load(path, IMAGE, limit=100)) == 5
    with pytest.raises(DataError, match="limit is 0"):
        load(path, IMAGE, limit=0)


def test_types_are_kept_and_truth_values_become_numbers(tmp_path):
    assert load(npy(tmp_path, X.astype(np.int8)), IMAGE).inputs[0].dtype == np.int8
    assert load(npy(tmp_path, X > 9), IMAGE).inputs[0].dtype == np.uint8


def test_an_input_without_batch_axis(tmp_path):
    dataset = load(npy(tmp_path, np.zeros((7, 10))), network(x=(10,)))
    assert dataset.inputs[0].shape == (7, 10)


def test_the_shared_digits_are_read(shared):
    dataset = load(shared / "data" / "mnist_test.npz", network(x=(1, 1, 28, 28)), limit=9)
    assert dataset.inputs[0].shape == (9, 1, 28, 28)
    assert require_labels(dataset).shape == (9,)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([2, 0, 1, 1, 2], np.float64),
        np.array([[2], [0], [1], [1], [2]]),
        np.eye(3)[[2, 0, 1, 1, 2]],
        np.eye(3, dtype=bool)[[2, 0, 1, 1, 2]],
    ],
)
def test_labels_in_every_usual_form(tmp_path, labels):
    dataset = load(npz(tmp_path, x=X, y=labels), IMAGE)
    assert dataset.labels.tolist() == [2, 0, 1, 1, 2]
    assert dataset.labels.dtype == np.int64


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (np.arange(4), "4 labels for 5 samples"),
        (np.array(3), "1 labels for 5 samples"),
        (np.arange(5) + 0.5, "no whole numbers"),
        (np.array([0, 1, np.nan, 1, 0]), "no whole numbers"),
        (np.array([0, 1, np.inf, 1, 0]), "no whole numbers"),
        (np.array([0, 1, -1, 1, 0]), r"lie in -1..1"),
        (np.array(["a"] * 5), "type <U1"),
        (np.full((5, 3), 1 / 3), "not one-hot"),
        (np.ones((5, 3)), "not one-hot"),
        (np.zeros((5, 0)), "not one-hot"),
    ],
)
def test_wrong_labels_are_refused(tmp_path, labels, text):
    with pytest.raises(DataError, match=text) as caught:
        load(npz(tmp_path, x=X, y=labels), IMAGE)
    assert "class indices" in caught.value.hint
    assert caught.value.where.endswith("labels")


def test_missing_labels_are_told_with_a_way_out(tmp_path):
    with pytest.raises(DataError, match="no labels") as caught:
        require_labels(load(npz(tmp_path, x=X), IMAGE))
    assert "--no-labels" in caught.value.hint


@pytest.mark.parametrize("shape", [(5, 47), (5, 1, 8, 7), (240,), (48, 5), ()])
def test_a_shape_that_does_not_match_names_both(tmp_path, shape):
    array = np.zeros(shape)
    with pytest.raises(DataError) as caught:
        load(npy(tmp_path, array), IMAGE)
    assert f"shape {shape}, expected (n, 1, 8, 6)" in caught.value.message
    assert "48 elements" in caught.value.hint


def test_axes_in_another_order_are_not_scrambled(tmp_path):
    color = network(x=(1, 3, 8, 6))
    for shape in ((5, 8, 6, 3), (8, 6, 3), (5, 3, 6, 8)):
        with pytest.raises(DataError, match=r"expected \(n, 3, 8, 6\)") as caught:
            load(npy(tmp_path, np.zeros(shape)), color)
        assert "transpose" in caught.value.hint


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_with_the_sample(tmp_path, value):
    bad = X.copy()
    bad[3, 0, 0, 2] = value
    with pytest.raises(DataError, match=r"sample 3 .*element 2") as caught:
        load(npy(tmp_path, bad), IMAGE)
    assert "pixels" in caught.value.where


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.zeros((0, 48)), "no samples"),
        (np.zeros((5, 48), complex), "complex128, expected numbers"),
        (np.array(["a"] * 48), "expected numbers"),
        (np.zeros(48, "datetime64[s]"), "expected numbers"),
    ],
)
def test_elements_that_are_no_samples_are_refused(tmp_path, array, text):
    with pytest.raises(DataError, match=text):
        load(npy(tmp_path, array), IMAGE)


def test_objects_are_never_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    objects = np.array([Trap()], dtype=object)
    for path in (npy(tmp_path, objects), npz(tmp_path, x=objects)):
        with pytest.raises(DataError, match="never loaded"):
            load(path, IMAGE)


def test_missing_keys_name_those_found(tmp_path):
    with pytest.raises(DataError, match="keys pictures, y") as caught:
        load(npz(tmp_path, pictures=X, y=np.arange(5)), IMAGE)
    assert "pixels" in caught.value.hint
    with pytest.raises(DataError, match="no samples for b; the file has the keys a, x"):
        load(npz(tmp_path, a=X, x=X), network(a=(1, 48), b=(1, 48)))
    with pytest.raises(DataError, match=r"keys \(none\)"):
        load(npz(tmp_path), IMAGE)


def test_an_npy_for_several_inputs_is_refused(tmp_path):
    with pytest.raises(DataError, match="the model has 2 inputs"):
        load(npy(tmp_path, X), network(a=(1, 48), b=(1, 48)))


def test_inputs_with_different_counts_are_refused(tmp_path):
    path = npz(tmp_path, a=np.ones((3, 2)), b=np.ones((4, 2)))
    with pytest.raises(DataError, match="a: 3, b: 4"):
        load(path, network(a=(1, 2), b=(1, 2)))


def test_a_missing_file_is_refused(tmp_path):
    for path in (tmp_path / "no.npz", tmp_path):
        with pytest.raises(DataError, match="no such data file"):
            load(path, IMAGE)


def test_files_that_are_no_numpy_files_are_refused(tmp_path):
    path = tmp_path / "data.npz"
    for content in (b"", b"hello", b"PK\x03\x04", b"\x93NUMPY", b"\x80\x04K\x01."):
        path.write_bytes(content)
        with pytest.raises(DataError, match="file"):
            load(path, IMAGE)


@pytest.mark.parametrize("save", [np.save, np.savez, np.savez_compressed])
def test_truncated_and_damaged_files_are_refused(tmp_path, save):
    path = tmp_path / ("data.npy" if save is np.save else "data.npz")
    random = np.random.default_rng(0).integers(0, 256, (50, 48)).astype(np.uint8)
    if save is np.save:
        save(path, random)
    else:
        save(path, x=random)
    whole = path.read_bytes()
    for length in (5, 40, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError):
            load(path, IMAGE)
    if save is not np.save:  # an .npy has no checksum
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 255
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="damaged"):
            load(path, IMAGE)


def test_a_header_that_promises_too_much_is_refused(tmp_path):
    path = tmp_path / "data.npy"
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 48), }"
    header += b" " * (117 - len(header)) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(DataError, match="damaged"):
        load(path, IMAGE)


FRAME = network(frame=(1, 4))
STREAMS = np.arange(3 * 5 * 4).reshape(3, 5, 4)  # three streams of five steps


@pytest.mark.parametrize("shape", [(3, 5, 4), (3, 5, 1, 4), (3, 5, 2, 2)])
def test_streams_become_their_steps_one_after_another(tmp_path, shape):
    dataset = load(npy(tmp_path, STREAMS.reshape(shape)), FRAME, streams=True)
    assert (len(dataset), dataset.steps) == (15, 5)
    np.testing.assert_array_equal(dataset.inputs[0], STREAMS.reshape(15, 4))


@pytest.mark.parametrize("shape", [(15, 4), (15, 1, 4), (1, 15, 4), (15, 1, 2, 2)])
def test_steps_of_one_stream_need_no_stream_axis(tmp_path, shape):
    dataset = load(npy(tmp_path, STREAMS.reshape(shape)), FRAME, streams=True)
    np.testing.assert_array_equal(dataset.inputs[0], STREAMS.reshape(15, 4))
    assert dataset.steps == (15 if shape == (1, 15, 4) else None)


def test_streams_are_refused_where_samples_are_no_steps(tmp_path):
    with pytest.raises(DataError, match=r"shape \(3, 5, 4\), expected \(n, 4\)\n"):
        load(npy(tmp_path, STREAMS), FRAME)
    with pytest.raises(DataError, match=r"expected \(n, 4\) or \(n, steps, 4\)"):
        load(npy(tmp_path, STREAMS[:, :, 1:]), FRAME, streams=True)
    with pytest.raises(DataError, match="expected") as caught:
        load(npy(tmp_path, STREAMS.transpose(0, 2, 1)), network(x=(4, 1)), streams=True)
    assert "(n, steps, 4, 1)" in caught.value.message


@pytest.mark.parametrize(
    "labels", [np.arange(15) % 3, np.arange(15).reshape(3, 5) % 3, np.eye(3)[np.arange(15) % 3]]
)
def test_each_step_of_a_stream_may_have_a_label(tmp_path, labels):
    dataset = load(npz(tmp_path, x=STREAMS, y=labels), FRAME, streams=True)
    assert dataset.labels.tolist() == [0, 1, 2] * 5


@pytest.mark.parametrize("labels", [np.array([2, 0, 1]), np.eye(4)[[2, 0, 1]]])
def test_the_label_of_a_stream_stands_at_its_last_step(tmp_path, labels):
    dataset = load(npz(tmp_path, x=STREAMS, y=labels), FRAME, streams=True)
    assert dataset.labels.reshape(3, 5).tolist() == [[-1] * 4 + [v] for v in (2, 0, 1)]


def test_labels_that_fit_neither_streams_nor_steps_are_refused(tmp_path):
    with pytest.raises(DataError, match="4 labels for 3 streams of 5 steps"):
        load(npz(tmp_path, x=STREAMS, y=np.arange(4)), FRAME, streams=True)
    with pytest.raises(DataError, match=r"lie in -1\.\.1"):
        load(npz(tmp_path, x=STREAMS, y=np.array([0, 1, -1])), FRAME, streams=True)


def test_limit_counts_streams(tmp_path):
    path = npz(tmp_path, x=STREAMS, y=np.array([2, 0, 1]))
    dataset = load(path, FRAME, limit=2, streams=True)
    assert (len(dataset), dataset.steps) == (10, 5)
    assert dataset.labels.tolist() == [-1, -1, -1, -1, 2, -1, -1, -1, -1, 0]


def test_inputs_share_their_steps(tmp_path):
    two = network(b=(1, 3), a=(1, 2))
    path = npz(tmp_path, b=np.zeros((4, 6, 3)), a=np.zeros((4, 6, 2)))
    assert load(path, two, streams=True).steps == 6
    with pytest.raises(DataError, match=r"different numbers of steps \(b: 6, a: 4\)"):
        load(npz(tmp_path, b=np.zeros((4, 6, 3)), a=np.zeros((6, 4, 2))), two, streams=True)
    with pytest.raises(DataError, match=r"different numbers of steps \(b: none, a: 4\)"):
        load(npz(tmp_path, b=np.zeros((24, 3)), a=np.zeros((6, 4, 2))), two, streams=True)


def test_calibration_samples_may_be_streams(tmp_path):
    path = npz(tmp_path, x=STREAMS, calibration=STREAMS[:2])
    (samples,) = load_calibration(path, FRAME, streams=True)
    np.testing.assert_array_equal(samples, STREAMS[:2].reshape(10, 4))
