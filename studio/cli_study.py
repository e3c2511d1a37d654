"""Commands of the command line that study a network: how exact it is, and what noise does."""

from __future__ import annotations

import typer

app = typer.Typer()
