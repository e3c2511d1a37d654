"""A stand-in for the maker's mapper: the module its script imports, and docker, ssh and scp.

The module reads the exported files alone, ONNX, layer options and array_distribute, and writes
map.csv from them by the rules of CHIP.md, independently of our own mapper.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests import played

PYTHON = "played-python"  # a plain name, as the settings want it

TVM = """
import os
import re
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper


class nd:
    @staticmethod
    def array(values):
        if values.dtype != np.float32:
            raise ValueError("input data only support float32")
        return values


class transform:
    class PassContext:
        def __init__(self, opt_level):
            assert opt_level == 3

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return False


def from_onnx(model, shapes):
    for value in model.graph.input:
        declared = tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
        assert shapes[value.name] == declared, (shapes, declared)
    params = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    return model.graph, params


def build(mod, target, target_host, params, input_data, chip, optimize_method_config, output_dir,
          array_distribute):
    assert (target, target_host, chip) == ("npu", "npu", "BB04P1")
    if os.environ.get("FAKE_FAIL"):
        raise RuntimeError(os.environ["FAKE_FAIL"])
    if os.environ.get("FAKE_SLEEP"):
        import time
        print("searching", flush=True)
        time.sleep(float(os.environ["FAKE_SLEEP"]))
    options = Path(optimize_method_config).read_text() if optimize_method_config else ""
    signed = {name for name, count in re.findall(
        r'name: "([^"]+)"\\s+inputOpti \\{\\s+signed_input: (\\d+)', options)}
    for name, values in input_data.items():
        assert values.dtype == np.float32 and len(values) == int(os.environ["WITIN_EXPECTED_NUM"])
    lines = [[int(n) for n in line.split(",")]
             for line in Path(array_distribute).read_text().splitlines()]
    assert min(line[0] for line in lines) >= int(os.environ["ARRAY_ALLOC_RESERVED_COLUMN"])
    cells, blocks = [], iter(lines)
    frames_in, frames_out = [], []
    for node in mod.node:
        if node.op_type not in ("Gemm", "Conv"):
            continue
        weights, bias = params[node.input[1]], params[node.input[2]]
        if node.op_type == "Conv":  # [O, I, H, W] -> rows [W, H, I]
            weights = weights.transpose(3, 2, 1, 0).reshape(-1, weights.shape[0])
        if node.name in signed:
            weights = np.concatenate([weights, -weights])
        left, right, top, bottom, first, last, gain = next(blocks)
        assert weights.shape == (bottom - top + 1, right - left + 1), (weights.shape, node.name)
        scale = next(n for n in mod.node if n.input[0] == node.output[0])
        assert scale.op_type == "Scale" and abs(scale.attribute[0].f * gain - 1) < 1e-6
        for row in range(top, bottom + 1):
            cells += [(column, row, int(weights[row - top, column - left]))
                      for column in range(left, right + 1)]
        count = last - first + 1
        steps = bias / 128
        each = np.sign(steps) * np.floor(np.abs(steps) / max(count, 1) + 0.5)
        for index in range(count):
            own = each if index < count - 1 else steps - each * (count - 1)
            cells += [(column, 2049 + 2 * (first + index), int(own[column - left]))
                      for column in range(left, right + 1)]
        frames_in.append(np.zeros((2, weights.shape[0]), "<i2"))
        frames_out.append(np.zeros((2, weights.shape[1]), "<i2"))
    if os.environ.get("FAKE_WRONG"):
        column, row, value = cells[0]
        cells[0] = (column, row, value ^ 1)
    folder = Path(output_dir) / "map"
    folder.mkdir()
    (folder / "map.csv").write_text("".join("%d,%d,%d\\n" % cell for cell in cells))
    (folder / "layers.txt").write_text(Path(array_distribute).read_text())
    count = np.array([2], "<i2").tobytes()
    (folder / "expected_in.bin").write_bytes(count + b"".join(f.tobytes() for f in frames_in))
    (folder / "expected_out.bin").write_bytes(b"".join(f.tobytes() for f in frames_out))
    (Path(output_dir) / "register.c").write_text("const unsigned registers[] = {1, 2};\\n")
    return None, None, None, object()
"""
RELAY = """
import tvm


class frontend:
    from_onnx = staticmethod(tvm.from_onnx)


class build_module:
    build = staticmethod(tvm.build)
"""
# What the maker's package does when it is imported: it sets variables of its own.
WITIN = """
import os
import tvm as witin
import tvm.relay as witin_frontend
os.environ["ARRAY_ALLOC_RESERVED_COLUMN"] = "1000"
"""
DOCKER = """
import os, subprocess, sys, json, pathlib
words = sys.argv[1:]
with open({calls!r}, "a", encoding="utf-8") as file:
    file.write(json.dumps(words) + "\\n")
if words[0] == "kill":
    os.kill(int(pathlib.Path({calls!r} + ".pid").read_text()), 15)
    sys.exit(0)
assert words[0] == "run" and words[words.index("--network") + 1] == "none"
fields = dict(part.split("=", 1) for part in words[words.index("--mount") + 1].split(","))
image = words.index("image:1")
command = [w.replace(fields["target"], fields["source"], 1) for w in words[image + 1:]]
process = subprocess.Popen(command, env=dict(os.environ, PYTHONPATH={modules!r}))
pathlib.Path({calls!r} + ".pid").write_text(str(process.pid))
sys.exit(process.wait())
"""
SSH = """
import json, os, shlex, subprocess, sys
words = sys.argv[1:]
with open({calls!r}, "a", encoding="utf-8") as file:
    file.write(json.dumps(words) + "\\n")
assert words[4] == "me@host", words
if os.environ.get("FAKE_NO_LOGIN"):
    sys.exit("me@host: Permission denied (publickey).")
sys.exit(subprocess.call(["sh", "-c", words[5]],
                         env=dict(os.environ, PYTHONPATH={modules!r}, TMPDIR={temporary!r})))
"""
SCP = """
import json, shutil, sys, pathlib
words = sys.argv[1:]
with open({calls!r}, "a", encoding="utf-8") as file:
    file.write(json.dumps(words) + "\\n")
*sources, target = [w.split("me@host:", 1)[-1] for w in words[6:]]
for source in map(pathlib.Path, sources):
    place = pathlib.Path(target) / source.name
    shutil.copytree(source, place) if source.is_dir() else shutil.copy(source, place)
"""


def install(folder: Path) -> Path:
    """The module and the programs; the folder to put on the search path."""
    modules, programs, temporary = folder / "modules", folder / "programs", folder / "remote"
    (modules / "tvm" / "relay").mkdir(parents=True)
    (modules / "tvm" / "__init__.py").write_text(TVM, encoding="utf-8")
    (modules / "tvm" / "relay" / "__init__.py").write_text(RELAY, encoding="utf-8")
    (modules / "witin").mkdir()
    (modules / "witin" / "__init__.py").write_text(WITIN, encoding="utf-8")
    programs.mkdir()
    temporary.mkdir()
    values = {
        "calls": str(folder / "calls.txt"),
        "modules": str(modules),
        "temporary": str(temporary),
    }
    for name, text in (("docker", DOCKER), ("ssh", SSH), ("scp", SCP)):
        played.program(programs / name, text.format(**values))
    played.python(programs / PYTHON)
    return programs


def calls(folder: Path) -> list[list[str]]:
    """What docker, ssh and scp were called with."""
    path = folder / "calls.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]
