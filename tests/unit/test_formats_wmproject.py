"""The maker's project file: settings are read, and nothing it names is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.base.errors import DataError
from studio.formats import wmproject

TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<WitmemStudio_project_file version="1">
  <Project name="语音 kws">
    <Configuration name="Release">
      <Compiler gcc_optimization_level="Level 2" rv_architecture="rv32imafc" rv_abi="ilp32f"
        c_preprocessor_definitions="NDEBUG; ARM_MATH_DSP ;" directory="..\\inc;..\\BSP\\inc"/>
    </Configuration>
    <Configuration name="Test"><Compiler>
      <gcc_optimization_level>None</gcc_optimization_level>
      <c_preprocessor_definitions>DEBUG=1</c_preprocessor_definitions></Compiler>
    </Configuration>
    <folder Name="src"><file file_name="..\\src\\main.c"/><file>..\\src\\net.c</file>
      <file file_name="..\\src\\main.c"/><file file_name="readme.docx"/></folder>
  </Project>
</WitmemStudio_project_file>
"""


def saved(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "a b.wmproject"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_settings_are_read_from_attributes_and_elements(tmp_path: Path) -> None:
    found = wmproject.read(saved(tmp_path, TEXT))
    assert found.name == "语音 kws"
    assert found.sources == ("../src/main.c", "../src/net.c")
    release, test = found.configurations
    assert release == wmproject.Configuration(
        "Release", "Level 2", "rv32imafc", "ilp32f", ("NDEBUG", "ARM_MATH_DSP"),
        ("../inc", "../BSP/inc"),
    )  # fmt: skip
    assert test.definitions == ("DEBUG=1",)
    assert (release.debug, test.debug) == (False, True)
    tree = found.tree()
    assert tree["configurations"]["Release"]["definitions"] == ["NDEBUG", "ARM_MATH_DSP"]


def test_other_encodings_and_cases(tmp_path: Path) -> None:
    text = TEXT.replace("UTF-8", "UTF-16").replace("Compiler", "compiler")
    found = wmproject.read(saved(tmp_path, text.encode("utf-16")))
    assert found.name == "语音 kws"
    assert found.configurations[0].abi == "ilp32f"


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]>',
        '<!doctype x SYSTEM "file:///etc/passwd">',
        "<! DOCTYPE x>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_type_is_refused(tmp_path: Path, head: str, encoding: str) -> None:
    text = f"<?xml version='1.0'?>{head}<{wmproject.ROOT}/>"
    with pytest.raises(DataError, match="document type") as caught:
        wmproject.read(saved(tmp_path, text.encode(encoding)))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<other/>", "its root is 'other'"),
        ("<WitmemStudio_project_file>", "not an XML file"),
        ("", "not an XML file"),
        (b"\x00\xff\xfe\x01binary", "not an XML file"),
        ("<WitmemStudio_project_file>" + "<a>" * 100 + "</a>" * 100
         + "</WitmemStudio_project_file>", "too deep"),
    ],
)  # fmt: skip
def test_what_is_no_such_project(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        wmproject.read(saved(tmp_path, text))


def test_too_large_and_missing(tmp_path: Path) -> None:
    path = tmp_path / "large.wmproject"
    with path.open("wb") as stream:
        stream.truncate(wmproject.LARGEST + 1)
    with pytest.raises(DataError, match="larger than"):
        wmproject.read(path)
    with pytest.raises(DataError, match="cannot be read"):
        wmproject.read(tmp_path / "gone.wmproject")


def test_a_project_that_says_little(tmp_path: Path) -> None:
    found = wmproject.read(saved(tmp_path, f"<{wmproject.ROOT}><Project/></{wmproject.ROOT}>"))
    assert (found.name, found.configurations, found.sources) == ("a b", (), ())
