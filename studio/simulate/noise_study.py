"""What a Monte-Carlo study found, and the figures it comes down to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.chip.noise import NUMBERS, Conditions, DeviceModel
from studio.simulate.stage import save_arrays

Real = npt.NDArray[np.float64]
PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
ONE_POINT = 0.01


@dataclass(frozen=True)
class Study:
    """Chips of one device model on the same samples; chip n is entry n.

    ``accuracy``, ``agreement`` (with the exact predictions) and ``cosine`` (with the exact
    outputs): [chips], NaN where there are no labels or classes. ``correlation`` and
    ``saturation``: [traced chips, ``traced``], layer results with errors accumulating.
    ``layer_...``: [``layers``, chips], with noise in that layer only.
    """

    network: str
    model: DeviceModel
    conditions: Conditions
    seed: int
    samples: int
    labels: bool
    exact_accuracy: float | None
    yield_at: float | None
    accuracy: Real
    agreement: Real
    cosine: Real
    traced: tuple[str, ...]
    correlation: Real
    saturation: Real
    layers: tuple[str, ...]
    layer_accuracy: Real
    layer_agreement: Real
    layer_cosine: Real
    notes: tuple[str, ...] = field(default=())

    @property
    def measure(self) -> str:
        """What chips are judged by: accuracy, else agreement, else cosine."""
        if not np.isnan(self.accuracy).all():
            return "accuracy"
        return "cosine" if np.isnan(self.agreement).all() else "agreement"

    @property
    def scores(self) -> Real:
        """The chips' measure, [chips]."""
        found: Real = getattr(self, self.measure)
        return found

    @property
    def exact(self) -> float:
        """The exact simulator's measure."""
        return self.exact_accuracy if self.exact_accuracy is not None else 1.0

    @property
    def threshold(self) -> float:
        """What a good chip reaches."""
        return self.exact - ONE_POINT if self.yield_at is None else self.yield_at

    @property
    def worst(self) -> int:
        """The number of the worst chip."""
        return int(np.nanargmin(self.scores)) if not np.isnan(self.scores).all() else 0

    def yields(self, threshold: float | None = None) -> tuple[float, float, float]:
        """Fraction of chips at or above the threshold, and its 95 % interval (Wilson, 1927)."""
        at = self.threshold if threshold is None else threshold
        n, z = len(self.scores), 1.959964
        p = float(np.mean(self.scores >= at))
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))

    def sensitivity(self) -> dict[str, float]:
        """How much of the measure each layer's noise alone takes, the worst layer first."""
        found: Real = getattr(self, f"layer_{self.measure}")
        losses = self.exact - found.mean(axis=1) if found.size else np.zeros(0)
        pairs = sorted(zip(self.layers, losses.tolist(), strict=True), key=lambda pair: -pair[1])
        return dict(pairs)

    def tree(self) -> dict[str, Any]:
        """The figures as JSON."""
        scores = self.scores
        share, low, high = self.yields()
        of_layers = dict(zip(self.layers, self.layer_cosine.tolist(), strict=True))
        return {
            "network": self.network,
            "model": {"name": self.model.name} | _given(self.model),
            "seconds": self.conditions.seconds,
            "celsius": self.conditions.celsius,
            "seed": self.seed,
            "chips": len(scores),
            "samples": self.samples,
            "measure": self.measure,
            "exact": self.exact,
            "mean": _number(scores.mean()),
            "std": _number(scores.std(ddof=1)) if len(scores) > 1 else 0.0,
            "percentiles": {str(p): _number(np.percentile(scores, p)) for p in PERCENTILES},
            "worst_chip": self.worst,
            "worst": _number(scores[self.worst]),
            "best": _number(scores.max()),
            "agreement": _number(self.agreement.mean()),
            "cosine": _number(self.cosine.mean()),
            "yield": {"at": self.threshold, "fraction": share, "low": low, "high": high},
            "sensitivity": {
                name: {"loss": _number(loss), "cosine": _number(np.mean(of_layers[name]))}
                for name, loss in self.sensitivity().items()
            },
            "layers": self.layer_figures(),
            "notes": list(self.notes),
        }

    def layer_figures(self) -> dict[str, dict[str, float | None]]:
        """Correlation with the exact results, mean and least of the chips, and saturation."""
        if not self.correlation.size:
            return {}
        return {
            name: {
                "correlation": _number(self.correlation[:, i].mean()),
                "least": _number(self.correlation[:, i].min()),
                "saturation": _number(self.saturation[:, i].mean()),
            }
            for i, name in enumerate(self.traced)
        }

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything measured, by name."""
        found: dict[str, npt.NDArray[Any]] = {
            name: getattr(self, name)
            for name in (
                *("accuracy", "agreement", "cosine", "correlation", "saturation"),
                *("layer_accuracy", "layer_agreement", "layer_cosine"),
            )
        }
        return found | {
            "seed": np.array(self.seed, np.int64),
            "traced": np.array(self.traced, np.str_),
            "layers": np.array(self.layers, np.str_),
        }


def save(study: Study, path: Path) -> None:
    """Write the arrays to an .npz, atomically."""
    save_arrays(study.arrays(), path)


def _given(model: DeviceModel) -> dict[str, Any]:
    """The numbers of a model that were given, with their sources."""
    found: dict[str, Any] = {
        name: {"value": getattr(model, name), "source": model.sources[name]}
        for name in NUMBERS
        if name in model.sources
    }
    if model.layers:
        found["layers"] = {"values": dict(model.layers), "source": model.sources.get("layers", "")}
    return found


def _number(value: float | np.floating[Any]) -> float | None:
    """A figure for JSON, which has no NaN."""
    return None if math.isnan(value) else float(value)
