"""
A quality system of any size, in a git repository of its own.

    python benchmarks/generate.py DIR --documents 5000 --completions 50000 --roles 300 --people 2000

The same arguments give the same bytes and the same commit ids. `main` has two commits and is meant to be
clean: the founding import, then a week later the announcement of a few revisions that are still to come. Two
branches revise one SOP that about a dozen people need: `revise` without assigning the training that it creates,
for a finding `revision-without-assignment` for each role; `revise-assigned` with it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import IO
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Oslo")
FOUNDED = date(2024, 1, 15)
IMPORTED = datetime(2026, 11, 2, 9, tzinfo=ZONE)  # the founding commit
ANNOUNCED = datetime(2026, 11, 9, 9, tzinfo=ZONE)  # the coming revisions, with their assignments
REVISED = datetime(2026, 11, 16, 9, tzinfo=ZONE)  # the two branches
NOTICE = timedelta(days=30)  # from a change to the effective date of what it announces
TRAINING = timedelta(days=28)  # from assignment to effective date, for what the founding import brings
PASS_MARK = 80
PER_ROLE = 25  # documents that a role requires
PEOPLE_REACHED = 14  # by the revision on the branches, in a system of any size

METHODS = {"SOP": ("read",), "WI": ("read", "practical"), "TRN": ("read", "assessment")}
POLICY = f"""\
revision: 1
organization: Halden Biologics
founded: {FOUNDED}
timezone: Europe/Oslo
main: main
quality-unit: [quality-assurance]
approvals: forge
signatures: optional
documents:
  SOP:
    folder: sop
    sections: [Purpose, Scope, Procedure]
    review: 36 months
    window: 14 days
    method: [read]
  WI: {{folder: wi, review: 36 months, window: 7 days, method: [read, practical]}}
  TRN: {{folder: trn, review: 36 months, window: 0 days, method: [read, assessment]}}
training:
  onboarding: 30 days
  refresher-window: 30 days
  late-entry: 3 days
  attempts: 3
  pass-mark: {PASS_MARK}
management-review: 12 months
"""


def words(text: str) -> list[str]:
    return text.split()


AREAS = words("""
    aseptic filling packaging visual-inspection warehouse sampling microbiology chemistry stability
    validation calibration maintenance utilities cleaning gowning buffer media upstream downstream
    chromatography filtration lyophilisation labelling serialisation cold-chain incoming release
    complaints supplier document-control
""")
JOBS = words("""
    operator technician specialist analyst lead supervisor engineer scientist coordinator reviewer
    planner manager
""")
VERBS = words("""
    Clean Inspect Sample Weigh Label Release Calibrate Sterilise Assemble Store Ship Review Monitor
    Qualify Dispense Transfer
""")
THINGS = words("""
    filler autoclave isolator vial stopper buffer tank column filter balance freezer incubator
    lyophiliser pump conveyor cleanroom gown glove pallet batch record sample reagent standard sensor
    valve hose printer carton pipette centrifuge
""")
STEPS = (
    "Check that the equipment status label reads clean and that its date has not passed.",
    "Record the identification number in the batch record before anything is opened.",
    "Compare the reading with the limits in the table; stop and call the supervisor when it lies outside.",
    "Wait until the alarm has been silent for two minutes, then confirm on the panel.",
    "Have a second person verify the entry while both stand at the place of work.",
    "Discard what was touched after the glove change and note the amount.",
    "Rinse with water for injection for at least five minutes and let it drain.",
    "Close the line, attach the label, and sign with date and time.",
)
GIVEN = words("""
    Ingrid Lars Kari Ola Nora Emil Sofie Jakob Marte Henrik Astrid Even Silje Magnus Tiril Sindre Anja
    Petter
""")
FAMILY = words("""
    Solberg Hansen Moen Dahl Lund Haugen Berg Strand Bakke Vik Eide Nygaard Ruud Foss Lie Aas Holm Myhre
""")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a quality system is."""

    documents: int
    completions: int
    roles: int
    people: int


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry in a document's history."""

    label: int
    effective: date
    authors: tuple[str, str]  # two, so that each trainee has an author who is somebody else

    @property
    def assigned(self) -> date:
        """The day that its training was assigned."""
        return max(FOUNDED, self.effective - TRAINING)


@dataclass(frozen=True, slots=True)
class Document:
    """A controlled document with the text of its newest revision."""

    id: str
    title: str
    owner: str
    activity: str
    references: tuple[str, ...]
    revisions: tuple[Revision, ...]  # newest first
    body: str

    @property
    def kind(self) -> str:
        """The prefix of its id."""
        return self.id.partition("-")[0]

    @property
    def method(self) -> tuple[str, ...]:
        """How its type is trained."""
        return METHODS[self.kind]

    @property
    def newest(self) -> str:
        """The identity of its newest revision."""
        return f"{self.id}@{self.revisions[0].label}"

    @property
    def path(self) -> str:
        """Where its file stands."""
        return f"controlled-docs/{self.kind.lower()}/{self.id}-{slug(self.title)}.md"

    @property
    def text(self) -> str:
        """The text digest of its body."""
        return "sha256:" + hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Role:
    """A job function and the activities that it performs."""

    id: str
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with one role, or two."""

    id: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class System:
    """A quality system before it becomes files."""

    documents: tuple[Document, ...]
    roles: tuple[Role, ...]
    people: tuple[Person, ...]

    @cached_property
    def holders(self) -> dict[str, list[str]]:
        """The people of each role, sorted."""
        return holders_of(self.people)

    @cached_property
    def needed_by(self) -> dict[str, list[str]]:
        """The roles that need each activity, and with it the document that governs it; sorted."""
        found: dict[str, list[str]] = defaultdict(list)
        for role in sorted(self.roles, key=lambda role: role.id):
            for activity in role.activities:
                found[activity].append(role.id)
        return found

    def reached(self, document: Document) -> set[str]:
        """The people who need a document."""
        return {person for role in self.needed_by[document.activity] for person in self.holders.get(role, [])}


Files = dict[str, str]


def holders_of(people: Iterable[Person]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for person in people:
        for role in person.roles:
            found[role].append(person.id)
    return found


# What there is


def system(size: Size, seed: int = 7) -> System:
    """Documents, roles and people that fit together; no randomness but the seed's."""
    random = Random(seed)
    names = role_names(size.roles)
    people = tuple(persons(size.people, names, random))
    documents = tuple(all_documents(size.documents, names, people, random))
    activities = [document.activity for document in documents]
    return System(documents, tuple(all_roles(names, activities, random)), people)


def role_names(count: int) -> list[str]:
    names = ["quality-assurance"]
    for number in range(count - 1):
        round_, place = divmod(number, len(AREAS) * len(JOBS))
        job, area = divmod(place, len(AREAS))
        names.append(f"{AREAS[area]}-{JOBS[job]}" + (f"-{round_ + 1}" if round_ else ""))
    return names


def persons(count: int, roles: list[str], random: Random) -> Iterator[Person]:
    """Everybody has a role; every tenth has a second one."""
    for number in range(count):
        first = roles[number % len(roles)]
        second = random.choice(roles) if number % 10 == 9 else first
        name = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
        yield Person(f"p-{number + 1:04}", name, tuple(dict.fromkeys((first, second))))


def all_documents(count: int, roles: list[str], people: tuple[Person, ...], random: Random) -> Iterator[Document]:
    ids = document_ids(count)
    holders = holders_of(people)
    for number, id_ in enumerate(ids):
        owner = roles[number % len(roles)] if number % 3 else "quality-assurance"
        writers = [*holders[owner], *(person.id for person in people[:2])]
        authors = (writers[0], next(writer for writer in writers if writer != writers[0]))
        title = document_title(number)
        yield Document(
            id=id_,
            title=title,
            owner=owner,
            activity=f"{slug(title)}-{id_.lower()}",
            references=tuple(sorted(set(random.sample(ids, min(3, count))) - {id_})),
            revisions=tuple(history(authors, random)),
            body=body(title, random),
        )


def document_ids(count: int) -> list[str]:
    """Five procedures, four instructions and one training in every ten."""
    pattern = ["SOP", "WI", "SOP", "WI", "SOP", "WI", "SOP", "WI", "SOP", "TRN"]
    counters = dict.fromkeys(METHODS, 0)
    ids = []
    for number in range(count):
        kind = pattern[number % len(pattern)]
        counters[kind] += 1
        ids.append(f"{kind}-{counters[kind]:04}")
    return ids


def document_title(number: int) -> str:
    thing, verb = divmod(number, len(VERBS))
    line, thing = divmod(thing, len(THINGS))
    return f"{VERBS[verb]} the {THINGS[thing]}" + (f" on line {line + 1}" if line else "")


def history(authors: tuple[str, str], random: Random) -> Iterator[Revision]:
    """One to three revisions, newest first, in force at the founding import; half began on founding day."""
    first = FOUNDED + timedelta(days=random.choice([0, random.randrange(30, 400)]))
    dates = [first + timedelta(days=190 * number) for number in range(random.choice([1, 1, 2, 2, 3]))]
    for label, effective in reversed(list(enumerate(dates, 1))):
        yield Revision(label, effective, authors)


def body(title: str, random: Random) -> str:
    steps = "\n".join(f"{number}. {random.choice(STEPS)}" for number in range(1, random.randrange(8, 20)))
    return (
        f"# {title}\n\n## Purpose\n\n{title} so that the next batch starts from a known state.\n\n"
        "## Scope\n\nEverybody who works in the controlled area, on every shift.\n\n"
        f"## Procedure\n\n{steps}\n"
    )


def all_roles(names: list[str], activities: list[str], random: Random) -> Iterator[Role]:
    """Each activity is performed somewhere; a small common pool is performed nearly everywhere."""
    common = activities[:: max(1, len(activities) // 20)][:20]
    wanted = min(PER_ROLE, max(1, len(activities) // 2))
    for number, name in enumerate(names):
        mine = dict.fromkeys(activities[number :: len(names)])
        spare = max(0, wanted - len(mine))
        shared = random.sample(common, min(len(common), spare // 2))
        other = random.sample(activities, min(len(activities), 2 * wanted))
        wider = [activity for activity in (*shared, *other) if activity not in mine]
        yield Role(name, tuple(sorted([*mine, *dict.fromkeys(wider)][: max(wanted, len(mine))])))


# What the files say


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def line(value: Mapping[str, object]) -> str:
    """One item or entry, as JSON on a line of its own."""
    return "- " + json.dumps(value, sort_keys=True, ensure_ascii=False) + "\n"


def founding(whole: System, completions: int, seed: int) -> Files:
    """Everything that the founding import brings."""
    files = {"qmsci.yaml": POLICY, "roles/activities.yaml": activities_file(whole)}
    files |= {document.path: document_file(document) for document in whole.documents}
    files |= {f"roles/{role.id}.yaml": role_file(role) for role in whole.roles}
    files |= {f"roles/people/{person.id}.yaml": person_file(person) for person in whole.people}
    for document in whole.documents:
        files |= assignment_files(whole, document, document.revisions[0].assigned)
    return files | completion_files(whole, completions, Random(seed + 1))


def activities_file(whole: System) -> str:
    """Every fortieth activity is critical, every twentieth a piece of equipment."""
    return "".join(
        f"{document.activity}: {{title: {document.title}"
        + (", kind: equipment" if is_equipment(document.activity) else "")
        + (", critical: true, minimum-qualified: 1" if number % 40 == 7 else "")
        + "}\n"
        for number, document in enumerate(whole.documents)
    )


def is_equipment(activity: str) -> bool:
    return hashlib.sha256(activity.encode()).digest()[0] % 20 == 0


def role_file(role: Role) -> str:
    performs = [activity for activity in role.activities if not is_equipment(activity)]
    operates = [activity for activity in role.activities if is_equipment(activity)]
    title = role.id.replace("-", " ").capitalize()
    text = f"id: {role.id}\ntitle: {title}\npurpose: Does the work of the {title.lower()}.\n"
    text += "performs:\n" + "".join(f"  - {activity}\n" for activity in performs) if performs else ""
    text += "operates:\n" + "".join(f"  - {activity}\n" for activity in operates) if operates else ""
    return text


def person_file(person: Person) -> str:
    return (
        f"id: {person.id}\nname: {person.name}\nkind: employee\nemployed: {{from: {FOUNDED}}}\nroles:\n"
        + "".join(f"  - {{role: {role}, from: {FOUNDED}}}\n" for role in person.roles)
        + f"accounts: {{github: {person.id.replace('-', '')}}}\n"
    )


def document_file(document: Document) -> str:
    return (
        f"---\nid: {document.id}\ntitle: {document.title}\nowner: {document.owner}\n"
        f"governs: [{document.activity}]\npurpose: qualification\n"
        f"references: [{', '.join(document.references)}]\n"
        "revisions:\n" + "".join(map(revision_entry, document.revisions)) + f"---\n{document.body}"
    )


def revision_entry(revision: Revision) -> str:
    summary = "First issue." if revision.label == 1 else f"Clearer limits, round {revision.label}."
    return (
        f"  - revision: {revision.label}\n    effective: {revision.effective}\n    summary: {summary}\n"
        f"    impact: retrain\n    authors: [{', '.join(revision.authors)}]\n"
    )


def assignment_files(whole: System, document: Document, assigned: date) -> Files:
    """The newest revision's training, for each role that needs it."""
    return {
        f"training-records/assignments/{document.newest}/{role}.yaml": assignment_file(
            document, role, assigned, whole.holders.get(role, [])
        )
        for role in whole.needed_by[document.activity]
    }


def assignment_file(document: Document, role: str, assigned: date, people: list[str]) -> str:
    revision = document.revisions[0]
    item: dict[str, object] = {
        "document": document.newest,
        "text": document.text,
        "method": document.method,
        "due": str(revision.effective),
        "people": people,
    }
    if "assessment" in document.method:
        item["pass-mark"] = PASS_MARK
    cause = "new-document" if revision.label == 1 else "revision"
    head = f"assignment: {document.newest}/{role}\ncause: {cause}\nrole: {role}\nassigned: {assigned}\nitems:\n"
    return head + "  " + line(item)


def completion_files(whole: System, wanted: int, random: Random) -> Files:
    """As many entries as wanted, or as there are obligations; people and documents drawn at random."""
    owed = [(person, document) for document in whole.documents for person in sorted(whole.reached(document))]
    random.shuffle(owed)
    roles = {person.id: set(person.roles) for person in whole.people}
    files: Files = {}
    left = wanted
    for person, document in owed:
        if left <= 0:
            break
        names = [f"{document.newest}/{role}" for role in whole.needed_by[document.activity] if role in roles[person]]
        entries = list(attempts(person, document, names, random))[-left:]
        files[f"training-records/completions/{person}/{document.id}.yaml"] = "".join(map(line, entries))
        left -= len(entries)
    return files


def attempts(person: str, document: Document, assignments: list[str], random: Random) -> Iterator[dict[str, object]]:
    """The passing entry; before it, for every tenth assessment, an honest failed one."""
    completed = moment(document.revisions[0], random)
    entry: dict[str, object] = {
        "assignments": assignments,
        "completed": completed.isoformat(),
        "document": document.newest,
        "method": document.method,
        "text": document.text,
    }
    if "practical" in document.method:
        entry["practical"] = {"evaluator": evaluator(person, document), "outcome": "competent"}
    if "assessment" not in document.method:
        yield entry
        return
    scores = [*([60] if random.randrange(10) == 0 else []), random.randrange(PASS_MARK, 101)]
    for attempt, score in enumerate(scores, 1):
        at = completed + timedelta(hours=attempt - 1)
        assessment = {"attempt": attempt, "pass-mark": PASS_MARK, "score": score}
        yield entry | {"completed": at.isoformat(), "assessment": assessment}


def moment(revision: Revision, random: Random) -> datetime:
    """Some working hour between assignment and effective date."""
    day = revision.assigned + timedelta(days=random.randrange((revision.effective - revision.assigned).days + 1))
    return datetime.combine(day, time(random.randrange(8, 15), random.randrange(60)), ZONE)


def evaluator(person: str, document: Document) -> str:
    """An author of the revision, other than the trainee."""
    return next(author for author in document.revisions[0].authors if author != person)


# What changes later


def announced(whole: System) -> tuple[System, Files]:
    """One document in a hundred gets a revision that is still to come, trained for before it takes effect."""
    coming = {document.id: revised(document, ANNOUNCED) for document in whole.documents[50::100] or whole.documents[:1]}
    later = replace(whole, documents=tuple(coming.get(document.id, document) for document in whole.documents))
    return later, {
        path: text
        for document in coming.values()
        for path, text in change(later, document, ANNOUNCED, assigned=True).items()
    }


def branches(whole: System) -> dict[str, Files]:
    """One SOP revised, about as many people reached in every system, with and without their training."""
    procedures = [document for document in whole.documents if document.kind == "SOP" and in_force(document)]
    chosen = min(procedures, key=lambda document: abs(len(whole.reached(document)) - PEOPLE_REACHED))
    document = revised(chosen, REVISED)
    return {
        "revise": change(whole, document, REVISED, assigned=False),
        "revise-assigned": change(whole, document, REVISED, assigned=True),
    }


def in_force(document: Document) -> bool:
    return document.revisions[0].effective <= IMPORTED.date()


def revised(document: Document, at: datetime) -> Document:
    last = document.revisions[0]
    newest = Revision(last.label + 1, at.date() + NOTICE, last.authors)
    body = document.body + "\nRecord the result before leaving the room.\n"
    return replace(document, revisions=(newest, *document.revisions), body=body)


def change(whole: System, document: Document, at: datetime, *, assigned: bool) -> Files:
    files = {document.path: document_file(document)}
    return files | assignment_files(whole, document, at.date()) if assigned else files


# Into git


def generate(folder: Path, size: Size, seed: int = 7) -> dict[str, int]:
    """Write the repository; says how many files of each folder `main` holds."""
    whole = system(size, seed)
    first = founding(whole, size.completions, seed)
    later, second = announced(whole)
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    with fast_import(folder) as stream:
        write_commit(stream, "refs/heads/main", "Found the quality system", IMPORTED, first)
        write_commit(stream, "refs/heads/main", "Announce the coming revisions", ANNOUNCED, second)
        for name, files in branches(later).items():
            write_commit(stream, f"refs/heads/{name}", "Revise one SOP", REVISED, files, parent="refs/heads/main")
    git(folder, "reset", "--quiet", "--hard", "main")
    return counted(first | second)


def counted(files: Files) -> dict[str, int]:
    """Files by the folder that they are in."""
    counts: dict[str, int] = defaultdict(int)
    for path in files:
        top, _, rest = path.partition("/")
        counts[f"{top}/{rest.partition('/')[0]}" if top == "training-records" else top] += 1
    return dict(sorted(counts.items()))


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, env=git_environment())


def git_environment() -> dict[str, str]:
    """No configuration but the repository's own: the same bytes everywhere."""
    return os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@contextmanager
def fast_import(folder: Path) -> Iterator[IO[bytes]]:
    """A stream into one git process."""
    command = ["git", "-C", str(folder), "fast-import", "--quiet", "--date-format=raw"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=git_environment()) as process:
        assert process.stdin is not None
        yield process.stdin
        process.stdin.close()
    if process.returncode:
        raise SystemExit("git fast-import failed")


def write_commit(
    stream: IO[bytes], ref: str, message: str, at: datetime, files: Files, *, parent: str | None = None
) -> None:
    stamp = f"{int(at.timestamp())} {at:%z}"
    stream.write(f"commit {ref}\ncommitter Quality Unit <quality@halden.example> {stamp}\n".encode())
    write_data(stream, message)
    if parent:
        stream.write(f"from {parent}\n".encode())
    for path in sorted(files):
        stream.write(f"M 100644 inline {path}\n".encode())
        write_data(stream, files[path])


def write_data(stream: IO[bytes], text: str) -> None:
    raw = text.encode()
    stream.write(b"data %d\n%s\n" % (len(raw), raw))


def main() -> None:
    parser = argparse.ArgumentParser(description="Generate a quality system of any size, in a git repository.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or does not exist yet")
    parser.add_argument("--documents", type=int, default=5_000)
    parser.add_argument("--completions", type=int, default=50_000)
    parser.add_argument("--roles", type=int, default=300)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    if given.people < 2 or given.documents < 2 or given.roles < 1:
        parser.error("two people, two documents and a role are the least")
    if given.folder.exists() and any(given.folder.iterdir()):
        parser.error(f"{given.folder} is not empty")
    size = Size(given.documents, given.completions, given.roles, given.people)
    for folder, count in generate(given.folder, size, given.seed).items():
        print(f"{count:>7,} {folder}")


if __name__ == "__main__":
    main()
