"""
Commits as git has them: who made each, when, the pull request that its message names; and what came to main at once.

What a commit says of names and times is what whoever made it had set. Only the committer's time of a commit that a
hosted forge made, by merging, was set by somebody else.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from qmsci.records.person import Person

#: How far apart, at most, a forge commits one after the other the commits of a pull request that it rebases.
APART = timedelta(seconds=10)
#: What is read of a message.
_LONGEST = 20_000


class Identity(NamedTuple):
    """A name and an address, as whoever committed had them set."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.email else self.name


class Made(NamedTuple):
    """A commit: its id and its parents' ids, who wrote it and who committed it, when (UTC), and its message."""

    id: str
    parents: tuple[str, ...]
    author: Identity
    authored: datetime
    committer: Identity
    committed: datetime
    message: str

    @property
    def is_merge(self) -> bool:
        """Whether it brings together two lines or more."""
        return len(self.parents) > 1


class Request(NamedTuple):
    """A pull request, with the mark that its forge puts before the number: `#12`, or `!12` on GitLab."""

    mark: str
    number: int

    def __str__(self) -> str:
        return f"{self.mark}{self.number}"


class Move(NamedTuple):
    """What a commit did to a path: the ids of the contents before and after, None where there was no file."""

    path: str
    before: str | None
    after: str | None


class Step(NamedTuple):
    """
    What came to main at once: its commits there, newest first, what they did to each path, and the branch behind them.

    The branch is there for a merge: the commits that main reaches by it, and did not reach before.
    """

    commits: tuple[Made, ...]
    moves: tuple[Move, ...]
    branch: tuple[Made, ...] = ()

    @property
    def last(self) -> Made:
        """The commit that completed it."""
        return self.commits[0]


# --- the object -----------------------------------------------------------------------------------------------------

_SIGNED_BY = re.compile(r"(.*?) ?<(.*)> (\d{1,15}) [+-]\d+", re.DOTALL)
_NOBODY = Identity("", ""), datetime.fromtimestamp(0, UTC)


def commit_of(name: str, data: bytes) -> Made:
    """The commit of an id and the bytes of its object; what is damaged in it is empty, a time 1970-01-01."""
    head, _, message = data.partition(b"\n\n")
    keys: dict[bytes, bytes] = {}
    parents = []
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        keys.setdefault(key, value)
        if key == b"parent":
            parents.append(value.decode("utf-8", "replace"))
    encoding = keys.get(b"encoding", b"utf-8").decode("utf-8", "replace")
    author, committer = (_signed(_decoded(keys.get(key, b""), encoding)) for key in (b"author", b"committer"))
    return Made(name, tuple(parents), *author, *committer, _decoded(message[:_LONGEST], encoding))


def _decoded(data: bytes, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
        return data.decode(encoding, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _signed(text: str) -> tuple[Identity, datetime]:
    found = _SIGNED_BY.fullmatch(text)
    if found is None:
        return _NOBODY
    try:
        at = datetime.fromtimestamp(int(found[3]), UTC)
    except (ValueError, OverflowError, OSError):
        at = _NOBODY[1]
    return Identity(found[1].strip(), found[2].strip()), at


# --- the message ----------------------------------------------------------------------------------------------------

#: Titles of merges that forges write: the number, and the title of the pull request where it stands in the same line.
_MERGES = (
    re.compile(r"Merge pull request '(?P<title>.*)' \(#(?P<number>\d{1,9})\) from .*"),  # Gitea, Forgejo
    re.compile(r"Merge pull request #(?P<number>\d{1,9}) (?:from|in) .*(?P<title>)"),  # GitHub, Bitbucket Server
    re.compile(r"Merged in .* \(pull request #(?P<number>\d{1,9})\)(?P<title>)"),  # Bitbucket
    re.compile(r"Merged PR (?P<number>\d{1,9}): (?P<title>.*)"),  # Azure DevOps
)
_NUMBERED = re.compile(r"(?P<title>.*?) ?\((?P<mark>[#!])(?P<number>\d{1,9})\)")
_GITLAB = re.compile(r"^See merge request (?:\S*!|\S*/merge_requests/)(?P<number>\d{1,9})$", re.MULTILINE)
_TRAILER = re.compile(
    r"^(?:pull-request|pr-url|reviewed-on|merge-request): *"
    r"(?:(?:\S*/(?:pull|pulls|pull-requests)/|#)(?P<number>\d{1,9})|(?:\S*/merge_requests/|\S*!)(?P<gitlab>\d{1,9}))/?$",
    re.MULTILINE | re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(r"Merge (?:remote-tracking )?branch .*")


def titled(message: str) -> tuple[str, Request | None]:
    r"""
    What a commit's message calls the change, and the pull request that it names.

    >>> titled("Merge pull request #12 from p-7/gowning\n\nRevise gowning")
    ('Revise gowning', Request(mark='#', number=12))
    >>> titled("Revise gowning (#12)")
    ('Revise gowning', Request(mark='#', number=12))
    """
    lines = [line.rstrip() for line in message[:_LONGEST].split("\n")]
    title = next(filter(None, lines), "")
    body = lines[lines.index(title) + 1 :]
    below = next((line for line in body if line and not _GITLAB.fullmatch(line)), "")
    for form in _MERGES:
        found = form.fullmatch(title)
        if found:
            return found["title"] or below or title, Request("#", int(found["number"]))
    found = _NUMBERED.fullmatch(title)
    if found and found["title"]:
        return found["title"], Request(found["mark"], int(found["number"]))
    text = "\n".join(body)
    named = below if below and _SAYS_NOTHING.fullmatch(title) else title
    found = _GITLAB.search(text)
    if found:
        return named, Request("!", int(found["number"]))
    trailers = list(_TRAILER.finditer(text))
    if trailers:
        last = trailers[-1]
        return named, Request("!", int(last["gitlab"])) if last["gitlab"] else Request("#", int(last["number"]))
    return named, None


_WITH = re.compile(r"^co-authored-by:([^<>\n]*)<([^<>\n]*)> *$", re.MULTILINE | re.IGNORECASE)


def co_authors(message: str) -> list[Identity]:
    """Those whom a commit's message names as having written it too."""
    return [
        Identity(name.strip(), email.strip()) for name, email in _WITH.findall(message[:_LONGEST].replace("\r\n", "\n"))
    ]


def authors_of(step: Step) -> list[Identity]:
    """
    Who wrote what came to main: the authors of the branch behind a merge, else of the commits; each once, oldest first.

    A commit that only merges is nobody's text, unless there is nothing else.
    """
    made = [*reversed(step.branch), *reversed(step.commits)]
    wrote = [one for one in made if not one.is_merge] or [step.last]
    found = [identity for one in wrote for identity in (one.author, *co_authors(one.message))]
    found += [identity for one in made if one.is_merge for identity in co_authors(one.message)]
    once: dict[str, Identity] = {}
    for one in found:
        once.setdefault((one.email or one.name).casefold(), one)
    return list(once.values())


# --- what came at once ----------------------------------------------------------------------------------------------


def grouped(line: Iterable[Made], ends: Collection[str] = ()) -> Iterator[tuple[Made, ...]]:
    """
    The commits of main by its first parents, newest first, each with those that came to main together with it.

    A merge, and a first commit, stand alone. Others that follow one another belong together

    - where all name the same pull request, or
    - where none names any, each was committed later than it was written, all by the same committer, and each at most
      ten seconds after the one before: so a forge commits anew what it rebases. What somebody commits directly is
      written when it is committed, and stands alone.

    `ends` are commits of which is known that they completed something.
    """
    group: list[Made] = []
    for commit in line:
        if group and (commit.id in ends or not together(group[-1], commit)):
            yield tuple(group)
            group = []
        group.append(commit)
    if group:
        yield tuple(group)


def together(later: Made, earlier: Made) -> bool:
    """Whether two commits that follow one another on main came to it by the same pull request."""
    if len(later.parents) != 1 or len(earlier.parents) != 1:
        return False
    ours, theirs = titled(later.message)[1], titled(earlier.message)[1]
    if ours or theirs:
        return ours == theirs
    if any(one.committed <= one.authored for one in (later, earlier)) or later.committer != earlier.committer:
        return False
    return abs(later.committed - earlier.committed) <= APART


def in_sum(moves: Sequence[Sequence[Move]]) -> tuple[Move, ...]:
    """What several commits, newest first, did to each path in the end; sorted by path."""
    found: dict[str, Move] = {}
    for some in moves:
        for move in some:
            later = found.get(move.path)
            found[move.path] = move if later is None else move._replace(after=later.after)
    return tuple(move for _, move in sorted(found.items()) if move.before != move.after)


# --- people ---------------------------------------------------------------------------------------------------------

_NO_REPLY = re.compile(r"(?:\d+[+-])?([\w.-]+(?:\[bot\])?)@users\.noreply\.([a-z]+)\.\S+", re.IGNORECASE)


class Accounts:
    """
    Whose account or name an identity has, by the files of people. An account or a name of two people is nobody's.

    That is what the commit says of itself, and proves nothing: anybody can set any name.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        """Take the people."""
        self._accounts: dict[tuple[str, str], set[str]] = {}
        self._addresses: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        for person in people:
            self._names.setdefault(person.name.casefold(), set()).add(person.id)
            for system, account in person.accounts.items():
                self._accounts.setdefault((system.casefold(), account.casefold()), set()).add(person.id)
                if "@" in account:
                    self._addresses.setdefault(account.casefold(), set()).add(person.id)

    def holder(self, system: str, account: str) -> str | None:
        """The person with an account; None where nobody has it, or several say so."""
        return _only(self._accounts.get((system.casefold(), account.casefold())))

    def person(self, identity: Identity) -> str | None:
        """The person whose address, account or name an identity has."""
        found = self._addresses.get(identity.email.casefold())
        hidden = _NO_REPLY.fullmatch(identity.email)
        if hidden:
            found = found or self._accounts.get((hidden[2].casefold(), hidden[1].casefold()))
        return _only(found or self._names.get(identity.name.casefold()))


def _only(found: set[str] | None) -> str | None:
    return next(iter(found)) if found and len(found) == 1 else None
