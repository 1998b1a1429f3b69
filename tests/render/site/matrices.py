"""Matrices of a few documents, roles and people, for the tests of their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from qmsci.render.site import matrix
from qmsci.render.site.page import Part
from qmsci.render.site.summary import PersonSummary, Stand, Summaries
from tests.render.site.surveys import survey_of

DAY = date(2026, 11, 22)
POLICY = """\
revision: 1
organization: Halden Biologics
timezone: Europe/Oslo
main: main
quality-unit: [operator]
approvals: signed
signatures: required
documents:
  SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
  WI: {folder: wi, review: 24 months, window: 7 days, method: [read, practical]}
"""
IN_FORCE = "{revision: 1, effective: 2026-01-05, summary: First., impact: retrain, authors: [p-1]}"
COMING = "{revision: 2, effective: 2026-12-15, summary: Second., impact: retrain, authors: [p-1]}"
LATER = "{revision: 3, effective: 2027-03-01, summary: Third., impact: retrain, authors: [p-1]}"
OLD = "{revision: 0, effective: 2025-01-05, summary: Old., impact: retrain, authors: [p-1]}"


def document(name: str, *revisions: str, more: str = "", title: str = "Gowning") -> dict[str, str]:
    """A document; its revisions newest first."""
    entries = "".join(f"  - {one}\n" for one in revisions or (IN_FORCE,))
    head = f"id: {name}\ntitle: {json.dumps(title)}\nowner: operator\n{more}revisions:\n{entries}"
    return {f"controlled-docs/{name.split('-', maxsplit=1)[0].lower()}/{name}.md": f"---\n{head}---\nGown.\n"}


def role(name: str, more: str = "", title: str = "Operator") -> dict[str, str]:
    """A role."""
    return {f"roles/{name}.yaml": f"id: {name}\ntitle: {json.dumps(title)}\npurpose: Operates.\n{more}"}


ACTIVITIES = {"roles/activities.yaml": "gowning: {title: Gown}\nfiller: {title: Filler, kind: equipment}\n"}


def stand(name: str = "SOP-001", revision: str = "1", state: str = "qualified", **more: Any) -> Stand:
    """Where somebody stands, who holds the role `operator` and is at work unless more is said."""
    said = {"current": revision == "1", "owed": True, "roles": ("operator",), "reason": "", "purpose": "qualification"}
    return Stand(name, revision, state, **{**said, **more})


def person(who: str, *stands: Stand, **more: Any) -> PersonSummary:
    """Somebody who works as an operator, unless more is said."""
    said: dict[str, Any] = {"name": f"Name of {who}", "kind": "employee", "employed": True, "on_leave": False}
    said |= {"roles": ("operator",), "departments": ()}
    return PersonSummary(person=who, stands=stands, **{**said, **more})


def made(files: Mapping[str, str], *people: PersonSummary) -> Part:
    """The matrix of some files, and of people whose standing was found elsewhere."""
    survey = survey_of({"qmsci.yaml": POLICY, **files}, DAY)
    return matrix.part(survey, Summaries({one.person: one for one in people}, {}))
