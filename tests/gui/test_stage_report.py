"""Which files a compiler's complaint may open."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.ui.stage_report import place_of


@pytest.mark.parametrize(
    ("where", "file"),
    [
        ("network.c:3", "results/firmware/network.c"),
        ("../../src/main.c:3", "src/main.c"),
        ("../../results-src/main.c:3", "results-src/main.c"),
        ("../../other/main.c:3", None),
        ("missing.c:3", None),
        ("network.c", None),
    ],
)
def test_files_of_the_project_and_the_user_s_own(
    where: str, file: str | None, tmp_path: Path
) -> None:
    for name in ("results/firmware/network.c", "src/main.c", "results-src/main.c", "other/main.c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    target = place_of(where, tmp_path / "results" / "firmware")
    if file is None:
        assert target is None
    else:
        assert target is not None and target.file is not None
        assert (target.file, target.line) == (tmp_path / file, 3)
