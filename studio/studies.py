"""What the window asks of a deploy beside its stages; these run in the worker."""

from __future__ import annotations

from studio.base.job import Job
from studio.mapper import estimate
from studio.mapper.estimate import Estimates
from studio.simulate import compare
from studio.simulate.advice import Given
from studio.simulate.compare import Report
from studio.stages import Deployment, need

COMPARED = 64  # samples: enough for every figure's second digit, and quick


def compare_layers(job: Job, deployment: Deployment, samples: int = COMPARED) -> Report | None:
    """How exact each layer is on the first ``samples`` test samples; None without samples."""
    if deployment.test is None:
        return None
    options = deployment.options
    tried = options.equalize is True or (options.equalize is None and options.tune != "off")
    given = Given(options.method, options.tune, tried, options.mixed)
    inputs = tuple(x[:samples] for x in deployment.test.inputs)
    return compare.run(need(deployment.qnetwork), deployment.network, inputs, job, given)


def estimate_time(job: Job, deployment: Deployment) -> Estimates:
    """Latency and energy of one inference, layer by layer."""
    job.step(0, 1, "")
    return estimate.of_network(
        need(deployment.qnetwork), need(deployment.layout).blocks, deployment.chip
    )
