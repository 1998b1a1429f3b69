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

#: From the founding to the day on which the first procedures take effect, where no signature founds them: time to read.
WINDOW = timedelta(days=14)

#: Whose word it is that the first key of all is the founder's, where nothing better is said.
FIRST_PROOF = "the founder's own word at the founding"

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
    key: str = ""  # the founder's public key: approvals are signed from the first day on
    proof: str = ""

    @property
    def way(self) -> str:
        """Where approvals live: `signed`, as files, or in the `forge`."""
        return "signed" if self.key else "forge"

    @property
    def effective(self) -> date:
        """
        The day on which the first procedures take effect.

        Where approvals are signed it is the day of the founding: they stand on the approval of the policy alone, for
        there is nobody yet who could approve them and is not their author.
        """
        return self.today if self.key else self.today + WINDOW


def founding_files(templates: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """The files of a new quality system by path, sorted; with the assignments that `assign` would write."""
    said = {key: text for key, text in vars(facts).items() if isinstance(text, str)}
    said |= {
        "main-quoted": json.dumps(facts.main, ensure_ascii=False),
        "way": facts.way,
        "signatures": "required" if facts.key else "optional",
        "today": facts.today.isoformat(),
        "effective": facts.effective.isoformat(),
    }
    quoted = said | {key: _scalar(said[key]) for key in ("organization", "timezone", "main", "name", "key", "proof")}
    files = {
        _path(path, said): _filled(_chosen(text, facts.way), quoted if path.endswith(".yaml") else said)
        for path, text in templates.items()
    }
    snapshot = Snapshot(library_of(files), facts.today)
    assignments = Plan(snapshot).close(whole_gap(snapshot))
    files |= {assignment.path: written(assignment) for assignment in assignments}
    return dict(sorted(files.items()))


def _path(template: str, values: Mapping[str, str]) -> str:
    return _filled(re.sub(r"(^|/)dot-", r"\1.", template), values)


def _chosen(text: str, way: str) -> str:
    """A template without the parts that are for the other way of giving approvals."""
    part = re.compile(r"^@@(forge|signed)\n(.*?)^@@end\n", re.MULTILINE | re.DOTALL)
    return part.sub(lambda found: found[2] if found[1] == way else "", text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"@@([a-z-]+)@@", lambda found: values[found[1]], text)


def _scalar(text: str) -> str:
    """A text as a YAML scalar, quoted unless it is of plain words."""
    plain = re.fullmatch(r"[A-Za-z][\w/.-]*(?: [A-Za-z][\w.-]*)*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)
