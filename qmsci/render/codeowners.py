"""Who is asked to review what on the forge: a CODEOWNERS file from the owners of the documents and the quality unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qmsci.finding import CannotRun
from qmsci.records import layout
from qmsci.records.person import Person
from qmsci.render.event import commented
from qmsci.snapshot import Snapshot
from qmsci.timeline import days_held, include

#: Where a forge looks for the file, in its order: the first that is there counts.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
#: The largest file that GitHub reads, in bytes.
LARGEST = 3_000_000
#: How the file begins, by which it is known.
HEADING = "# Written by `qmsci export codeowners`"
_ABOUT = f"""\
{HEADING[2:]}: change the owners of documents, roles and accounts, and write it anew.
The last line that fits a file counts, and one of those whom it names is enough. Who has to sign, qmsci.yaml says
and qmsci check demands. Assignments and completions are nobody's here: those whom they concern sign them."""
#: What only the quality unit answers for: below the documents, so that it counts for what is among them.
_OF_THE_UNIT = (
    f"/{layout.APPROVALS}",
    f"/{layout.EVENTS}",
    f"/{layout.ROLES}",
    f"/{layout.WAIVERS}",
    f"/{layout.POLICY}",
    "/.github/",
    *(f"/{place}" for place in PLACES),
)
_ACCOUNT = re.compile(r"@?([A-Za-z0-9][\w-]{0,99}(?:/[\w.-]{1,100})?)", re.ASCII)
#: What stands in a pattern for itself; anything else could be read as something.
_PLAIN = re.compile(r"[\w./@+=,:~-]")


def codeowners(snapshot: Snapshot) -> str:
    """
    The text of a CODEOWNERS file: documents with the holders of their owner's role on the day, and the quality unit.

    Raises `CannotRun` where nobody of the quality unit has an account, for then nobody would be asked.
    """
    policy = snapshot.policy
    unit = policy.quality_unit if policy else ()
    owners = {role: _holders(snapshot, [role]) for role in {document.owner for document in snapshot.documents}}
    asked = _accounts(_holders(snapshot, unit))
    if not asked:
        raise CannotRun(
            f"nobody of the quality unit ({', '.join(unit)}) has an account on {snapshot.as_of}: "
            "write accounts: {github: …} into their files in roles/people/"
        )
    lines = commented("\n".join([_ABOUT, *_without_account({**owners, **{r: _holders(snapshot, [r]) for r in unit}})]))
    documents = {
        _pattern(document.path): _accounts([*owners[document.owner], *_holders(snapshot, unit)])
        for document in snapshot.documents
    }
    lines += ["", _line(f"/{layout.DOCUMENTS}", asked)]
    lines += [_line(pattern, accounts) for pattern, accounts in sorted(documents.items())]
    lines += ["", *(_line(pattern, asked) for pattern in _OF_THE_UNIT)]
    return "\n".join(lines) + "\n"


def _holders(snapshot: Snapshot, roles: Iterable[str]) -> list[Person]:
    """Who holds one of some roles on the day."""
    held = (person for role in roles for person in snapshot.holders.get(role, ()) if _holds(snapshot, person, role))
    return list({person.id: person for person in held}.values())


def _holds(snapshot: Snapshot, person: Person, role: str) -> bool:
    return include(days_held(person, role), snapshot.as_of)


def _account(person: Person) -> str | None:
    """The account of a person on the forge; None where there is none, or what stands there can be none."""
    found = _ACCOUNT.fullmatch(person.accounts.get("github", ""))
    return found[1] if found else None


def _accounts(people: Sequence[Person]) -> list[str]:
    """The accounts of some people, sorted, each once: a forge takes no notice of capitals."""
    found = {account.casefold(): account for person in people if (account := _account(person))}
    return [found[name] for name in sorted(found)]


def _without_account(holders: Mapping[str, Sequence[Person]]) -> Iterator[str]:
    """A sentence that names who would be asked and cannot be, by their ids."""
    roles: dict[str, list[str]] = defaultdict(list)
    for role in sorted(holders):
        for person in holders[role]:
            if _account(person) is None:
                roles[person.id].append(role)
    if roles:
        yield "Without an account (`accounts: {github: …}` in roles/people/):"
        yield from (f"  {person} ({', '.join(roles[person])})" for person in sorted(roles))


def _pattern(path: str) -> str:
    """
    The pattern for a document and what lies beside it under its name.

    A character that could be read as something else is `?`, which fits any one: what other signs escape, not every
    forge agrees on.
    """
    stem = path.removesuffix(".md")
    return "/" + "".join(sign if _PLAIN.match(sign) else "?" for sign in stem) + ".*"


def _line(pattern: str, accounts: Iterable[str]) -> str:
    return " ".join([pattern, *(f"@{account}" for account in accounts)])
