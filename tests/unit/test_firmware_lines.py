"""Tables that are lines become lines, and no others."""

from __future__ import annotations

import numpy as np

from studio.firmware import lines, moves
from studio.firmware.moves import Move
from tests.unit.firmware_nets import tensor

SOURCE = tensor("x", (1, 1, 40))


def _normalization(seed: int, steps: np.ndarray, low: int, high: int) -> np.ndarray:
    """A BatchNormalization of 40 channels between integers, as the quantizer tabulates it."""
    rng = np.random.default_rng(seed)
    mean, gamma, beta = rng.normal(0, (30.0, 20.0, 30.0), (40, 3)).T[..., None]
    variance = rng.uniform(1, 2000, (40, 1))
    y = (steps - mean) / np.sqrt(variance + 1e-5) * gamma + beta
    return np.clip(np.floor(y + 0.5), low, high).astype(np.int16)


def _given(found: lines.Lines, x: np.ndarray) -> np.ndarray:
    sums = x * found.factor[:, None].astype(np.int64) + found.offset[:, None]
    assert np.abs(sums).max() < 2**31
    return np.clip(sums >> found.shift, found.low, found.high)


def test_normalizations_are_lines() -> None:
    byte = tensor("x", (1, 1, 40), 0, 255)
    for seed in range(20):
        signed = ((np.arange(256) + 128) & 255) - 128
        for source, steps in ((SOURCE, signed), (byte, np.arange(256))):
            table = _normalization(seed, steps, -128 if seed % 2 else 0, 127)
            found = lines.of(table, source)
            assert found is not None, seed
            x = np.arange(source.low, source.high + 1)
            np.testing.assert_array_equal(_given(found, x), table[:, x & 255])


def test_constant_channels_are_lines() -> None:
    table = np.repeat(np.array([[-128], [127], [3], [0]], np.int16), 256, axis=1)
    found = lines.of(table, tensor("x", (1, 1, 4)))
    assert found is not None
    np.testing.assert_array_equal(_given(found, np.arange(-128, 128)), table[:, :])


def test_other_tables_stay_tables() -> None:
    table = _normalization(0, ((np.arange(256) + 128) & 255) - 128, -128, 127)
    free = np.argmax((table[7] > -128) & (table[7] < 127))
    table[7, free] += 2
    assert lines.of(table, SOURCE) is None
    curve = np.tile(np.round(127 * np.tanh(np.arange(-128, 128) / 40)), (40, 1))
    assert lines.of(np.roll(curve, 128, axis=1).astype(np.int16), SOURCE) is None


def _moved(move: Move, x: np.ndarray, size: int) -> np.ndarray:
    out = np.full(size, -1)
    counts, reads, writes = zip(*move.loops, strict=True)
    for index in np.ndindex(*counts):
        place = move.target + int(np.dot(index, writes))
        out[place] = x[move.start + int(np.dot(index, reads))]
    return out


def test_orders_of_axes_need_no_table() -> None:
    flat = np.arange(3 * 4 * 5 * 6)
    for axes in np.ndindex(4, 4, 4, 4):
        if len(set(axes)) == 4:
            order = flat.reshape(3, 4, 5, 6).transpose(axes).reshape(-1).astype(np.int32)
            found = moves.order(order)
            assert found is not None, axes
            np.testing.assert_array_equal(_moved(found, flat, flat.size), order)
    whole = moves.order(flat.astype(np.int32))
    assert whole == Move((*((1, 0, 0),) * 3, (360, 1, 1)))
    for order in ([0], [5], [3, 3, 3], [0, 0, 1, 1, 2, 2], [5, 4, 3, 2, 1, 0], [1, 2, 1, 2]):
        found = moves.order(np.array(order, np.int32))
        assert found is not None, order
        np.testing.assert_array_equal(_moved(found, flat, len(order)), order)
    for order in ([0, 1, 3], [0, 1, 2, 4, 5, 7], [2, 0, 1]):
        assert moves.order(np.array(order, np.int32)) is None
