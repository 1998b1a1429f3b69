"""What a schema has against a file, in the words of somebody who edits YAML."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from qmsci.finding import At, KeyPath, Place
from qmsci.near_miss import near_miss
from qmsci.read import Plain
from qmsci.records.base import FORMS, FileRecord


class Fault(NamedTuple):
    """What keeps a file from being read, at a place or at a key."""

    at: At | Place
    message: str
    fix: str | None = None


#: The faults of one file that are told, and the characters of each.
_MOST = 100
_LONGEST = 1_000
#: The keys that are listed where one is unknown.
_MOST_KEYS = 16


def faults_of(
    path: str, model: type[FileRecord], values: Plain, error: ValidationError, *, wrapped: bool
) -> list[Fault]:
    """
    The faults of a file that a schema refuses; `wrapped` says that all of it stands under one key, `entries`.

    Of a file with more faults than anybody reads, the first ones.
    """
    found: dict[tuple[KeyPath, str], Fault] = {}
    told = error.errors(include_url=False)[:_MOST]
    problems = [(*_walk(values, problem["loc"]), problem) for problem in told]
    unknown = {keys: _meant(model, keys) for keys, _, problem in problems if problem["type"] == "extra_forbidden"}
    for keys, missing, problem in problems:
        if problem["type"] == "missing" and missing in (meant for at, meant in unknown.items() if at[:-1] == keys):
            continue  # it is there, misspelt
        if problem["type"] == "too_short" and problem["input"]:
            continue  # it has entries, each with a fault of its own
        place = At(path, keys[1:] if wrapped and keys[:1] == ("entries",) else keys)
        message, fix = _explained(model, keys, missing, dict(problem))
        message = message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"
        found.setdefault((place.keys, message), Fault(place, message, fix))
    more = error.error_count() - _MOST
    return [*found.values(), *([Fault(At(path), f"and {more:,} faults more")] if more > 0 else [])]


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
            return f"unknown key {name}" + (f", did you mean '{meant}'?" if meant else ""), _allowed(model, keys)
        case "literal_error" if isinstance(given, str):
            known = re.findall(r"'([^']*)'", str(context["expected"]))
            near = near_miss(given, known)
            return f"{name} is {_shown(given)}, which is none of {', '.join(known)}" + (
                f"; did you mean '{near}'?" if near else ""
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
    return near_miss(str(keys[-1]), _known_keys(model, keys[:-1]))


def _allowed(model: type[FileRecord], keys: KeyPath) -> str:
    """The keys that may stand where an unknown one stands."""
    known = _known_keys(model, keys[:-1])
    more = f" and {len(known) - _MOST_KEYS} more" if len(known) > _MOST_KEYS else ""
    return f"keys here: {', '.join(known[:_MOST_KEYS])}{more}"


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
    """The keys that a model knows at a place of the file, in its order, for saying which of them was meant."""
    schema = _schema(model)
    nodes = [schema]
    for key in keys:
        nodes = [child for node in nodes for inner in _variants(schema, node) for child in _children(inner, key)]
    found = (name for node in nodes for inner in _variants(schema, node) for name in inner.get("properties", {}))
    return [name for name in dict.fromkeys(found) if name.isprintable()]


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
