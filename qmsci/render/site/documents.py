"""The list of all documents, and what stands alone: documents that no role requires, roles without documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qmsci.render.site.document import COMPARE
from qmsci.render.site.links import listed, to_document, to_role
from qmsci.render.site.page import Block, Heading, Link, Mark, Page, Part, Said, Table, Text, Tone
from qmsci.render.site.summary import DocumentSummary, Rolled, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted

_PATH = "documents/index.html"


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page with the list of all documents."""
    every = list(summaries.documents.values())
    blocks: list[Block] = [
        Text(
            f"{counted(len(every), 'document')} on {survey.when.day}. Qualified: of those at work on that day whose "
            "roles require a document, those trained on the revision in force, no refresher lapsed, not suspended. "
            "Approved: on main, and not yet effective."
        ),
        Table(
            name="documents",
            caption=f"Controlled documents on {survey.when.day}",
            heads=(
                *("Document", "Title", "Type", "State", "Revision", "Effective", "Owner", "Next review"),
                *("Qualified", "Coming", "Roles"),
            ),
            rows=tuple(_row(survey, one) for one in every),
            filters=(2, 3, 6),
            csv=True,
            empty="There is no document.",
        ),
        Text(("Any two texts of a document can be compared: ", Link("compare texts", COMPARE), ".")),
        Heading("What stands alone", "orphans"),
        *_orphans(survey, every),
    ]
    return Part((Page(_PATH, "Documents", tuple(blocks), kind="List", keys=("Documents",)),))


def _row(survey: Survey, one: DocumentSummary) -> tuple[Said, ...]:
    current = one.current
    return (
        to_document(survey, one.document),
        one.title,
        one.type,
        _state(survey, one, current),
        current.revision if current else "",
        str(current.effective) if current else "",
        to_role(survey, one.owner),
        _review(survey, one),
        _qualified(one) if current else "",
        listed(
            (Link(named := f"{one.document}@{coming.revision}", f"documents/{named}.html"), f" from {coming.effective}")
            for coming in reversed(one.coming)
        ),
        listed(to_role(survey, role) for role in one.roles),
    )


def _state(survey: Survey, one: DocumentSummary, current: Rolled | None) -> Said:
    if current:
        return Mark("in force", Tone.GOOD)
    if one.retired and one.retired <= survey.when.day:
        return Mark("retired", Tone.QUIET)
    return Mark("approved", Tone.WARN) if one.coming else Mark("withdrawn", Tone.QUIET)


def _review(survey: Survey, one: DocumentSummary) -> Said:
    if one.next_review is None:
        return ""
    is_late = one.next_review < survey.when.day
    return Mark(f"{one.next_review}, overdue", Tone.BAD) if is_late else str(one.next_review)


def _qualified(one: DocumentSummary) -> Said:
    said = f"{one.qualified} of {one.owed}"
    return said if one.qualified == one.owed else Mark(said, Tone.WARN)


# --- what stands alone ----------------------------------------------------------------------------------------------


def _orphans(survey: Survey, every: Iterable[DocumentSummary]) -> Iterator[Block]:
    """Each document belongs to a role and each role to a document; what does not is named."""
    alone = [one.document for one in every if not one.roles and (one.current or one.coming)]
    required = {role for one in every for role in one.roles}
    without = [role for role in survey.matrix(survey.when).roles.by_id if role not in required]
    if alone:
        said = f"{counted(len(alone), 'document')} in force or coming that no role requires: "
        yield Text((said, listed(to_document(survey, name) for name in alone), "."), Tone.BAD)
    else:
        yield Text("Every document that is in force or coming is required by a role.", Tone.GOOD)
    if without:
        said = f"{counted(len(without), 'role')} that no document belongs to: "
        yield Text((said, listed(to_role(survey, name) for name in without), "."), Tone.BAD)
    else:
        yield Text("Every role requires a document.", Tone.GOOD)
