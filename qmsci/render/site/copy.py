"""What an inspector takes along: the files of the site, the electronic records behind it, and how both are checked."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from qmsci.render.site.figures import Figures
from qmsci.render.site.links import moment
from qmsci.render.site.page import Block, Code, CodeBlock, Facts, Heading, Link, Page, Part, Said, Table, Text, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey

_SUMS = "SHA256SUMS"


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page `copy.html`: copies for inspection, readable and electronic (21 CFR 11.10(b))."""
    page = Page(
        path="copy.html",
        title="A complete copy",
        blocks=(
            Text(
                "What an inspection may take along: this site, which people read; its tables, which programs read; and "
                "the electronic records themselves, with their history and signatures (21 CFR 11.10(b))."
            ),
            *_state(survey),
            *_site(),
            *_tables(Figures(survey, summaries)),
            *_records(survey),
            *_again(survey),
            *_limits(survey),
        ),
        kind="Page",
        keys=("copy", "complete copy", "export", _SUMS),
        words="CSV download bundle archive clone checksums inspection",
        description=f"How to take along this site and the electronic records of commit {survey.stamp.commit[:10]}.",
    )
    return Part((page,))


def _state(survey: Survey) -> Iterator[Block]:
    stamp = survey.stamp
    yield Facts(
        (
            ("Commit", Code(stamp.commit)),
            ("Committed", moment(stamp.committed)),
            ("Branch", _branch(survey)),
            ("As of", str(survey.when.day)),
        )
    )


def _branch(survey: Survey) -> str:
    return survey.stamp.branch or "main"


# --- the site -------------------------------------------------------------------------------------------------------


def _site() -> Iterator[Block]:
    yield Heading("This site", "site")
    yield Text("The site is a folder of files. Copy all of it: it opens from disc, without a server or a network.")
    yield Text(
        (
            Link(_SUMS, _SUMS),
            " names every other file of the folder with its digest (SHA-256). Whether each is what was built:",
        )
    )
    yield CodeBlock("sha256sum --check --quiet SHA256SUMS", "On Linux; nothing is said where every file is intact")
    yield CodeBlock("shasum -a 256 --check --quiet SHA256SUMS", "The same on macOS")
    yield Text(
        "A file that was added is not found this way, and whoever alters a file can alter the list: keep the digest of "
        "the list itself elsewhere, or build the site again and compare the lists."
    )


class _File(NamedTuple):
    """A file, or all files of a kind, with ID in the path; what it has, where it lies, and whether it is there."""

    kind: str
    says: str
    path: str
    there: bool = True

    @property
    def shown(self) -> Said:
        """A link to a file that is there; the name alone where there are many."""
        if not self.there:
            return "none: it would be empty"
        return Code(self.path) if "ID" in self.path else Link(self.path, self.path)


def _tables(found: Figures) -> Iterator[Block]:
    yield Heading("Its tables and data", "data")
    yield Text(
        "CSV files are in UTF-8, with commas and one row of heads; a cell that a spreadsheet could take for a formula "
        "begins with an apostrophe. ID stands for the id of a document, person, event or activity: there is one such "
        "file for each that has such a table, offered below it on its page."
    )
    yield Table(
        name="files",
        caption="Files of this site that programs read",
        heads=("Kind", "What it has", "File"),
        rows=tuple((one.kind, one.says, one.shown) for one in _files(found)),
        filters=(0,),
    )


def _files(found: Figures) -> Iterator[_File]:
    yield from _lists(found)
    yield from _first_page(found)
    yield _File("of each document", "its revisions", "data/documents/ID-revisions.csv")
    yield _File("of each document", "who must be trained on the revision in force", "data/documents/ID-people.csv")
    yield _File("of each document", "who must be trained on a coming revision", "data/documents/ID@REVISION-people.csv")
    yield _File("of each document", "the texts of its revisions (script data, JSON inside)", "data/texts/ID.js")
    yield _File("of each person", "every completion and rejection on record", "data/people/ID-history.csv")
    yield _File("of each person", "every answer of Ask (script data, JSON inside)", "data/ask/ID.js")
    yield _File("of each event", "its actions", "data/events/ID-actions.csv")
    yield _File("of each event", "its approvals", "data/events/ID-approvals.csv")
    yield _File("of each activity", "who may perform it", "data/activities/ID-may.csv")
    yield _File("of each activity", "who may not, and why", "data/activities/ID-may-not.csv")


def _lists(found: Figures) -> Iterator[_File]:
    """The lists of everything; one without rows has no file."""
    survey, people = found.survey, list(found.summaries.people.values())
    documents, defined = bool(found.summaries.documents), survey.defined
    checked = survey.checked()
    yield _File("list", "documents, with what is in force and coming", "data/documents/index-documents.csv", documents)
    yield _File("list", "people, with what they are qualified on", "data/people/index-people.csv", bool(people))
    yield _File("list", "roles", "data/roles/index-roles.csv", bool(list(defined.roles)))
    yield _File("list", "activities", "data/activities/index-activities.csv", bool(defined.activities))
    yield _File("list", "quality events", "data/events/index-events.csv", bool(list(survey.snapshot.events)))
    yield _File("list", "changes to the quality system", "data/changes.csv")
    yield _File("matrix", "roles and documents, a row for each requirement", "data/matrix/roles.csv")
    yield _File("matrix", "people and documents, a row for each requirement", "data/matrix/people.csv")
    yield _File("gaps", "training gaps", "data/gaps/index-gaps.csv", any(one.gaps for one in people))
    yield _File(
        "gaps", "training that is open or overdue", "data/gaps/index-overdue.csv", any(one.owes for one in people)
    )
    yield _File("gaps", "training that was ever overdue", "data/gaps/index-late.csv", any(one.late for one in people))
    yield _File("verification", "faults", "data/verification/index-wrong.csv", bool(checked.wrong))
    yield _File("verification", "void signatures", "data/verification/index-void.csv", bool(checked.void))
    yield _File("verification", "findings", "data/verification/index-findings.csv", bool(checked.findings))
    keys = any(one.keys for one in survey.snapshot.people)
    yield _File("verification", "the register of keys", "data/verification/index-keys.csv", keys)
    yield _File("rules", "the rules", "data/rules/index-rules.csv")


def _first_page(found: Figures) -> Iterator[_File]:
    tables = {
        "roles": ("qualified share by role", found.by_role),
        "capas": ("open CAPAs", found.capas),
        "coming": ("coming effective dates", found.coming),
        "untrained": ("effective while untrained", found.untrained),
        "overdue": ("what is overdue", found.late),
    }
    for name, (says, rows) in tables.items():
        yield _File("first page", says, f"data/index-{name}-table.csv", bool(rows))


# --- the records ----------------------------------------------------------------------------------------------------


def _records(survey: Survey) -> Iterator[Block]:
    commit, branch = survey.stamp.commit, _branch(survey)
    yield Heading("The electronic records", "records")
    yield Text(
        "The records are the files of a git repository: text that any editor reads, with every earlier state, who "
        "changed it and when, and the signatures. Three ways to take them along; REPOSITORY is its address or folder."
    )
    yield CodeBlock(
        f"git clone --branch {quote(branch)} REPOSITORY records\ngit -C records checkout {commit}",
        "All records with their whole history, as a folder",
    )
    yield CodeBlock(
        f"git branch inspection {commit}\n"
        "git bundle create inspection.bundle inspection\n"
        "git bundle verify inspection.bundle\n"
        "git clone --branch inspection inspection.bundle records",
        "The same as one file, made in a clone; the last line opens it, anywhere",
    )
    yield CodeBlock(
        f"git archive --format=zip --output=records-{commit[:10]}.zip {commit}",
        "The records of this commit alone, without their history; made in a clone",
    )
    yield Text(
        (
            "That they are whole and unaltered is seen without believing anybody: ",
            Code("git fsck --full"),
            " recomputes every digest, and the commit above stands for all of them. Signatures: ",
            Link("Verification", "verification/index.html#repeat"),
            ".",
        )
    )


def _again(survey: Survey) -> Iterator[Block]:
    commit = survey.stamp.commit
    yield Heading("Make this site again", "again")
    yield Text("In a clone with its history, with the qmsci that built it; no network is needed.")
    yield CodeBlock(
        f"qmsci site build --head {commit} --as-of {survey.when.day} --output again\nsha256sum again/SHA256SUMS",
        "The same pages",
    )
    yield Text(
        "The digest is that of the SHA256SUMS here, where qmsci and the page builder have the same versions. Another "
        "version may word or draw pages differently; the records, and what they say, stay the same."
    )


def _limits(survey: Survey) -> Iterator[Block]:
    yield Heading("What a copy does not have", "limits")
    yield Text(
        f"This site speaks of {survey.when.day}, and of what main had at the commit. What was recorded later is not in "
        "it. An archive has no history: who changed what, and what it was before, is in a clone or a bundle only. A "
        "shallow clone has as much of the history as was fetched. Reviews and discussions that a forge keeps are in no "
        "copy, except for what was recorded of them as approvals. Tables are made from the records and are no records; "
        "where they differ, the records count."
    )
    yield Text(
        "A copy holds personal data: names, roles and training. Whoever takes it along keeps these too.", Tone.WARN
    )
