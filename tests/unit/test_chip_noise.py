"""Device models: the presets and their sources, what is refused, drift in decades."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from studio.base.errors import ChipError
from studio.chip import chip as chips
from studio.chip import noise
from studio.chip.chip import Chip
from studio.chip.noise import Conditions, DeviceModel

GOOD = """
[noise.mine.output_noise]
value = 1.5
source = "measured on the desk"

[noise.mine.layers]
source = "measured on the desk"
[noise.mine.layers.values]
"conv 1" = 2.0
"全连接" = 0
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "模型 model.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_number_of_every_preset_has_a_source(chip: Chip) -> None:
    assert set(chip.noise) == {"ideal", "nor55", "sonos", "stuck"}
    plain = DeviceModel("plain")
    for model in chip.noise.values():
        for name in noise.NUMBERS:
            if getattr(model, name) != getattr(plain, name):
                assert len(model.sources[name]) > 5, f"{model.name}.{name}"
    assert chip.noise["ideal"].ideal
    assert not any(chip.noise[name].ideal for name in ("nor55", "sonos", "stuck"))


def test_nor55_is_one_percent_tuning_and_two_percent_output(chip: Chip) -> None:
    own = chip.noise["nor55"]
    assert own.programming_relative == 0.01
    full = chip.arithmetic.output_max
    parts = (own.column_gain, own.column_offset / full, own.output_noise / full)
    assert math.hypot(*parts) == pytest.approx(0.02, rel=0.01)
    hot = own.gain(Conditions(0, 85)) / own.gain(Conditions(0, 25))
    assert hot == pytest.approx(0.97)
    assert own.reserved_factor > 1


def test_sonos_grows_in_five_days_as_measured(chip: Chip) -> None:
    """2.74 (1 - exp(-w / 16.5)) steps after five days, from 1.58 (1 - exp(-w / 14))."""
    own = chip.noise["sonos"]
    decades = own.decades(Conditions(5 * 86400.0))
    assert decades == pytest.approx(math.log10(121))
    for w in (3, 10, 30, 127):
        written = own.programming_amplitude * (1 - math.exp(-w / own.programming_knee))
        drift = decades * own.drift_amplitude * (1 - math.exp(-w / own.drift_knee))
        wanted = 2.74 * (1 - math.exp(-w / 16.5))
        assert math.hypot(written, drift) == pytest.approx(wanted, rel=0.03)


def test_warmth_speeds_drift_up_by_arrhenius_law() -> None:
    model = DeviceModel("m").with_values({"activation_energy": 0.99}, "test")
    assert model.decades(Conditions(0.0, 85)) == 0
    cold, warm = (model.decades(Conditions(3.6e6, t)) for t in (25, 90))
    assert cold == pytest.approx(3, abs=0.001)
    assert warm == pytest.approx(6, abs=0.05)  # 45-nm NOR flash loses twice as much


def test_a_chip_needs_no_noise_models(tmp_path: Path, chip: Chip) -> None:
    text = Path(chip.source).read_text(encoding="utf-8")
    start = text.index("[noise.ideal]")
    path = tmp_path / "quiet.toml"
    path.write_text(text[:start], encoding="utf-8")
    quiet = chips.load(path)
    assert quiet.noise == {}
    assert quiet == replace(chip, source=quiet.source), "noise does not change what is exact"


def test_a_broken_model_in_a_chip_file_names_the_file(tmp_path: Path, chip: Chip) -> None:
    text = Path(chip.source).read_text(encoding="utf-8")
    path = tmp_path / "chip.toml"
    path.write_text(text + "\n[noise.bad.output_noise]\nvalue = 1.0\n", encoding="utf-8")
    with pytest.raises(ChipError, match="output_noise has no source") as caught:
        chips.load(path)
    assert caught.value.where == str(path)


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    model = noise.load(write(tmp_path, GOOD))
    assert model.name == "mine" and model.output_noise == 1.5
    assert model.layers == {"conv 1": 2.0, "全连接": 0.0}
    odd = replace(
        model.with_values({"stuck_low": 1e-7, "drift_mean": -0.01}, 'a "quoted"\\ source\n\x7f'),
        name="名 [x].y",
        layers={'l"1': 0.25},
    )
    path = tmp_path / "again.toml"
    noise.save(odd, path)
    again = noise.load(path)
    assert again == odd and again.sources["output_noise"] == "measured on the desk"
    noise.save(DeviceModel("nothing"), path)
    assert noise.load(path) == DeviceModel("nothing")


def test_a_file_of_several_models_wants_a_name(tmp_path: Path, chip: Chip) -> None:
    with pytest.raises(ChipError, match="holds 4 noise models") as caught:
        noise.load(Path(chip.source))
    assert "nor55" in caught.value.hint
    assert noise.load(Path(chip.source), "sonos") == chip.noise["sonos"]
    with pytest.raises(ChipError, match="no noise model 'soons'") as caught:
        noise.load(Path(chip.source), "soons")
    assert "sonos" in caught.value.hint
    with pytest.raises(ChipError, match="holds no noise model"):
        noise.load(write(tmp_path, "[other]\n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("noise = 3", "noise is no table"),
        ("[noise]\nmine = 3", "noise.mine is no table"),
        ("[noise.mine]\noutput_noise = 1.5", "output_noise is no table with a value"),
        ('[noise.mine.output]\nvalue = 1.0\nsource = "x"', "mine.output is no number"),
        (GOOD.replace("1.5", '"much"'), "is 'much', not a number"),
        (GOOD.replace("1.5", "true"), "is True, not a number"),
        (GOOD.replace("1.5", "-1"), "output_noise is -1, must be a number from 0"),
        (GOOD.replace("1.5", "nan"), "output_noise is nan, must be"),
        (GOOD.replace("1.5", "inf"), "output_noise is inf, must be"),
        (GOOD.replace("value =", "values ="), "output_noise: value, values missing or unknown"),
        (GOOD.replace('desk"\n\n', 'desk"\nunit = 1\n\n'), "unit missing or unknown"),
        (GOOD.replace('"measured on the desk"', '" "', 1), "output_noise has no source"),
        (GOOD.replace("2.0", "-2.0"), "conv 1 is -2.0, no number from 0"),
        (GOOD.replace("= 2.0", '= "2"'), "conv 1 is '2', no number from 0"),
        (
            GOOD.replace("output_noise", "stuck_low"),
            "stuck_low is 1.5, must be a number from 0 to 1",
        ),
        (
            GOOD.replace("output_noise", "read_knee").replace("1.5", "0.0"),
            "read_knee must be above 0",
        ),
        (GOOD.replace("output_noise", "reserved_factor").replace("1.5", "0.5"), "from 1"),
        ("[noise", "not a TOML file"),
    ],
)
def test_what_is_wrong_with_a_model_is_named(text: str, words: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ChipError) as caught:
        noise.load(path)
    assert words in caught.value.message and caught.value.where == str(path)


def test_a_missing_file_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(ChipError, match="cannot be read") as caught:
        noise.load(tmp_path / "none.toml")
    assert "preset" in caught.value.hint


def test_numbers_are_checked_where_they_are_set(chip: Chip) -> None:
    with pytest.raises(ChipError, match=r"noise\.nor55\.drift is no number") as caught:
        chip.noise["nor55"].with_values({"drift": 1.0}, "test")
    assert "drift_mean" in caught.value.hint
    with pytest.raises(ChipError, match=r"column_gain is 2\.0"):
        chip.noise["nor55"].with_values({"column_gain": 2.0}, "test")
    text, unit = noise.describe("output_noise")
    assert "noise" in text and unit == "output LSB"
