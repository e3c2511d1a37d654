"""What the command does that sends a data set to emulator or board."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE
from rich.table import Table

from studio import feed, stages
from studio.commands import Screen
from studio.options import Options
from studio.stages import need
from studio.tables import percent
from studio.target import Emulation

_LISTED = 50  # answers without labels that are printed
_SHORT = 12  # outputs of each


def feed_data(
    folder: Path,
    data: Sequence[Path],
    choice: feed.Choice,
    screen: Screen,
    *,
    options: Options,
    port: str = "",
    repeat: int = 1,
    timeout: float = feed.TIMEOUT,
    csv: Path | None = None,
    lines: bool = False,
) -> None:
    """Send a data set to the board at ``port``, or "" to the emulator, and tell what came back.

    ``lines`` prints a line for each sample. What came before an error or a cancel is saved, too.
    """
    deployment = stages.load_image(stages.reopen(folder, None, options))
    qnetwork, image = need(deployment.qnetwork), need(deployment.image)
    feed.require(image)
    with screen.working("Read the samples") as job:
        samples = feed.load(data, qnetwork, choice, job)
    _tell_samples(samples, screen)
    answers = feed.Answers(samples, qnetwork, repeat)
    try:
        with screen.working("Send") as job:
            feed.run(
                deployment.project,
                image,
                deployment.chip,
                qnetwork,
                answers,
                job,
                port=port,
                emulation=Emulation.of(options),
                on_bytes=screen.raw if lines else None,
                timeout=timeout,
            )
    finally:
        if csv is not None and answers.done:
            feed.save_csv(answers, csv)
            screen.say(f"Written: {csv}")
    _tell_answers(answers, screen, listed=not lines)


def _tell_samples(samples: feed.Samples, screen: Screen) -> None:
    words = [f"{len(samples)} samples"]
    if len(samples) < samples.found:
        words[0] += f" of {samples.found}"
    words.append("no labels" if samples.labels is None else "with labels")
    if samples.classes:
        words.append(f"{len(samples.classes)} classes: {', '.join(samples.classes[:8])}")
    screen.say(f"{samples.source}: {', '.join(words)}")
    for note in samples.notes:
        screen.say(f"note: {note}")


def _tell_answers(answers: feed.Answers, screen: Screen, *, listed: bool) -> None:
    accuracy = answers.correct / answers.labelled if answers.labelled else None
    exact = answers.done - answers.differing
    tree: dict[str, object] = {
        "samples": answers.done,
        "labelled": answers.labelled,
        "accuracy": accuracy,
        "exact": exact,
        "rate": answers.rate,
        "results": answers.results[: answers.done].tolist(),
    }
    text = f"{answers.done} samples"
    if accuracy is not None:
        low, high = answers.interval
        text += f", accuracy {percent(accuracy)} (95 % interval {percent(low)} to {percent(high)})"
        tree["interval"] = [low, high]
    elif listed:
        _list(answers, screen)
    text += f", {exact} exact"
    if answers.rate is not None:
        text += f", {answers.rate:.0f} samples/s"
    screen.say(text)
    screen.result(tree)


def _list(answers: feed.Answers, screen: Screen) -> None:
    table = Table("sample", "file", "answer", "outputs", box=SIMPLE)
    for place in range(min(answers.done, _LISTED)):
        title = answers.title(int(answers.results[place]))
        values = " ".join(map(str, answers.values(place)[:_SHORT]))
        table.add_row(str(answers.sample(place)), answers.name(place), title, values)
    screen.table(table)
    if answers.done > _LISTED:
        screen.say(f"… and {answers.done - _LISTED} more: --csv FILE lists them all")
