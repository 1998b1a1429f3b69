"""An assignment as the file that `qmsci assign` writes: the same assignment, the same bytes."""

from __future__ import annotations

import json

from qmsci.records.training import Assignment, AssignmentItem


def written(assignment: Assignment) -> str:
    """The text of an assignment file: a heading in block style, each item on one line as JSON, which is YAML too."""
    lines = [f"assignment: {assignment.assignment}", f"cause: {assignment.cause}"]
    if assignment.role:
        lines.append(f"role: {assignment.role}")
    lines += [f"assigned: {assignment.assigned}", "items:"]
    return "\n".join(lines + [f"  - {_line(item)}" for item in assignment.items]) + "\n"


def _line(item: AssignmentItem) -> str:
    return json.dumps(
        item.model_dump(mode="json", by_alias=True, exclude_none=True), sort_keys=True, ensure_ascii=False
    )
