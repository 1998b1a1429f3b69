"""What a change does: for the terminal, for a pull request, for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from click import style

from qmsci.impact import Impact, Reach, Training
from qmsci.render.words import counted, in_json, in_markdown, visible
from qmsci.risk import Risk, Suspension, Ungoverned

_AT_RISK = "Authorised on the effective date, if nobody trained in between"
_SUSPENDED = "Suspended from the merge on, until they are trained"
_REMAINING = "Authorised from the merge on, if nobody trained"
#: What a comment holds: rows of a table, changes of one record, characters (GitHub takes 65,536).
_ROWS, _CHANGES, _COMMENT = 40, 6, 60_000


def headline(impact: Impact) -> str:
    """What a change asks for, in a sentence; of one that reaches nobody, why."""
    if impact.nobody:
        return f"This change asks nobody for training: {impact.nobody}."
    methods = ", ".join(f"{number} {method}" for method, number in impact.by_method.items())
    people, trainings = counted(len(impact.reached), "person"), counted(impact.trainings, "training")
    return f"This change asks {people} for {trainings} ({methods})."


def _shortfall(impact: Impact) -> str | None:
    if not impact.missing:
        return None
    who = {person for training in impact.missing for person in training.people}
    return f"Not assigned yet: {counted(len(impact.missing), 'item')}, {counted(len(who), 'person')}. Run: qmsci assign"


def _groups(impact: Impact) -> Iterator[tuple[str, Sequence[Reach]]]:
    groups = (
        ("Documents", impact.documents),
        ("Roles", impact.roles),
        ("People", impact.people),
        ("Quality events", impact.events),
    )
    return ((heading, group) for heading, group in groups if group)


# --- text -----------------------------------------------------------------------------------------------------------


def as_text(impact: Impact) -> str:
    """An impact for the terminal."""
    lines = [style(visible(headline(impact)), bold=True)]
    shortfall = _shortfall(impact)
    if shortfall:
        lines.append(style(shortfall, fg="red"))
    lines += [style(visible(f"{_nothing_governs(one)}."), fg="red", bold=True) for one in impact.ungoverned]
    if impact.suspended:
        lines += ["", style(_SUSPENDED, bold=True), *map(_suspension, impact.suspended)]
    for heading, risks in ((_REMAINING, impact.remaining), (_AT_RISK, impact.at_risk)):
        if risks:
            lines += ["", style(heading, bold=True)]
            lines += [style(_risk(risk), fg="red") if risk.short else _risk(risk) for risk in risks]
    for heading, group in _groups(impact):
        lines += ["", style(heading, bold=True)]
        for reach in group:
            lines += _text_of(reach)
    return "\n".join(lines) + "\n"


def _text_of(reach: Reach) -> Iterator[str]:
    yield f"  {visible(reach.id)}  {visible(reach.title)}"
    yield from (f"    {visible(change)}" for change in reach.changes)
    for one in reach.training:
        said = visible(f"{one.document}, {_who(one)}, {' + '.join(one.method)}, due {one.due} ({one.cause})")
        state = "assigned" if one.assigned else style("missing", fg="red", bold=True)
        yield f"    {state}: {said}"
    if reach.nobody:
        yield f"    reaches nobody: {visible(reach.nobody)}"


def _who(training: Training) -> str:
    """The people of a training: by name where it is for one, and how many are away on the due date."""
    alone = len(training.people) == 1
    people = training.people[0] if alone else counted(len(training.people), "person")
    role = f"{training.role}: " if training.role else ""
    return f"{role}{people}{_away(training)}"


def _away(training: Training) -> str:
    return f" ({len(training.on_leave)} on leave then)" if training.on_leave else ""


def _suspension(one: Suspension) -> str:
    return visible(f"  {one.person}  {one.name}: from {_activities(one)} ({', '.join(one.actions)})")


def _activities(one: Suspension) -> str:
    return ", ".join(one.activities) or "nothing else than before"


def _risk(risk: Risk) -> str:
    holders = counted(risk.holders, "holder")
    documents = f" ({', '.join(risk.documents)})" if risk.documents else ""
    return visible(f"  {risk.on}  {risk.activity}{documents}: {_able(risk)}, {holders}")


def _nothing_governs(one: Ungoverned) -> str:
    return f"From {one.on} nothing governs {one.activity}: nobody is authorised"


def _able(risk: Risk) -> str:
    """How many people would be authorised, against how many."""
    if risk.authorised and risk.required and risk.short:
        return f"{risk.authorised} of the {risk.required} required"
    return f"{risk.authorised or 'nobody'}" + (f" ({risk.required} required)" if risk.required else "")


# --- Markdown -------------------------------------------------------------------------------------------------------


def as_markdown(impact: Impact) -> str:
    """An impact for a job summary or a comment on a pull request: short, and nothing in it but what is meant."""
    sections = [["### Impact of this change", "", in_markdown(_clipped(headline(impact), 1000))]]
    shortfall = _shortfall(impact)
    if shortfall:
        sections.append(["", f"**{in_markdown(shortfall).replace('qmsci assign', '`qmsci assign`')}**"])
    sections += [["", f"**{in_markdown(_clipped(_nothing_governs(one)))}**"] for one in impact.ungoverned]
    if impact.suspended:
        who = [(f"{one.person} {one.name}", _activities(one), ", ".join(one.actions), "") for one in impact.suspended]
        sections.append(["", f"#### {_SUSPENDED}", *_table(("Who", "From", "By", ""), who)])
    for heading, risks in ((_REMAINING, impact.remaining), (_AT_RISK, impact.at_risk)):
        if risks:
            sections.append(["", f"#### {heading}", *_risks(risks)])
    for heading, group in _groups(impact):
        rows = [_cells(one) for reach in group for one in reach.training]
        table = _table(("Training", "Who", "Method", "Due", "Cause", ""), rows)
        sections.append(["", f"#### {heading}", "", *_bullets(group), *table])
    return _fitting("\n".join(lines) + "\n" for lines in sections)


def _fitting(sections: Iterable[str]) -> str:
    """As many sections as a comment holds."""
    text = ""
    for section in sections:
        if len(text) + len(section) > _COMMENT:
            return f"{text}\nThe rest is too long for here; `qmsci impact` shows it.\n"
        text += section
    return text


def _risks(risks: Sequence[Risk]) -> Iterator[str]:
    rows = [
        (
            str(risk.on),
            risk.activity,
            ", ".join(risk.documents),
            _able(risk),
            str(risk.holders),
            "**too few**" if risk.short else "",
        )
        for risk in risks
    ]
    return _table(("On", "Activity", "Documents", "Authorised", "Holders", ""), rows)


def _bullets(group: Sequence[Reach]) -> Iterator[str]:
    for reach in group[:_ROWS]:
        said = [*reach.changes[:_CHANGES], *([f"reaches nobody: {reach.nobody}"] if reach.nobody else [])]
        if len(reach.changes) > _CHANGES:
            said.append(f"and {len(reach.changes) - _CHANGES} more")
        rest = "; ".join(in_markdown(_clipped(one)) for one in said)
        name = f"**{in_markdown(reach.id)}** {in_markdown(_clipped(reach.title))}"
        yield f"- {name}: {rest}" if rest else f"- {name}"
    if len(group) > _ROWS:
        yield f"- and {len(group) - _ROWS} more"


def _clipped(text: str, length: int = 160) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _cells(one: Training) -> tuple[str, ...]:
    state = "assigned" if one.assigned else "**missing**"
    return str(one.document), _who(one), " + ".join(one.method), str(one.due), one.cause, state


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; what a cell says is text, but for the last one, which is this module's own."""
    if not rows:
        return
    yield from ("", _row(heads), _row(["---"] * len(heads)))
    yield from (_row([*(in_markdown(_clipped(cell)) for cell in cells[:-1]), cells[-1]]) for cells in rows[:_ROWS])
    if len(rows) > _ROWS:
        yield from ("", f"and {len(rows) - _ROWS} more; `qmsci impact` shows them all")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(impact: Impact, base: str | None, head: str | None) -> str:
    """
    An impact as one JSON object, format 1.

    - `format`: 1. `base`, `head`: commit ids; `head` is null for the working tree, `base` where there was none.
    - `as_of`: the date of the change.
    - `documents`, `roles`, `people`, `events`: lists of `{"id", "title", "changes", "training", "nobody"}`: what the
      change does to it, in words; the training that comes of it; and, where that reaches nobody, why (else null).
    - `training`: a list of `{"cause", "document", "role", "method", "due", "people", "on_leave", "assignment",
      "assigned"}`; `role` is null where an event asks, `on_leave` has those who are on leave on the due date,
      `assigned` says whether the change brings the assignment (false: it is still missing).
    - `at_risk`: a list of `{"on", "activity", "documents", "authorised", "holders", "required", "short"}`: how many
      people would be authorised on a coming effective date if nobody trained in between; `required` is null where
      `roles/activities.yaml` asks for no number; `short` says whether that is too few (or nobody).
    - `suspended`: a list of `{"person", "name", "actions", "activities"}`: who is suspended from the merge on, by which
      training actions (`CAPA-2026-003/1`), from which activities that they were not suspended from before.
    - `remaining`: as `at_risk`, on the date of the change, for each of these activities that is critical or asks for a
      number; `documents` is empty.
    - `ungoverned`: a list of `{"on", "activity"}`: the activities of roles that the change leaves without a document in
      force, from which day on.
    - `totals`: `{"people", "trainings", "missing", "by_method"}`: one person on one revision is one training;
      `missing` counts the items that are not assigned.
    - `nobody`: why the change reaches nobody, or null.
    """
    found = {
        "format": 1,
        "base": base,
        "head": head,
        "as_of": impact.as_of.isoformat(),
        **{name: [_plain(reach) for reach in getattr(impact, name)] for name in _LISTS},
        "at_risk": [_plain_risk(risk) for risk in impact.at_risk],
        "suspended": [asdict(one) for one in impact.suspended],
        "remaining": [_plain_risk(risk) for risk in impact.remaining],
        "ungoverned": [{"on": one.on.isoformat(), "activity": one.activity} for one in impact.ungoverned],
        "totals": {
            "people": len(impact.reached),
            "trainings": impact.trainings,
            "missing": len(impact.missing),
            "by_method": impact.by_method,
        },
        "nobody": impact.nobody,
    }
    return in_json(found) + "\n"


_LISTS = ("documents", "roles", "people", "events")


def _plain(reach: Reach) -> dict[str, object]:
    training = [{**asdict(one), "document": str(one.document), "due": one.due.isoformat()} for one in reach.training]
    return {**asdict(reach), "training": training}


def _plain_risk(risk: Risk) -> dict[str, object]:
    return {**asdict(risk), "on": risk.on.isoformat(), "short": risk.short}
