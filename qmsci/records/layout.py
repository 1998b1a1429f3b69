"""Where each record lives. The path is the index: it is known from the names in the question."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from qmsci.records.base import DOCUMENT_ID, LABEL, NAME, RevisionId

POLICY = "qmsci.yaml"
DOCUMENTS = "controlled-docs/"
APPROVALS = "controlled-docs/approvals/"
ROLES = "roles/"
ACTIVITIES = "roles/activities.yaml"
PEOPLE = "roles/people/"
EVENTS = "quality-events/"
TRAINING = "training-records/"
ASSIGNMENTS = "training-records/assignments/"
COMPLETIONS = "training-records/completions/"
WAIVERS = "training-records/waivers/"
ROOTS = (DOCUMENTS, ROLES, EVENTS, TRAINING)


class Kind(StrEnum):
    """The kinds of file that a quality system has."""

    POLICY = "policy"
    DOCUMENT = "document"
    QUESTIONS = "questions"
    APPROVAL = "approval"
    FILE_APPROVAL = "file-approval"
    ROLE = "role"
    ACTIVITIES = "activities"
    PERSON = "person"
    EVENT = "event"
    ASSIGNMENT = "assignment"
    COMPLETIONS = "completions"
    WAIVERS = "waivers"


class Filed(NamedTuple):
    """What a path says about its file: the kind, and the names in it."""

    kind: Kind
    names: tuple[str, ...]


_NAMED = re.compile(rf"{DOCUMENT_ID}\b[^.]*")
_STEP = r"[A-Za-z0-9][A-Za-z0-9@._-]*"
#: What an approval of a whole file is named after: an event's closing, or a path with the first digits of its digest.
_WHOLE = rf"{DOCUMENT_ID}@closed-[1-9]\d*|(?:[^/]+/)*[^/]+@[0-9a-f]{{16}}"
#: By the first folder, so that a path is held against few forms.
_FORMS: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {
    POLICY: [(Kind.POLICY, re.compile(r"qmsci\.yaml"))],
    "controlled-docs": [
        (Kind.APPROVAL, re.compile(rf"{APPROVALS}({DOCUMENT_ID}@{LABEL})/({NAME})\.yaml")),
        (Kind.FILE_APPROVAL, re.compile(rf"{APPROVALS}({_WHOLE})/({NAME})\.yaml")),
        (Kind.DOCUMENT, re.compile(rf"{DOCUMENTS}(?!approvals/)([^/]+)/({DOCUMENT_ID}(?:-[\w.-]*)?)\.md")),
        (
            Kind.QUESTIONS,
            re.compile(rf"{DOCUMENTS}(?!approvals/)([^/]+)/({DOCUMENT_ID}(?:-[\w.-]*)?)\.questions\.yaml"),
        ),
    ],
    "roles": [
        (Kind.ACTIVITIES, re.compile(r"roles/activities\.yaml")),
        (Kind.PERSON, re.compile(rf"{PEOPLE}({NAME})\.yaml")),
        (Kind.ROLE, re.compile(rf"{ROLES}({NAME})\.yaml")),
    ],
    "quality-events": [(Kind.EVENT, re.compile(rf"{EVENTS}({DOCUMENT_ID})\.yaml"))],
    "training-records": [
        (Kind.COMPLETIONS, re.compile(rf"{COMPLETIONS}({NAME})/({DOCUMENT_ID})\.yaml")),
        (Kind.ASSIGNMENT, re.compile(rf"{ASSIGNMENTS}((?:{_STEP}/)+{_STEP})\.yaml")),
        (Kind.WAIVERS, re.compile(rf"{WAIVERS}({NAME})/({DOCUMENT_ID})\.yaml")),
    ],
}


@lru_cache(maxsize=4096)
def filed(path: str) -> Filed | None:
    """
    What kind of file a path is for, and the names that the path gives; None for a path that no record has.

    >>> filed("training-records/completions/p-0042/SOP-014.yaml")
    Filed(kind=<Kind.COMPLETIONS: 'completions'>, names=('p-0042', 'SOP-014'))
    """
    for kind, form in _FORMS.get(path.split("/", 1)[0], ()):
        found = form.fullmatch(path)
        if found:
            return Filed(kind, found.groups())
    return None


#: Where the forge looks for what says how everything is judged: as a file system may see it, and as it must be written.
_PLACES = tuple(
    (re.compile(place, re.IGNORECASE), re.compile(place))
    for place in (r"(\.github/|docs/)?CODEOWNERS\Z", r"\.github(/|\Z)", r"\.github/workflows(/|\Z)")
)


def is_stray(path: str) -> bool:
    """
    Whether a path lies where only records lie and is none of them. Readmes and hidden files are welcome anywhere.

    So is one that lies there, or in the place of a protected file, for a file system that does not tell capitals apart:
    `Roles/operator.yaml`, `QMSCI.yaml`, `codeowners`, `.GitHub/workflows/check.yml`.
    """
    if not path.startswith(ROOTS):
        folded = unicodedata.normalize("NFKC", path).casefold()
        if folded != path and (f"{folded}/".startswith(ROOTS) or folded == POLICY):
            return True
        return any(alike.match(folded) and not exact.match(path) for alike, exact in _PLACES)
    if filed(path):
        return False
    name = path.rsplit("/", 1)[-1]
    if name == "README.md" or name.startswith("."):
        return False
    if not path.startswith(DOCUMENTS):
        return True
    return name.lower().endswith((".md", ".markdown", ".yaml", ".yml")) or bool(_NAMED.fullmatch(name))


def person(name: str) -> str:
    """The path of a person's file."""
    return f"{PEOPLE}{name}.yaml"


def role_assignment(revision: RevisionId, role: str) -> str:
    """The path of the assignment of a revision to the holders of a role."""
    return f"{ASSIGNMENTS}{revision}/{role}.yaml"


def approval(revision: RevisionId, person: str) -> str:
    """The path of a person's approval of a revision."""
    return f"{APPROVALS}{revision}/{person}.yaml"


def questions(document: str) -> str:
    """The path of the questions that lie beside a document, by the path of the document."""
    return f"{document.removesuffix('.md')}.questions.yaml"


def asking_about(questions: str) -> str:
    """The path of the document beside which some questions lie, by the path of the questions."""
    return f"{questions.removesuffix('.questions.yaml')}.md"


def closing_approvals(event: str, number: int) -> str:
    """The folder with the approvals of an event's closing, its first one or a later one after it was reopened."""
    return f"{APPROVALS}{event}@closed-{number}/"


def file_approvals(path: str, digest: str) -> str:
    """The folder with the approvals of a whole file with some content, by the digest (`sha256:…`) of its bytes."""
    return f"{APPROVALS}{path}@{digest.removeprefix('sha256:')[:16]}/"


def completions(person: str, document: str) -> str:
    """The path of a person's history on a document."""
    return f"{COMPLETIONS}{person}/{document}.yaml"


def waivers(person: str, document: str) -> str:
    """The path of a person's waivers on a document."""
    return f"{WAIVERS}{person}/{document}.yaml"


def assignment_name(path: str) -> str:
    """The name by which an assignment file is linked: its path without folder and ending."""
    return path.removeprefix(ASSIGNMENTS).removesuffix(".yaml")


def assignment_path(name: str) -> str:
    """The path of the assignment of a name."""
    return f"{ASSIGNMENTS}{name}.yaml"
