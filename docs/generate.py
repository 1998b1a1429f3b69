"""Write the generated pages of the manual: commands from their help, rules from their docstrings, keys from records."""

from __future__ import annotations

from pathlib import Path

import click
import fields

from qmsci.cli import main
from qmsci.cli.rules import page
from qmsci.rule import AREAS, RULES
from qmsci.rules import load_rules

MANUAL = Path(__file__).parent / "manual"


def pages() -> dict[str, str]:
    """All generated pages by their paths below docs/manual/."""
    load_rules()
    return {
        "commands.md": commands(),
        "event-fields.md": fields.events(),
        "record-fields.md": fields.records(),
        "rules/index.md": index(),
        **{f"rules/{rule.name}.md": page(rule) for rule in RULES.values()},
    }


def commands() -> str:
    """The help of every command."""
    parts = ["# The commands", "Written by `make docs` from `qmsci COMMAND --help`."]
    settings = {**main.context_settings, "max_content_width": 100, "terminal_width": 100}
    group = click.Context(main, info_name="qmsci", **settings)
    parts += [_help(main, group)]
    for name in main.list_commands(group):
        command = main.get_command(group, name)
        if command:
            context = click.Context(command, group, name, terminal_width=100)
            parts += [f"## qmsci {name}", _help(command, context)]
            for sub, inner in sorted(getattr(command, "commands", {}).items()):
                within = click.Context(inner, context, sub, terminal_width=100)
                parts += [f"### qmsci {name} {sub}", _help(inner, within)]
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command, context: click.Context) -> str:
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    return "\n".join(["```text", *lines, "```"])


def index() -> str:
    """The list of all rules, by area."""
    parts = ["# The rules", "Written by `make docs` from the rules themselves. A name is the fault, and the only id."]
    for area, title in AREAS.items():
        rules = sorted((rule for rule in RULES.values() if rule.area == area), key=lambda rule: rule.name)
        if rules:
            rows = [
                f"| [{rule.name}]({rule.name}.md) | {rule.when} | {rule.severity} | {rule.summary} |" for rule in rules
            ]
            parts += [f"## {title}", "\n".join(["| rule | asked of | severity | fault |", "|---|---|---|---|", *rows])]
    assert {rule.area for rule in RULES.values()} <= AREAS.keys()
    return "\n\n".join(parts) + "\n"


def write() -> None:
    """Write what has changed, and remove the pages of rules that are gone."""
    wanted = pages()
    (MANUAL / "rules").mkdir(parents=True, exist_ok=True)
    for path in sorted((MANUAL / "rules").glob("*.md")):
        if f"rules/{path.name}" not in wanted:
            path.unlink()
    for name, text in wanted.items():
        if not (MANUAL / name).exists() or (MANUAL / name).read_text(encoding="utf-8") != text:
            (MANUAL / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
