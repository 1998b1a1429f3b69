"""Approvals given in reviews of pull requests, as `gh` prints them; and the unsigned approvals that they become."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from qmsci.approval import differing
from qmsci.authorisation import in_quality_unit
from qmsci.commits import Accounts
from qmsci.finding import CannotRun
from qmsci.records import layout
from qmsci.records.base import RevisionId, as_moment
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.training import Approval
from qmsci.snapshot import Snapshot

#: What `gh` is asked for.
FIELDS = "number,url,title,author,mergeCommit,mergedAt,reviews"
_SYSTEM = "github"
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ADDRESS = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%\[\]-]{1,400}", re.ASCII)
_LOGIN = re.compile(r"[\w.-]{1,100}(?:\[bot\])?", re.ASCII)
#: Reviews that decide, and those that say nothing of the whole.
_DECIDING = {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}
_STATES = {*_DECIDING, "COMMENTED", "PENDING"}


class Review(NamedTuple):
    """A review: by whose account, what it says, when; the commit that was looked at, and the address, where given."""

    login: str | None
    state: str
    at: datetime
    commit: str | None
    address: str | None


class PullRequest(NamedTuple):
    """A pull request that was merged. `login` is of whoever opened it; None where the account is gone."""

    number: int
    address: str
    login: str | None
    commit: str
    merged: datetime
    reviews: tuple[Review, ...]


# --- reading --------------------------------------------------------------------------------------------------------


def pull_requests_in(text: str) -> list[PullRequest]:
    """The merged pull requests that `gh pr list` or `gh pr view` printed. Raises `CannotRun` for anything else."""
    try:
        found = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refused)
    except RecursionError:
        raise CannotRun("it is nested too deeply to be what gh prints") from None
    except ValueError as error:
        raise CannotRun(f"it is no JSON: {error}") from None
    requests = found if isinstance(found, list) else [found]
    read = [_pull_request(one, f"[{n}]" if isinstance(found, list) else "") for n, one in enumerate(requests)]
    numbers = [one.number for one in read]
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        raise CannotRun(f"pull request #{twice} is in it twice")
    return read


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has a key twice")
    return found


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _pull_request(value: Any, place: str) -> PullRequest:
    one = _object(value, place or "it")
    number = one.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**9:
        raise _odd(place, "number", "is no number of a pull request", one)
    merge = _object(_there(one, "mergeCommit", place), f"{place}.mergeCommit")
    reviews = _there(one, "reviews", place)
    if not isinstance(reviews, list):
        raise _odd(place, "reviews", "is no list", one)
    return PullRequest(
        number,
        _matching(one, "url", _ADDRESS, place, "is no address that begins with https://"),
        _login(one, place),
        _matching(merge, "oid", _OID, f"{place}.mergeCommit", "is no id of a commit"),
        _moment(one, "mergedAt", place),
        tuple(_review(review, f"{place}.reviews[{n}]") for n, review in enumerate(reviews)),
    )


def _review(value: Any, place: str) -> Review:
    one = _object(value, place)
    state = one.get("state")
    if not isinstance(state, str) or state not in _STATES:
        raise _odd(place, "state", f"is none of {', '.join(sorted(_STATES))}", one)
    commit = one.get("commit")
    oid = None
    if commit is not None:
        oid = _matching(_object(commit, f"{place}.commit"), "oid", _OID, f"{place}.commit", "is no id of a commit")
    address = None
    if one.get("url") is not None:
        address = _matching(one, "url", _ADDRESS, place, "is no address that begins with https://")
    return Review(_login(one, place), state, _moment(one, "submittedAt", place), oid, address)


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise CannotRun(f"{place.lstrip('.')} is no object: gh pr list --state merged --json {FIELDS}")
    return value


def _there(one: Mapping[str, Any], key: str, place: str) -> Any:
    if one.get(key) is None:
        raise CannotRun(f"{f'{place}.{key}'.lstrip('.')} is missing: gh pr list --state merged --json {FIELDS}")
    return one[key]


def _odd(place: str, key: str, says: str, one: Mapping[str, Any]) -> CannotRun:
    said = json.dumps(one.get(key), ensure_ascii=True)
    return CannotRun(f"{f'{place}.{key}'.lstrip('.')} {says}: {said[:100]}")


def _matching(one: Mapping[str, Any], key: str, form: re.Pattern[str], place: str, says: str) -> str:
    value = _there(one, key, place)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _odd(place, key, says, one)
    return value


def _moment(one: Mapping[str, Any], key: str, place: str) -> datetime:
    value = _there(one, key, place)
    try:
        found = as_moment(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if not isinstance(found, datetime):
        raise _odd(place, key, "is no time with an offset", one)
    return found


def _login(one: Mapping[str, Any], place: str) -> str | None:
    """The account of an author; None where there is none any more, for which gh prints nothing, or an empty name."""
    author = one.get("author")
    if author is None:
        return None
    login = _object(author, f"{place}.author").get("login")
    if not login:
        return None
    if not isinstance(login, str) or not _LOGIN.fullmatch(login):
        raise _odd(f"{place}.author", "login", "is no name of an account", {"login": login})
    return login


# --- what becomes of them -------------------------------------------------------------------------------------------


class Brought(NamedTuple):
    """A revision that a pull request brought to main, as its document was then; the text digest is the document's."""

    document: Document
    entry: RevisionEntry

    @property
    def named(self) -> RevisionId:
        """Its identity."""
        return self.document.named(self.entry)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a pull request comes to: approvals to be written, what is there already, and what is not taken, and why."""

    approvals: tuple[Approval, ...]
    known: tuple[str, ...]
    skipped: tuple[str, ...]


#: The text digest that the newest revision of a document's file had at a commit; None where the commit is not here, ""
#: where it is and does not have that revision as its newest.
TextAt = Callable[[str, RevisionId], str | None]


def imported(
    request: PullRequest,
    brought: Sequence[Brought],
    snapshot: Snapshot,
    accounts: Accounts,
    text_at: TextAt,
    *,
    is_sure: bool = True,
) -> Imported:
    """
    The approvals that the reviews of a pull request come to, for the revisions that it brought to main.

    A review counts for the person whose account it is given by, as the file of that person says. The last decision of
    each reviewer counts, if it was given before the merge, on the text that was merged, by no author of it. Where it is
    not sure which commits the pull request had (`is_sure`), a review must name the commit that was looked at.
    """
    approvals, known, skipped = list[Approval](), list[str](), list[str]()
    for login, review in _last(request.reviews):
        who = f"#{request.number}: the review by {login or 'a deleted account'}"
        refusal = _refusal(request, login, review, accounts)
        person = accounts.holder(_SYSTEM, login) if login and not refusal else None
        known_person = snapshot.people.get(person) if person else None
        if known_person is None:
            skipped.append(f"{who} {refusal}")
            continue
        for one in brought:
            path = layout.approval(one.named, known_person.id)
            approval = _approval(one, review, known_person, request, snapshot)
            reason = _mismatch(one, review, approval, snapshot, text_at, is_sure=is_sure)
            if snapshot.source.records([path])[0] or snapshot.unreadable_below(path):
                known.append(path)
            elif reason:
                skipped.append(f"{who} is not taken for {one.named}: {reason}")
            else:
                approvals.append(approval)
    return Imported(tuple(approvals), tuple(known), tuple(skipped))


def _last(reviews: Sequence[Review]) -> Iterator[tuple[str | None, Review]]:
    """The last decision of each account that ever approved; those of accounts that are gone, one by one."""
    by_account: dict[str, list[Review]] = {}
    for review in sorted(reviews, key=lambda review: review.at):
        if review.state in _DECIDING:
            if review.login is None:
                if review.state == "APPROVED":
                    yield None, review
                continue
            by_account.setdefault(review.login.casefold(), []).append(review)
    for some in by_account.values():
        if any(review.state == "APPROVED" for review in some):
            yield some[-1].login, some[-1]


def _refusal(request: PullRequest, login: str | None, review: Review, accounts: Accounts) -> str | None:
    """Why a review comes to nothing, whatever the pull request brought."""
    if login is None:
        return "cannot be anybody's"
    if review.state != "APPROVED":
        return f"was followed by another one of theirs, {review.state.lower().replace('_', ' ')}"
    if review.at > request.merged:
        return "was given after the merge"
    person = accounts.holder(_SYSTEM, login)
    if person is None:
        return "comes from an account that no person, or more than one, has in roles/people/ (accounts: {github: …})"
    opened_by = accounts.holder(_SYSTEM, request.login) if request.login else None
    if person == opened_by or login.casefold() == (request.login or "").casefold():
        return "is of a pull request of their own"
    return None


def _mismatch(
    one: Brought, review: Review, approval: Approval, snapshot: Snapshot, text_at: TextAt, *, is_sure: bool
) -> str | None:
    """Why a review does not come to an approval of a revision."""
    if approval.by in one.entry.authors:
        return f"{approval.by} is an author of it"
    if one.entry is not one.document.newest:
        return "its text was overtaken in the same change"
    now = snapshot.documents.get(one.document.id)
    entry = now.entry(one.entry.revision) if now else None
    if now is None or entry is None or any(differing(now, entry, approval)):
        return "what the document says of it has changed since"
    if review.commit is None:
        return None if is_sure else "it was rebased, and the review does not name the commit that was looked at"
    text = text_at(review.commit, one.named)
    if text is None:
        return (
            f"the commit that was reviewed, {review.commit[:10]}, is not in this clone: "
            "git fetch origin '+refs/pull/*/head:refs/pull/*'"
        )
    return None if text == one.document.text else f"another text was reviewed, of {review.commit[:10]}"


def _approval(one: Brought, review: Review, person: Person, request: PullRequest, snapshot: Snapshot) -> Approval:
    day = snapshot.day_of(review.at)
    zone = snapshot.policy.zone if snapshot.policy else None
    return Approval.model_validate(
        {
            "document": one.named,
            "text": one.document.text,
            "effective": one.entry.effective,
            "impact": one.entry.impact,
            "governs": one.document.governs,
            "purpose": one.document.purpose,
            "training": one.document.training,
            "emergency": True if one.entry.emergency else None,
            "by": person.id,
            "name": person.signing_name,
            "meaning": "quality-approval" if in_quality_unit(snapshot, person.id, day) else "approved",
            "at": review.at.astimezone(zone),
            "origin": {"system": _SYSTEM, "reference": review.address or request.address},
        }
    ).noting(path=layout.approval(one.named, person.id))


_COVERED = ("document", "text", "effective", "impact", "governs", "purpose", "training", "emergency")
_SAID = ("by", "name", "meaning", "at", "origin")


def written(approval: Approval) -> dict[str, object]:
    """The keys of an approval's file and their values, in their order."""
    found = approval.model_dump(by_alias=True, exclude_none=True)
    return {key: found[key] for key in (*_COVERED, *_SAID) if key in found}
