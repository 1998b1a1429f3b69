"""`qmsci rules`."""

from __future__ import annotations

import click

from qmsci.near_miss import near_miss
from qmsci.rule import RULES, Rule
from qmsci.rules import load_rules


@click.command("rules")
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str | None, form: str) -> None:
    """List the rules, or show one: what it says, why, its regulation and its examples."""
    load_rules()
    if name and name not in RULES:
        near = near_miss(name, RULES)
        meant = f"; did you mean {near!r}?" if near else "; `qmsci rules` lists them all"
        raise click.UsageError(f"there is no rule {name!r}{meant}")
    shown = [RULES[name]] if name else sorted(RULES.values(), key=lambda rule: (rule.area, rule.name))
    if form == "json":
        from qmsci.render.words import in_json

        click.echo(in_json({"format": 1, "rules": [_plain(rule) for rule in shown]}))
    elif name:
        click.echo(page(shown[0]), nl=False)
    else:
        _list(shown)


def page(rule: Rule) -> str:
    """A rule's page, as Markdown."""
    facts = f"`{rule.severity}` · asked {rule.when.asked} · {'; '.join(rule.regulations)}\n\nTo mend it: {rule.fix}"
    sentence, _, rest = rule.page.partition("\n\n")
    return f"# {rule.name}\n\n{sentence}\n\n{facts}\n\n{rest}\n"


def _list(rules: list[Rule]) -> None:
    area = ""
    for rule in rules:
        if rule.area != area:
            area = rule.area
            click.echo(click.style(f"{area}", bold=True))
        click.echo(f"  {rule.name:<38} {rule.when:<9} {rule.summary}")


def _plain(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "area": rule.area,
        "when": str(rule.when),
        "severity": str(rule.severity),
        "regulations": list(rule.regulations),
        "fix": rule.fix,
        "summary": rule.summary,
        "page": page(rule),
    }
