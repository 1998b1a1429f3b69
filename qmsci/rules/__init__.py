"""The law: one rule a file. Its docstring is its page, its examples are its tests."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import NamedTuple

from qmsci.schema_words import Fault
from qmsci.unsafe import Unsafe


class UnreadFile(NamedTuple):
    """A file of the quality system that cannot be read, and why."""

    path: str
    faults: tuple[Fault, ...]


class DoubtedFile(NamedTuple):
    """A file of the quality system in which something is unsafe: its name (what it does, and the mending), its text."""

    path: str
    name: tuple[str, str] | None
    faults: tuple[Unsafe, ...]


@cache
def load_rules() -> None:
    """Import every rule, so that `qmsci.rule.RULES` has them all."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not module.ispkg:
            importlib.import_module(module.name)
