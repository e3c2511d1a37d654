"""Runs the chip maker's mapper (witin_mapper) on the folder this file lies in.

Written by CIM Studio; job.json beside it says what to do. Calls the API of the mapper's published
manual and examples: from_onnx, build_module.build. Works with the Python 3.6 of the maker's images.
"""

import importlib
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DONE = "CIM Studio: the mapper has finished"


def say(text):
    """Print one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def api():
    """The mapper's two modules, arrays and front end, under the names its versions give them.

    Its package ``witin`` sets environment variables when it is imported; ours follow.
    """
    try:
        witin = importlib.import_module("witin")
        if hasattr(witin, "witin_frontend"):
            return witin.witin, witin.witin_frontend
        if hasattr(witin, "frontend") and hasattr(witin, "nd"):
            return witin, witin
    except ImportError:
        pass
    return importlib.import_module("tvm"), importlib.import_module("tvm.relay")


def hand_over(folder):
    """Give what a container wrote as root to the owner of the folder it was started on."""
    if hasattr(os, "chown") and os.getuid() == 0:
        owner = HERE.stat()
        for path in [folder, *folder.rglob("*")]:
            os.chown(str(path), owner.st_uid, owner.st_gid)


def main():
    """Build the network; 0 when the map is there."""
    import numpy  # noqa: PLC0415
    import onnx  # noqa: PLC0415

    job = json.loads((HERE / "job.json").read_text(encoding="utf-8"))
    say("CIM Studio: loading the mapper")
    witin, frontend = api()
    for name, value in job["environment"].items():
        os.environ[name] = value
    model = onnx.load(str(HERE / job["model"]))
    shapes = {own["name"]: tuple(own["shape"]) for own in job["inputs"]}
    say("CIM Studio: reading the model")
    module, parameters = frontend.frontend.from_onnx(model, shapes)
    samples = {
        own["name"]: witin.nd.array(numpy.load(str(HERE / own["file"])).astype("float32"))
        for own in job["inputs"]
    }
    output = HERE / job["output"]
    if not output.is_dir():
        output.mkdir()
    files = {key: str(HERE / job[key]) if job[key] else "" for key in ("options", "distribute")}
    say("CIM Studio: mapping")
    with witin.transform.PassContext(opt_level=3):
        frontend.build_module.build(
            module,
            target="npu",
            target_host="npu",
            params=parameters,
            input_data=samples,
            chip=job["chip"],
            optimize_method_config=files["options"],
            output_dir=str(output),
            array_distribute=files["distribute"],
        )
    hand_over(output)
    if not any(output.rglob("map.csv")):
        say("CIM Studio: the mapper wrote no map.csv into " + str(output))
        return 1
    say(DONE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
