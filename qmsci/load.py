"""From the bytes of a file to a record, or to plain sentences about what keeps it from being one."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from qmsci.finding import At, KeyPath, Place
from qmsci.read import Plain, Unreadable, front_matter, places, plain, text_digest
from qmsci.records.base import FORMS, FileRecord
from qmsci.records.document import Document
from qmsci.records.event import KINDS, Event
from qmsci.records.layout import Kind, assignment_name, filed
from qmsci.records.person import Person
from qmsci.records.policy import Policy
from qmsci.records.role import Activities, Role
from qmsci.records.training import Approval, Assignment, Completions, Rejection, Waivers

MODELS: dict[Kind, type[FileRecord]] = {
    Kind.POLICY: Policy,
    Kind.DOCUMENT: Document,
    Kind.APPROVAL: Approval,
    Kind.ROLE: Role,
    Kind.ACTIVITIES: Activities,
    Kind.PERSON: Person,
    Kind.ASSIGNMENT: Assignment,
    Kind.COMPLETIONS: Completions,
    Kind.WAIVERS: Waivers,
}
#: Files whose whole content is one list or mapping, which the record has under this key.
_WRAPPED = {Kind.ACTIVITIES, Kind.COMPLETIONS, Kind.WAIVERS}


class Fault(NamedTuple):
    """What keeps a file from being read, at a place or at a key."""

    at: At | Place
    message: str
    fix: str | None = None


class Loaded(NamedTuple):
    """What a file turned out to be: a record, or faults."""

    record: FileRecord | None
    faults: tuple[Fault, ...] = ()


class Content(NamedTuple):
    """A file as it is written: its plain values and, for a document, the digest and the headings of its text."""

    values: Plain
    text: str = ""
    headings: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        """The content as bytes for a cache; `decoded` and `record_of` read them back."""
        about = json.dumps([self.text, self.headings], ensure_ascii=False)
        return f"{about}\n{json.dumps(self.values, ensure_ascii=False)}".encode()


_HEADING = re.compile(rb"^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)
_FENCED = re.compile(rb"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)


def content_of(path: str, data: bytes) -> Content:
    """Read a file without asking what its keys mean. Raises `Unreadable`."""
    kind = kind_of(path)
    if kind is Kind.DOCUMENT:
        parts = front_matter(data)
        body = _FENCED.sub(b"", parts.body)
        headings = tuple(found.decode() for found in _HEADING.findall(body))
        return Content(_front(parts.yaml, parts.line), text_digest(parts.body), headings)
    values = plain(data)
    return Content({"entries": values} if kind in _WRAPPED else values)


def _front(yaml: bytes, line: int) -> Plain:
    try:
        return plain(yaml)
    except Unreadable as fault:
        raise Unreadable(fault.message, fault.line + line - 1, fault.column, fault.fix) from None


def kind_of(path: str) -> Kind:
    """The kind of file that a path is for; the path must be one that a record has."""
    found = filed(path)
    assert found, path
    return found.kind


def _names(path: str) -> tuple[str, ...]:
    found = filed(path)
    assert found, path
    return found.names


def model_of(path: str) -> type[FileRecord] | None:
    """The class of the record at a path; None for an event of a kind that there is none of."""
    kind = kind_of(path)
    return KINDS.get(_names(path)[0].split("-", 1)[0]) if kind is Kind.EVENT else MODELS[kind]


def load(path: str, data: bytes) -> Loaded:
    """Read one file of a quality system."""
    try:
        content = content_of(path, data)
    except Unreadable as fault:
        return Loaded(None, (Fault(Place(path, fault.line, fault.column), fault.message, fault.fix),))
    return record_of(path, content)


def record_of(path: str, content: Content | bytes) -> Loaded:
    """The record that some content, or its encoded form, is."""
    model = model_of(path)
    if model is None:
        known = ", ".join(KINDS)
        return Loaded(None, (Fault(At(path), f"the name begins with no kind of quality event ({known})"),))
    try:
        record = _validated(model, content)
    except ValidationError as error:
        values = content.values if isinstance(content, Content) else json.loads(content.split(b"\n", 1)[1])
        return Loaded(None, tuple(_faults(path, model, values, error)))
    record.noting(path=path)
    astray = tuple(_astray(path, record))
    return Loaded(None if astray else record, astray)


def _validated(model: type[FileRecord], content: Content | bytes) -> FileRecord:
    values: Any
    if isinstance(content, bytes):
        about, values = content.split(b"\n", 1)
        record = model.model_validate_json(values, by_name=False, by_alias=True)
        if isinstance(record, Document):
            text, headings = json.loads(about)
            record.noting(text=text, headings=tuple(headings))
    else:
        values = content.values
        record = model.model_validate(values, by_name=False, by_alias=True)
        if isinstance(record, Document):
            record.noting(text=content.text, headings=content.headings)
    if isinstance(record, Completions) and record.rejections:
        record.link_rejections((json.loads(values) if isinstance(values, bytes) else values)["entries"])
    return record


def _astray(path: str, record: FileRecord) -> list[Fault]:
    """Where a record and its path disagree about whose record it is."""
    names = _names(path)
    match record:
        case Document(id=name):
            stem = names[1]
            if stem != name and not stem.startswith(f"{name}-"):
                return [
                    Fault(
                        At(path, ("id",)),
                        f"the id is {name}, the file is named {stem}.md",
                        f"name it {name}-….md",
                    )
                ]
        case Assignment(assignment=name) if name != assignment_name(path):
            return [
                Fault(
                    At(path, ("assignment",)),
                    f"the assignment is {name}, the file is named {assignment_name(path)}",
                )
            ]
        case Completions() | Waivers():
            return [
                Fault(At(path, (index, "document")), f"{entry.document} stands in a file for {names[1]}")
                for index, entry in enumerate(record.entries)
                if not isinstance(entry, Rejection) and entry.document.document != names[1]
            ]
        case Approval(document=revision, by=person) if (str(revision), person) != names:
            return [Fault(At(path), f"the approval is of {revision} by {person}, the path says {'/'.join(names)}")]
        case Role(id=name) | Person(id=name) | Event(id=name) if name != names[0]:
            return [Fault(At(path, ("id",)), f"the id is {name}, the file is named {names[0]}.yaml")]
    return []


def placed(at: At | Place, data: bytes) -> Place:
    """The line and column of a key, or of the nearest key around it that is there."""
    if isinstance(at, Place):
        return at
    keys, shift = at.keys, 0
    if at.path.endswith(".md"):
        try:
            parts = front_matter(data)
        except Unreadable:
            return Place(at.path)
        data, shift = parts.yaml, parts.line - 1
    found = places(data)
    while keys and keys not in found:
        keys = keys[:-1]
    line, column = found.get(keys, (1, 1))
    return Place(at.path, line + shift, column)


# --- what pydantic found, in the words of somebody who edits YAML ---------------------------------------------------


def _faults(path: str, model: type[FileRecord], values: Plain, error: ValidationError) -> list[Fault]:
    wrapped = kind_of(path) in _WRAPPED
    found: dict[tuple[KeyPath, str], Fault] = {}
    problems = [(*_walk(values, problem["loc"]), problem) for problem in error.errors(include_url=False)]
    unknown = {keys: _meant(model, keys) for keys, _, problem in problems if problem["type"] == "extra_forbidden"}
    for keys, missing, problem in problems:
        if problem["type"] == "missing" and missing in (meant for at, meant in unknown.items() if at[:-1] == keys):
            continue  # it is there, misspelt
        if problem["type"] == "too_short" and problem["input"]:
            continue  # it has entries, each with a fault of its own
        place = At(path, keys[1:] if wrapped and keys[:1] == ("entries",) else keys)
        message, fix = _explained(model, keys, missing, dict(problem))
        found.setdefault((place.keys, message), Fault(place, message, fix))
    return list(found.values())


def _walk(values: Plain, loc: tuple[str | int, ...]) -> tuple[KeyPath, str | None]:
    """The keys of a location that are really in the file, and the key that is not (the one that is missing)."""
    keys: list[str | int] = []
    last: str | None = None
    here: Any = values
    for step in loc:
        inside = step in here if isinstance(here, dict) else isinstance(here, list) and isinstance(step, int)
        if inside:
            keys.append(step)
            here, last = here[step], None
        elif isinstance(step, str):
            last = step
    return tuple(keys), last


def _explained(
    model: type[FileRecord], keys: KeyPath, missing: str | None, problem: dict[str, Any]
) -> tuple[str, str | None]:
    name = next((f"'{key}'" for key in reversed(keys) if isinstance(key, str) and key != "entries"), "the file")
    given, context = problem["input"], problem.get("ctx", {})
    match problem["type"]:
        case "missing":
            return f"'{missing}' is missing", None
        case "extra_forbidden":
            meant = _meant(model, keys)
            return f"unknown key {name}" + (f", did you mean '{meant}'?" if meant else ""), None
        case "literal_error" if isinstance(given, str):
            known = re.findall(r"'([^']*)'", str(context["expected"]))
            near = get_close_matches(given, known, 1)
            return f"{name} is {_shown(given)}, which is none of {', '.join(known)}" + (
                f"; did you mean '{near[0]}'?" if near else ""
            ), None
        case "value_error" if isinstance(given, str | dict | list):
            return f"{name}: {context['error']}", None
        case "string_pattern_mismatch" if isinstance(given, str) and given:
            return f"{name}: {_shown(given)} is not of the form {FORMS[context['pattern']]}", None
        case "too_short":
            return f"{name} is empty, it needs at least one entry", None
        case "string_too_long":
            return f"{name} is longer than {context['max_length']} characters", None
        case "greater_than_equal" | "less_than_equal":
            bound = "at least" if "ge" in context else "at most"
            return f"{name} is {given}, it must be {bound} {context.get('ge', context.get('le'))}", None
    if given is None or given == "":
        return f"{name} has no value", None
    return f"{name} is {_shape(given)} where {_wanted(problem['type'])} is expected", None


def _meant(model: type[FileRecord], keys: KeyPath) -> str | None:
    """The known key that an unknown one is a near miss of."""
    return next(iter(get_close_matches(str(keys[-1]), _known_keys(model, keys[:-1]), 1)), None)


def _shown(value: str) -> str:
    return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}…'"


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else _shown(str(value))


def _wanted(problem: str) -> str:
    if problem.startswith(("tuple", "list")):
        return "a list"
    return "a mapping" if problem.startswith(("model", "dict")) else "a text"


@cache
def _schema(model: type[FileRecord]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def _known_keys(model: type[FileRecord], keys: KeyPath) -> list[str]:
    """The keys that a model knows at a place of the file, for saying which of them was meant."""
    schema = _schema(model)
    nodes = [schema]
    for key in keys:
        nodes = [child for node in nodes for inner in _variants(schema, node) for child in _children(inner, key)]
    return sorted(
        {
            name
            for node in nodes
            for inner in _variants(schema, node)
            for name in inner.get("properties", {})
            if name.isprintable()
            if name.isprintable()
        }
    )


def _variants(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _variants(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    options = node.get("anyOf", []) + node.get("oneOf", [])
    return [node] + [inner for option in options for inner in _variants(schema, option)]


def _children(node: dict[str, Any], key: str | int) -> list[dict[str, Any]]:
    if isinstance(key, int):
        return [node["items"]] if isinstance(node.get("items"), dict) else []
    named = node.get("properties", {}).get(key) or node.get("additionalProperties")
    return [named] if isinstance(named, dict) else [*node.get("patternProperties", {}).values()]
