"""The desk is every command's fixture."""

from tests.cli.commands import desk

__all__ = ["desk"]
