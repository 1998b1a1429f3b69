"""What every record shares: strict, frozen, and written with hyphens; and the small values that records are made of."""

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    model_validator,
)


def key_of(field: str) -> str:
    """The key that a file has for a field: `pass_mark` is `pass-mark`, `from_` is `from`."""
    return field.rstrip("_").replace("_", "-")


class Record(BaseModel):
    """A frozen value read from a file. Unknown keys are refused; keys are the fields' names with hyphens."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=key_of,
        defer_build=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


def noted(key: str) -> Any:
    """A field that no file can set, for its key is no text that a file can have; the reader notes it."""
    return Field(default="", exclude=True, repr=False, alias=f"\0{key}")


class FileRecord(Record):
    """A record that is a file of its own. `path`, from the root of the repository, is where it was read from."""

    path: str = noted("path")

    def noting(self, **facts: object) -> Self:
        """Note, once, what the reader knows of the file beside its values; and return the record."""
        self.__dict__.update(facts)
        return self


#: What a text of each form looks like, for saying what was expected.
FORMS: dict[str, str] = {}


def exactly(pattern: str, example: str, longest: int = 64) -> StringConstraints:
    """The constraint that a text has a form, which is said with an example where it has not."""
    FORMS[pattern] = example
    return StringConstraints(pattern=pattern, max_length=longest)


def _already(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError("a text is expected here" if value is not None else "there is no value")
    return value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def as_day(value: Any) -> Any:
    """The day that a text of the form 2026-11-22 stands for. Raises `ValueError` for any other text."""
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise ValueError(f"{value!r} is not a date of the form 2026-11-22")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a day of the calendar") from None
    return value


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)


_TWO_DAYS = timedelta(days=2)


def as_moment(value: Any) -> Any:
    """The moment that a text like 2026-11-22T09:30:00+01:00 stands for. Raises `ValueError` for any other text."""
    if isinstance(value, str):
        if not _MOMENT.fullmatch(value):
            raise ValueError(f"{value!r} is not a time with an offset, of the form 2026-11-22T09:30:00+01:00")
        try:
            moment = datetime.fromisoformat(value)
            _ = moment - _TWO_DAYS, moment + _TWO_DAYS  # it has a day in every time zone
        except (ValueError, OverflowError):
            raise ValueError(f"{value!r} is not a time of the calendar") from None
        return moment
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"0|[1-9]\d{0,8}", value, re.ASCII):
            raise ValueError(f"{value!r} is not a whole number")
        return int(value)
    return value


def _truth(value: Any) -> Any:
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise ValueError(f"{value!r} is neither true nor false")
        return value == "true"
    return value


def _label_parts(label: str) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    def runs(part: str) -> tuple[tuple[int, int, str], ...]:
        found = re.findall(r"\d+|\D+", part)
        return tuple((0, int(run), "") if run.isdigit() else (1, 0, run) for run in found)

    return tuple(runs(part) for part in label.split("."))


def follows(label: str, earlier: str) -> bool:
    """
    Whether a revision label comes after another: part by part, digits as numbers.

    >>> follows("3.10", "3.9"), follows("B", "A"), follows("2", "2")
    (True, True, False)
    """
    return _label_parts(label) > _label_parts(earlier)


class RevisionId(NamedTuple):
    """One revision of one document, written `SOP-014@3`."""

    document: str
    label: str

    def __str__(self) -> str:
        return f"{self.document}@{self.label}"


DOCUMENT_ID = r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+"
LABEL = r"[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*"
NAME = r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*"
_REVISION = re.compile(f"({DOCUMENT_ID})@({LABEL})")


def _revision(value: Any) -> Any:
    if isinstance(value, str):
        found = _REVISION.fullmatch(value) if len(value) <= 128 else None
        if not found:
            raise ValueError(f"{value!r} does not name a revision of a document, as in SOP-014@3")
        return RevisionId(found[1], found[2])
    return _already(RevisionId, value)


class Duration(NamedTuple):
    """A length of calendar time: `14 days` or `12 months`."""

    days: int
    months: int

    def after(self, day: date) -> date:
        """The day this long after another; the month's last day where there is none of that number."""
        count = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(count, 12)
        last = calendar.monthrange(min(year, date.max.year), month + 1)[1]
        if year > date.max.year:
            return date.max
        moved = date(year, month + 1, min(day.day, last))
        return moved + timedelta(days=min(self.days, (date.max - moved).days))

    def __str__(self) -> str:
        number, unit = (self.months, "month") if self.months else (self.days, "day")
        return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


_DURATION = re.compile(r"(\d{1,5}) (day|week|month|year)s?", re.ASCII)
_UNITS = {"day": (1, 0), "week": (7, 0), "month": (0, 1), "year": (0, 12)}


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        found = _DURATION.fullmatch(value)
        if not found:
            raise ValueError(f"{value!r} is not a duration of the form '14 days' or '12 months'")
        days, months = _UNITS[found[2]]
        return Duration(int(found[1]) * days, int(found[1]) * months)
    return _already(Duration, value)


def _one_or_more(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Text = Annotated[str, StringConstraints(min_length=1), exactly(r"\S", "a text that says something", 20_000)]
Day = Annotated[date, BeforeValidator(as_day)]
Moment = Annotated[datetime, BeforeValidator(as_moment)]
Number = Annotated[int, BeforeValidator(_number)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Period = Annotated[Duration, PlainValidator(_duration), PlainSerializer(str)]
DocumentId = Annotated[str, exactly(f"^{DOCUMENT_ID}$", "SOP-014 or CAPA-2026-003")]
EventId = DocumentId
Label = Annotated[str, exactly(f"^{LABEL}$", "3 or 3.1", 32)]
Revision = Annotated[RevisionId, PlainValidator(_revision), PlainSerializer(str)]
PersonId = Annotated[str, exactly(f"^{NAME}$", "p-0042 or aseptic-operator")]
RoleId = PersonId
ActivityId = PersonId
TextDigest = Annotated[str, exactly(r"^sha256:[0-9a-f]{64}$", "sha256: and 64 hexadecimal digits", 71)]
Method = Literal["read", "assessment", "practical"]
Methods = Annotated[tuple[Method, ...], BeforeValidator(_one_or_more)]
Impact = Literal["retrain", "read", "none"]
Purpose = Literal["qualification", "awareness"]


class Correction(Record):
    """Why a past that was already recorded is changed; it stands beside what it corrects."""

    #: When it was corrected.
    on: Day
    #: Who corrected it.
    by: PersonId
    #: What was wrong, and how that is known.
    reason: Text


class Interval(Record):
    """The days from one to another, both included; open where `to` is absent."""

    #: The first day.
    from_: Day
    #: The last day, included; open where absent.
    to: Day | None = None
    #: Why this interval, once merged, was altered in the past.
    corrected: Correction | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.to and self.to < self.from_:
            raise ValueError(f"it ends on {self.to}, before it begins on {self.from_}")
        return self


class Signature(Record):
    """One person's signature on a record (21 CFR 11.50): printed name, meaning and time; the key and what it signed."""

    #: Who signs.
    by: PersonId
    #: Their name, as it is printed; their id, where their file has no name.
    name: Text | None = None
    #: What they sign: `read-and-understood`, `performed`, `evaluated`, `facilitated`, `verified`, `approved`.
    meaning: Text | None = None
    #: When they signed.
    at: Moment | None = None
    #: The fingerprint of the key, `SHA256:…`.
    key: Text | None = None
    #: The SSH signature (SSHSIG, namespace `qmsci`) in base64, without armour.
    signature: Text | None = None
