"""The name that was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches


def near_miss(name: str, known: Iterable[str]) -> str | None:
    """
    The known name that was probably meant, also where only its capitals differ.

    A name that differs only in its number is another thing, not a misspelling.

    >>> near_miss("SOP-14", ["SOP-014", "WI-031"]), near_miss("SOP-041", ["SOP-014"])
    ('SOP-014', None)
    >>> near_miss("sop-041", ["SOP-041"])
    'SOP-041'
    """
    known = list(known)
    same = [found for found in known if found != name and found.casefold() == name.casefold()]
    if same:
        return same[0]
    form = re.sub(r"\d", "0", name)
    likely = get_close_matches(name, known, 5, 0.7)
    return next((found for found in likely if re.sub(r"\d", "0", found) != form), None)
