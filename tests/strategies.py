"""Quality systems and changes to them, made up by Hypothesis: small ones, in which names and days often meet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from qmsci.records.canonical import digest_of
from tests.laws import TODAY

#: A quality system as plain values by path; a document's are its front matter, and its body under `BODY`.
System = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

BODY = "<body>"
DAYS = [TODAY + timedelta(days=days) for days in (0, -30, 14, -1, 1, -400, 60, 400, -800)]
DOCUMENTS = ("SOP-001", "WI-001", "TRN-001")
ACTIVITIES = ("gown", "fill", "clean")
ROLES = ("operator", "lead", "quality-assurance")
PEOPLE = ("p-1", "p-2", "p-3")
EVENTS = ("CAPA-1", "DEV-1", "AUD-1", "VAL-1", "GAP-1")
METHODS = (["read"], ["read", "practical"], ["read", "assessment"], ["practical"])
DIGEST = "sha256:" + 64 * "0"

days = st.sampled_from(DAYS).map(date.isoformat)
later_days = st.sampled_from([TODAY + timedelta(days=n) for n in (0, 1, 2, 13, 14, 15, 30, 60, 61, 400, 401, 1200)])


def some(values: Sequence[Any], least: int = 0, most: int = 3) -> st.SearchStrategy[list[Any]]:
    """A few of some values, in their order."""
    few = st.lists(st.sampled_from(values), min_size=least, max_size=most, unique=True) if values else st.just([])
    return few.map(sorted)


def texts(system: System) -> dict[str, str]:
    """The files of a system: each key and each entry on a line of its own, as JSON, which is YAML too."""
    return {path: _text(path, value) for path, value in system.items()}


def _text(path: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(f"- {json.dumps(entry)}\n" for entry in value)
    lines = "".join(f"{key}: {json.dumps(inner)}\n" for key, inner in value.items() if key != BODY)
    return f"---\n{lines}---\n{value[BODY]}" if path.endswith(".md") else lines


# --- records --------------------------------------------------------------------------------------------------------


def document_path(name: str) -> str:
    """The path of a document."""
    return f"controlled-docs/{name.split('-', maxsplit=1)[0].lower()}/{name}.md"


@st.composite
def intervals(draw: Draw) -> dict[str, str]:
    """An interval that begins in the past or the future, and may end."""
    first = draw(st.sampled_from(DAYS))
    last = draw(st.sampled_from([None, *(day for day in DAYS if day >= first)]))
    return {"from": first.isoformat()} | ({"to": last.isoformat()} if last else {})


@st.composite
def revisions(draw: Draw, label: int, authors: Sequence[str]) -> dict[str, Any]:
    """A revision of a document."""
    impact = draw(st.sampled_from(["retrain", "read", "none"]))
    found = {
        "revision": str(label),
        "effective": draw(days),
        "summary": f"Change {label}.",
        "impact": impact,
        "authors": [draw(st.sampled_from(authors))],
    }
    if impact != "retrain":
        found["rationale"] = "Only words."
    if draw(st.integers(0, 7)) == 7:
        found["withdrawn"] = draw(days)
    return found


@st.composite
def documents(draw: Draw, name: str, roles: Sequence[str], authors: Sequence[str], activities: Sequence[str]) -> Any:
    """A document with one to three revisions, newest first."""
    count = draw(st.integers(1, 3))
    found: dict[str, Any] = {
        "id": name,
        "title": f"Document {name}",
        "owner": draw(st.sampled_from(roles)),
        "governs": draw(some(activities)),
        "revisions": [draw(revisions(label, authors)) for label in range(count, 0, -1)],
        BODY: f"Text {count}.\n",
    }
    if draw(st.booleans()):
        found["training"] = {"method": draw(st.sampled_from(METHODS))}
        if draw(st.booleans()):
            found["training"]["every"] = draw(st.sampled_from(["12 months", "30 days"]))
    if draw(st.integers(0, 5)) == 5:
        found["retired"] = draw(days)
    if draw(st.integers(0, 5)) == 5:
        found["purpose"] = "awareness"
    return found


@st.composite
def roles(draw: Draw, name: str, known: Sequence[str], activities: Sequence[str]) -> Any:
    """A role; what it performs and requires is often shared with others."""
    found: dict[str, Any] = {"id": name, "title": name, "purpose": "Works.", "performs": draw(some(activities))}
    if draw(st.integers(0, 3)) == 3:
        found["operates"] = draw(some(activities, most=1))
    if draw(st.integers(0, 2)) == 2:
        found["requires"] = draw(some(known, most=2))
    return found


@st.composite
def people(draw: Draw, name: str, held: Sequence[str]) -> Any:
    """A person: employed at some time, holding roles at some times, sometimes on leave."""
    found: dict[str, Any] = {
        "id": name,
        "name": f"Person {name}",
        "kind": draw(st.sampled_from(["employee", "contractor"])),
        "employed": draw(
            st.one_of(st.just({"from": DAYS[-1].isoformat()}), st.lists(intervals(), min_size=1, max_size=2))
        ),
        "roles": [
            {"role": role, **draw(st.one_of(st.just({"from": DAYS[1].isoformat()}), intervals()))}
            for role in draw(st.lists(st.sampled_from(held), max_size=3))
        ],
    }
    if draw(st.integers(0, 3)) == 3:
        found["leave"] = [draw(intervals())]
    return found


@st.composite
def actions(draw: Draw, number: int, revised: Sequence[str], held: Sequence[str], named: Sequence[str]) -> Any:
    """A training action on documents or revisions, for people and roles."""
    found: dict[str, Any] = {
        "id": number,
        "kind": draw(st.sampled_from(["training", "training", "training", "other"])),
        "documents": draw(
            st.lists(st.sampled_from(revised), min_size=1, max_size=2, unique_by=lambda n: n.split("@")[0])
        ),
        "due": draw(days),
    }
    if draw(st.booleans()):
        found["roles"] = draw(some(held, 1, 2))
    if "roles" not in found or draw(st.booleans()):
        found["people"] = draw(some(named, 1, 2))
    return found


@st.composite
def events(draw: Draw, name: str, revised: Sequence[str], held: Sequence[str], named: Sequence[str]) -> Any:
    """An event of the kind of its id, mostly with training actions, at some point of its life."""
    kind = name.split("-", maxsplit=1)[0]
    documents = sorted({name.split("@")[0] for name in revised})
    found: dict[str, Any] = {"id": name, "title": f"Event {name}", **draw(_OF_KIND[kind](documents, named))}
    count = draw(st.integers(1, 2))
    found["actions"] = [draw(actions(number, revised, held, named)) for number in range(1, count + 1)]
    if draw(st.booleans()):
        category = draw(st.sampled_from(["training", "procedure"]))
        found["root-cause"] = {"category": category, "summary": "It was not seen."}
    if kind != "VAL" and draw(st.integers(0, 3)) == 3:
        found |= {"closed": draw(days), "closed-by": named[0]}
    return found


@st.composite
def _capas(draw: Draw, documents: Sequence[str], named: Sequence[str]) -> Any:
    found: dict[str, Any] = {"opened": DAYS[5].isoformat(), "owner": named[0]}
    if draw(st.booleans()):
        outcomes = st.sampled_from(["effective", "effective", "not-effective", "inconclusive"])
        checks = [
            {"on": draw(days), "outcome": draw(outcomes), "summary": "Seen."} for _ in range(draw(st.integers(0, 2)))
        ]
        assessor = draw(st.sampled_from(named))
        found["effectiveness"] = {"criterion": "None.", "period": "30 days", "assessor": assessor, "checks": checks}
    return found


@st.composite
def _deviations(draw: Draw, documents: Sequence[str], named: Sequence[str]) -> Any:
    people = draw(some(named, most=2))
    document = draw(st.sampled_from(documents)) if documents else None
    day = draw(st.sampled_from([DAYS[1], DAYS[3], DAYS[5]]))
    assessed = [person for person in people if document and draw(st.booleans())]
    verdicts = st.sampled_from(["qualified", "not-qualified"])
    return {
        "occurred": f"{day}T09:40:00+01:00",
        "reported": day.isoformat(),
        "people": people,
        "documents": [document] if document else [],
        "training-assessment": [
            {"person": person, "document": f"{document}@1", "verdict": draw(verdicts), "contributed": "false"}
            for person in assessed
        ],
        **draw(st.sampled_from([{}, {"no-capa": "Once."}])),
    }


@st.composite
def _findings(draw: Draw, documents: Sequence[str], named: Sequence[str]) -> Any:
    verified = {"verified": draw(days), "verified-by": draw(st.sampled_from(named))}
    return {"opened": DAYS[1].isoformat(), "owner": named[0], **draw(st.sampled_from([{}, verified]))}


@st.composite
def _validations(draw: Draw, documents: Sequence[str], named: Sequence[str]) -> Any:
    released = {"pq-completed": DAYS[1].isoformat(), "released": draw(days), "released-by": named[0]}
    return {
        "opened": DAYS[5].isoformat(),
        "activities": [draw(st.sampled_from(ACTIVITIES[:1]))],
        "protocol": "VP-1",
        **draw(st.sampled_from([{}, released])),
    }


@st.composite
def _gaps(draw: Draw, documents: Sequence[str], named: Sequence[str]) -> Any:
    return {
        "opened": DAYS[1].isoformat(),
        "person": draw(st.sampled_from(named)),
        "document": draw(st.sampled_from(documents or DOCUMENTS)),
        "from": DAYS[5].isoformat(),
    }


_OF_KIND: dict[str, Callable[[Sequence[str], Sequence[str]], st.SearchStrategy[Any]]] = {
    "CAPA": _capas,
    "DEV": _deviations,
    "AUD": _findings,
    "VAL": _validations,
    "GAP": _gaps,
}


@st.composite
def completion_entries(draw: Draw, revision: str, asked: Sequence[str]) -> Any:
    """A completion, passed or not, with or without what it was meant for."""
    method = draw(st.sampled_from(METHODS))
    found: dict[str, Any] = {"document": revision, "completed": f"{draw(days)}T09:30:00+01:00", "method": method}
    if asked and draw(st.booleans()):
        found["assignments"] = [draw(st.sampled_from(asked))]
    if "assessment" in method:
        found["assessment"] = {"score": draw(st.sampled_from([95, 40])), "pass-mark": 80, "attempt": 1}
    return found


@st.composite
def waiver_entries(draw: Draw, revision: str, by: str) -> Any:
    """A waiver."""
    return {
        "document": revision,
        "reason": "Certified.",
        "evidence": "4711",
        "from": draw(days),
        "until": draw(days),
        "by": by,
    }


def policy(revision: int = 1, onboarding: int = 30, method: Sequence[str] = ("read",)) -> Any:
    """A policy in which neither approvals nor signatures are looked for."""
    return {
        "revision": revision,
        "organization": "Halden Biologics",
        "timezone": "Europe/Oslo",
        "quality-unit": ["quality-assurance"],
        "approvals": "forge",
        "signatures": "optional",
        "documents": {
            "SOP": {"folder": "sop", "review": "24 months", "window": "14 days", "method": list(method)},
            "WI": {"folder": "wi", "review": "24 months", "window": "7 days", "method": ["read", "practical"]},
            "TRN": {"folder": "trn", "review": "36 months", "window": "0 days", "method": ["read", "assessment"]},
        },
        "training": {"onboarding": f"{onboarding} days"},
    }


# --- systems --------------------------------------------------------------------------------------------------------


def revised(system: System) -> list[str]:
    """The names of all documents and revisions of a system, `SOP-001` and `SOP-001@1`."""
    found = []
    for value in system.values():
        if isinstance(value, dict) and BODY in value:
            found += [value["id"], *(f"{value['id']}@{entry['revision']}" for entry in value["revisions"])]
    return sorted(found)


def approved_texts(document: Any) -> System:
    """An approval for each older revision: who asks for its text finds it there."""
    return {
        f"controlled-docs/approvals/{document['id']}@{entry['revision']}/p-1.yaml": {
            "document": f"{document['id']}@{entry['revision']}",
            "text": DIGEST,
            "effective": entry["effective"],
            "impact": entry["impact"],
            "governs": document["governs"],
            "by": "p-1",
            "name": "Person p-1",
            "meaning": "reviewed",
            "at": "2024-01-04T09:40:00+01:00",
        }
        for entry in document["revisions"][1:]
    }


@st.composite
def systems(draw: Draw) -> System:
    """A quality system without any assignment; every name in it is defined."""
    activities = list(ACTIVITIES[: draw(st.integers(1, 3))])
    known = list(DOCUMENTS[: draw(st.integers(1, 3))])
    held = [*ROLES[: draw(st.integers(1, 2))], "quality-assurance"]
    named = list(PEOPLE[: draw(st.integers(1, 3))])
    found: System = {
        "qmsci.yaml": policy(),
        "roles/activities.yaml": {activity: {"title": activity} for activity in activities},
    }
    for name in known:
        document = draw(documents(name, held, named, activities))
        found[document_path(name)] = document
        found |= approved_texts(document)
    found |= {f"roles/{name}.yaml": draw(roles(name, known, activities)) for name in held}
    found |= {f"roles/people/{name}.yaml": draw(people(name, held)) for name in named}
    for name in draw(some(EVENTS, most=2)):
        found[f"quality-events/{name}.yaml"] = draw(events(name, revised(found), held, named))
    for name in draw(some(named, most=2)):
        found |= draw(_histories(found, name))
    return found


@st.composite
def _histories(draw: Draw, system: System, person: str) -> System:
    found: System = {}
    asked = [path[len("training-records/assignments/") : -5] for path in assignment_paths(system)]
    for revision in draw(st.lists(st.sampled_from([name for name in revised(system) if "@" in name]), max_size=3)):
        path = f"training-records/completions/{person}/{revision.split('@')[0]}.yaml"
        entries = list(found.get(path) or deepcopy(system.get(path)) or [])
        found[path] = [*entries, draw(completion_entries(revision, asked))] if isinstance(entries, list) else entries
    return found


def assignment_paths(system: System) -> list[str]:
    """The paths of the assignment files of a system."""
    return sorted(path for path in system if path.startswith("training-records/assignments/"))


# --- edits ----------------------------------------------------------------------------------------------------------


@st.composite
def edited(draw: Draw, system: System, most: int = 3) -> System:
    """A system after a few edits, each of any file; what they name need not be defined any more."""
    found = deepcopy(system)
    for _ in range(draw(st.integers(1, most))):
        draw(st.sampled_from(EDITS))(draw, found)
    return found


def _pick(draw: Draw, system: System, start: str) -> str | None:
    paths = sorted(path for path, value in system.items() if path.startswith(start) and isinstance(value, dict))
    paths = [path for path in paths if "approvals/" not in path and path != "roles/activities.yaml"]
    if start == "roles/":
        paths = [path for path in paths if not path.startswith("roles/people/")]
    return draw(st.sampled_from(paths)) if paths else None


def put_document(draw: Draw, system: System) -> None:
    """Add a document, or write it anew."""
    document = draw(documents(draw(st.sampled_from(DOCUMENTS)), ROLES, PEOPLE, ACTIVITIES))
    system |= {document_path(document["id"]): document, **approved_texts(document)}


def add_revision(draw: Draw, system: System) -> None:
    """Revise a document."""
    path = _pick(draw, system, "controlled-docs/")
    if path:
        document = system[path]
        label = max(int(entry["revision"]) for entry in document["revisions"]) + 1
        document["revisions"] = [draw(revisions(label, PEOPLE)), *document["revisions"]]
        document[BODY] = f"Text {label}.\n"
        system |= approved_texts(document)


def alter_document(draw: Draw, system: System) -> None:
    """Change one key of a document."""
    path = _pick(draw, system, "controlled-docs/")
    if path is None:
        return
    document, kind = system[path], draw(st.integers(0, 7))
    entry = draw(st.sampled_from(document["revisions"]))
    match kind:
        case 0:
            document["governs"] = draw(some(ACTIVITIES))
        case 1:
            document["retired"] = draw(days)
        case 2:
            document.pop("retired", None)
        case 3:
            document["training"] = {"method": draw(st.sampled_from(METHODS)), "every": "30 days"}
        case 4:
            entry["effective"] = draw(days)
        case 5:
            entry["withdrawn"] = draw(days)
        case 6:
            entry["impact"] = draw(st.sampled_from(["retrain", "read", "none"]))
        case 7 if len(document["revisions"]) > 1:
            document["revisions"].remove(entry)


def put_role(draw: Draw, system: System) -> None:
    """Add a role, or write it anew."""
    name = draw(st.sampled_from(ROLES))
    system[f"roles/{name}.yaml"] = draw(roles(name, DOCUMENTS, ACTIVITIES))


def put_person(draw: Draw, system: System) -> None:
    """Add a person, or write them anew."""
    name = draw(st.sampled_from(PEOPLE))
    system[f"roles/people/{name}.yaml"] = draw(people(name, ROLES))


def alter_person(draw: Draw, system: System) -> None:
    """Give a person a role, end one, send them on leave, take leave away."""
    path = _pick(draw, system, "roles/people/")
    if path is None:
        return
    person = system[path]
    match draw(st.integers(0, 4)):
        case 0:
            person["roles"] = [*person["roles"], {"role": draw(st.sampled_from(ROLES)), **draw(intervals())}]
        case 1 if person["roles"]:
            draw(st.sampled_from(person["roles"]))["to"] = draw(days)
        case 2:
            person["leave"] = [draw(intervals())]
        case 3:
            person.pop("leave", None)
        case 4:
            person["employed"] = [draw(intervals())]


def train(draw: Draw, system: System) -> None:
    """Add completions."""
    if any("@" in name for name in revised(system)):
        system |= draw(_histories(system, draw(st.sampled_from(PEOPLE))))


def waive(draw: Draw, system: System) -> None:
    """Write a person's waivers on a document."""
    names = [name for name in revised(system) if "@" in name]
    if names:
        person, revision = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(names))
        path = f"training-records/waivers/{person}/{revision.split('@')[0]}.yaml"
        system[path] = [draw(waiver_entries(revision, draw(st.sampled_from(PEOPLE))))]


def put_event(draw: Draw, system: System) -> None:
    """Add an event, or write it anew."""
    name = draw(st.sampled_from(EVENTS))
    named = [*DOCUMENTS, *(f"{document}@{label}" for document in DOCUMENTS for label in (1, 2, 3, 4))]
    system[f"quality-events/{name}.yaml"] = draw(events(name, named, ROLES, PEOPLE))


def alter_event(draw: Draw, system: System) -> None:
    """Close an event, or open it again."""
    path = _pick(draw, system, "quality-events/")
    if path and "closed" in system[path]:
        del system[path]["closed"], system[path]["closed-by"]
    elif path:
        system[path] |= {"closed": draw(days), "closed-by": draw(st.sampled_from(PEOPLE))}


def alter_assignment(draw: Draw, system: System) -> None:
    """Take somebody out of an assignment file."""
    paths = [path for path in assignment_paths(system) if "p-" in system[path].partition("items:")[2]]
    if paths:
        path = draw(st.sampled_from(paths))
        person = draw(st.sampled_from(sorted(set(re.findall(r'"(p-\d)"', system[path])) or PEOPLE)))
        system[path] = re.sub(rf'"{person}"(, )?|, "{person}"(?=\])', "", system[path])


def alter_history(draw: Draw, system: System) -> None:
    """Take a completion away, have it failed, or reject it."""
    paths = [path for path, value in system.items() if "/completions/" in path and isinstance(value, list)]
    if not paths:
        return
    path = draw(st.sampled_from(sorted(paths)))
    history = system[path]
    entry = draw(st.sampled_from(history))
    match draw(st.integers(0, 2)):
        case 0 if len(history) > 1:
            history.remove(entry)
        case 1 if "document" in entry:
            entry["practical"] = {"evaluator": draw(st.sampled_from(PEOPLE)), "outcome": "not-competent"}
        case 2:
            at = f"{draw(days)}T09:30:00+01:00"
            history.append({"rejects": digest_of(entry), "reason": "Not hers.", "by": "p-1", "at": at})


def put_activities(draw: Draw, system: System) -> None:
    """Write the activities anew."""
    system["roles/activities.yaml"] = {name: {"title": name} for name in draw(some(ACTIVITIES, 1))}


def put_policy(draw: Draw, system: System) -> None:
    """Write the policy anew."""
    system["qmsci.yaml"] = policy(2, draw(st.sampled_from([30, 10])), draw(st.sampled_from(METHODS)))


def remove(draw: Draw, system: System) -> None:
    """Remove a file."""
    del system[draw(st.sampled_from(sorted(set(system) - {"qmsci.yaml"})))]


def spoil(draw: Draw, system: System) -> None:
    """Make a file unreadable."""
    path = draw(st.sampled_from(sorted(set(system) - {"qmsci.yaml"})))
    system[path] = draw(st.sampled_from(["\t: [\n", "id: [\n", "nothing: known\n"]))


def move(draw: Draw, system: System) -> None:
    """Rename a document's file, or copy it under another name."""
    path = _pick(draw, system, "controlled-docs/")
    if path:
        system[path.replace(".md", "-anew.md")] = deepcopy(system[path])
        if draw(st.booleans()):
            del system[path]


def stray(draw: Draw, system: System) -> None:
    """Add a file that is no record."""
    system[draw(st.sampled_from(["quality-events/notes.txt", "roles/README.md", "controlled-docs/sop/scan.pdf"]))] = (
        "?\n"
    )


EDITS: list[Callable[[Draw, System], None]] = [
    put_document,
    add_revision,
    add_revision,
    alter_document,
    alter_document,
    put_role,
    put_person,
    alter_person,
    alter_person,
    train,
    train,
    waive,
    put_event,
    alter_event,
    alter_assignment,
    alter_assignment,
    alter_history,
    alter_history,
    put_activities,
    put_policy,
    remove,
    spoil,
    move,
    stray,
]
