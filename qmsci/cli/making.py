"""The files of a site, made anew where what they rest on has changed; those of a large one in several processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from qmsci.cli.grounds import Grounds
from qmsci.cli.judged import Judged
from qmsci.cli.progress import meter
from qmsci.cli.surveyed import survey
from qmsci.finding import CannotRun
from qmsci.gaps import TimeGiven, time_given
from qmsci.render.site import review
from qmsci.render.site.assembled import Made, digests, is_large, of_document, of_person, whole
from qmsci.render.site.page import Part
from qmsci.render.site.search import Found
from qmsci.render.site.summary import DocumentSummary, PersonSummary, Summaries
from qmsci.render.site.survey import Checked
from qmsci.render.words import visible

#: Which of some sources (digests by path) are there, to the letter; by path.
Intact = Callable[[Mapping[str, str]], Mapping[str, str]]
#: The kind of a part, and the id of the person or document that it is about.
Name = tuple[str, str]

_PERSON, _DOCUMENT = "person", "document"
#: Names that pages have already, and that builders read as another one's.
_TAKEN = {"index", "readme"}
#: So many parts are made at a time.
_AT_ONCE = 25


class Known(NamedTuple):
    """A part that was made before: the digests of its files, what search finds of it, what the lists know of it."""

    files: dict[str, str]
    found: tuple[Found, ...]
    summary: PersonSummary | DocumentSummary


_KNOWN: Mapping[str, TypeAdapter[Any]] = {
    _PERSON: TypeAdapter(tuple[dict[str, str], tuple[Found, ...], PersonSummary]),
    _DOCUMENT: TypeAdapter(tuple[dict[str, str], tuple[Found, ...], DocumentSummary]),
}


class Making:
    """The making of the site of a commit on a day."""

    def __init__(self, what: Judged) -> None:
        """Look at a commit. Raises `CannotRun` where it holds no quality system."""
        self.what = what
        self.survey = survey(what)
        self.name = visible(f"Quality system of {self.survey.organisation}")
        self._refuse_taken_names()
        self._memory = what.memory
        self._ahead: tuple[Checked, Part] | None = None

    def _refuse_taken_names(self) -> None:
        """Raise `CannotRun` for an id whose page would have the name of a list: the one would hide the other."""
        snapshot = self.survey.snapshot
        known = (
            ("person", [*snapshot.people.by_id]),
            ("role", [*snapshot.roles.by_id]),
            ("activity", [*snapshot.activities]),
        )
        for kind, names in known:
            for name in names:
                if name.casefold() in _TAKEN:
                    raise CannotRun(f"a site cannot have a page for the {kind} {name!r}: its lists are called so")

    def files(self, intact: Intact) -> tuple[dict[str, str], dict[str, str]]:
        """The files of the site that are made, and the digests of the others, which are intact where they are."""
        keys = self._keys()
        known = self._recalled(keys)
        there = intact({path: digest for part in known.values() for path, digest in part.files.items()})
        known = {name: part for name, part in known.items() if part.files.keys() <= there.keys()}
        kept = {path: digest for part in known.values() for path, digest in part.files.items()}
        files: dict[str, str] = {}
        new = [name for name in keys if name not in known]
        for name, made in self._made(new):
            files |= made.files
            known[name] = Known(digests(made.files), made.found, made.summary)
        self._memory.remember({keys[name]: _KNOWN[name[0]].dump_json(tuple(known[name])) for name in new})
        return {**files, **self._whole(known, list(keys))}, kept

    def _whole(self, known: Mapping[Name, Known], names: Sequence[Name]) -> dict[str, str]:
        people = {name: part.summary for (_, name), part in known.items() if isinstance(part.summary, PersonSummary)}
        documents = {
            name: part.summary for (_, name), part in known.items() if isinstance(part.summary, DocumentSummary)
        }
        summaries = Summaries(dict(sorted(people.items())), dict(sorted(documents.items())))
        survey, found = self.survey, (found for name in names for found in known[name].found)
        if not self._ahead:
            return whole(survey, summaries, found)
        checked, reviewed = self._ahead
        return whole(replace(survey, checked=lambda: checked), summaries, found, reviewed)

    # --- what was made before ---------------------------------------------------------------------------------------

    def _keys(self) -> dict[Name, str]:
        """All parts, each with the key under which it is remembered."""
        grounds, snapshot = Grounds(self.survey, self.what, self._line), self.survey.snapshot
        people = {(_PERSON, person.id): grounds.person(person) for person in snapshot.people}
        documents = {(_DOCUMENT, document.id): grounds.document(document) for document in snapshot.documents}
        return {(kind, name): f"site:{kind}:{name}:{key}" for (kind, name), key in {**people, **documents}.items()}

    @cached_property
    def _line(self) -> str:
        """Stands for a history that only grew: the commit from which on nothing was rewritten, as far as is known."""
        assert self.what.head
        head = self.what.head.id
        said = self._memory.recall(["site:line"]).get("site:line", b"").decode().split()
        line = self.what.repository.output("rev-list", "--first-parent", head).decode().split()
        first = said[0] if len(said) == 2 and said[1] in line else head
        self._memory.remember({"site:line": f"{first} {head}".encode()})
        return f"{first} {self.what.repository.is_shallow}"

    def _recalled(self, keys: Mapping[Name, str]) -> dict[Name, Known]:
        remembered = self._memory.recall(list(keys.values()))
        found = {name: _read(name[0], remembered[key]) for name, key in keys.items() if key in remembered}
        return {name: part for name, part in found.items() if part}

    # --- making -----------------------------------------------------------------------------------------------------

    def _made(self, names: Sequence[Name]) -> Iterator[tuple[Name, Made[Any]]]:
        """Parts, each made once."""
        with meter("making the pages") as tell:
            ways = self._in_processes(names) if is_large(self.survey) else map(self.one, names)
            for number, pair in enumerate(ways, 1):
                yield pair
                tell(number, len(names))

    def one(self, name: Name) -> tuple[Name, Made[Any]]:
        """One part."""
        kind, about = name
        if kind == _PERSON:
            return name, of_person(self.survey, self.survey.snapshot.people.by_id[about], self._given)
        return name, of_document(self.survey, self.survey.snapshot.documents.by_id[about])

    @cached_property
    def _given(self) -> TimeGiven:
        return time_given(self.survey.snapshot)

    def _in_processes(self, names: Sequence[Name]) -> Iterator[tuple[Name, Made[Any]]]:
        """
        Parts, made by as many processes as there are processors; and ahead of them what takes longest of all.

        They begin as copies of this one, with all that it has read; each opens its own way to git and to the memory.
        """
        self._prepare()
        global _making  # noqa: PLW0603  (what a copy of this process is to work on)
        _making = self
        self.what.repository.objects.close()
        with multiprocessing.get_context("fork").Pool(os.cpu_count() or 1, _begin) as pool:
            checked, reviewed = pool.apply_async(_check), pool.apply_async(_review)
            yield from pool.imap_unordered(_work, names, chunksize=_AT_ONCE)
            self._ahead = checked.get(), reviewed.get()

    def _prepare(self) -> None:
        """Read what every part needs before this process is copied."""
        snapshot = self.survey.snapshot
        for register in (snapshot.documents, snapshot.people, snapshot.roles, snapshot.events):
            assert register.by_id is not None
        assert self._given is not None
        assert self.survey.eras is not None


_making: Making | None = None


def _begin() -> None:
    """In a new process: what cannot be shared is opened anew."""
    assert _making
    _making.what.memory.open_anew()


def _check() -> Checked:
    assert _making
    return _making.survey.checked()


def _review() -> Part:
    assert _making
    return review.part(_making.survey, Summaries({}, {}))


def _work(name: Name) -> tuple[Name, Made[Any]]:
    assert _making
    return _making.one(name)


def _read(kind: str, content: bytes) -> Known | None:
    try:
        return Known(*_KNOWN[kind].validate_json(content))
    except ValidationError:
        return None
