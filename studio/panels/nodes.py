"""The model's nodes as a table, in execution order."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from studio.ui.node_table import NodeTable
from studio.ui.panel import Panel

PANEL = Panel("nodes", str(QT_TRANSLATE_NOOP("Panel", "Nodes")), "center", NodeTable, order=3)
