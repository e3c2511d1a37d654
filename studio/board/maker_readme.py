"""The README of a folder for the maker's mapper, and its job.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_TEXT = """# {network}: for the maker's mapper

Written by CIM Studio. The chip maker's mapper (witin_mapper) makes from it the configuration of
the NPU (register.c), which only the maker's tool can write, and a map folder to program from.

| file | what it is |
|---|---|
| {model} | the network in the maker's dialect: integer weights, a Scale of 1/G behind each layer |
{inputs}
| opt.protobuf | layer options{options} |
| {distribute} | our layout, a layers.txt: the mapper's argument `array_distribute` |
| ours/ | our own map.csv and layers.txt, to compare the mapper's with; tag {tag} |
| run_mapper.py | calls the mapper's published API on this folder; job.json tells it how |
| {output}/ | where the mapper writes |

## Run it

CIM Studio does this by itself where Docker or an SSH host is set up in the settings
(`cim-studio maker-run`). By hand, in the maker's image:

    docker run --rm -v THIS_FOLDER:/exchange -w /workspace/witin_mapper IMAGE \\
        python3 /exchange/run_mapper.py

Then `cim-studio maker-import` compares {output}/ with our map and takes register.c over.

## What is not certain

The mapper is not public; what is known of it comes from its published manual and examples.
{notes}
"""
_ALWAYS = (
    "The chip's name for the mapper is {chip}, as in its manual's examples.",
    "The manual calls the NPU's configuration net_config.c, a tutorial register.c.",
    "expected_in.bin and expected_out.bin of the mapper hold frames it draws by chance: they"
    " differ from ours.",
    "Programming tool and firmware take the mapper's map folder; its tag differs from ours where"
    " its map.csv differs in any byte.",
)


def text(tree: Mapping[str, Any], notes: Sequence[str]) -> str:
    """The README of a job."""
    always = [line.format(chip=tree["chip"]) for line in _ALWAYS]
    rows = [
        f"| {own['file']} | samples of {_cell(own['name'])}, {own['shape']} in the model, as"
        f" float32 {'[N, C]' if len(own['shape']) == 2 else 'in the chip order [N, W, H, C]'} |"
        for own in tree["inputs"]
    ]
    return _TEXT.format(
        network=_cell(tree["network"]),
        model=tree["model"],
        inputs="\n".join(rows),
        options="" if tree["options"] else ", none here",
        distribute=tree["distribute"],
        output=tree["output"],
        tag=tree["tag"],
        notes="\n".join(f"- {line}" for line in (*always, *notes)),
    )


def dump(tree: Mapping[str, Any]) -> str:
    """The text of job.json."""
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def _cell(name: str) -> str:
    """A name inside a Markdown table."""
    return name.replace("|", "\\|").replace("\n", " ")
