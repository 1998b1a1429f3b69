"""A new quality system as files: the templates with the facts of its founding, and the training that they create."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from qmsci.assign import Plan, whole_gap
from qmsci.library import library_of
from qmsci.render.assignment import written
from qmsci.snapshot import Snapshot

#: From the founding to the day on which the first procedures take effect: time to read them.
WINDOW = timedelta(days=14)

#: What a repository may have already: it is left as it is.
COURTESIES = frozenset({"README.md", ".gitattributes", ".github/pull_request_template.md"})


@dataclass(frozen=True)
class Facts:
    """Who founds a quality system, where and when."""

    organization: str
    timezone: str
    main: str
    founder: str
    name: str
    today: date
    version: str


def founding_files(templates: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """The files of a new quality system by path, sorted; with the assignments that `assign` would write."""
    said = {key: text for key, text in vars(facts).items() if isinstance(text, str)}
    said |= {
        "main-quoted": json.dumps(facts.main, ensure_ascii=False),
        "today": facts.today.isoformat(),
        "effective": (facts.today + WINDOW).isoformat(),
    }
    quoted = said | {key: _scalar(said[key]) for key in ("organization", "timezone", "main", "name")}
    files = {
        _path(path, said): _filled(text, quoted if path.endswith(".yaml") else said) for path, text in templates.items()
    }
    snapshot = Snapshot(library_of(files), facts.today)
    assignments = Plan(snapshot).close(whole_gap(snapshot))
    files |= {assignment.path: written(assignment) for assignment in assignments}
    return dict(sorted(files.items()))


def _path(template: str, values: Mapping[str, str]) -> str:
    return _filled(re.sub(r"(^|/)dot-", r"\1.", template), values)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"@@([a-z-]+)@@", lambda found: values[found[1]], text)


def _scalar(text: str) -> str:
    """A text as a YAML scalar, quoted unless it is of plain words."""
    plain = re.fullmatch(r"[A-Za-z][\w/.-]*(?: [A-Za-z][\w.-]*)*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)
