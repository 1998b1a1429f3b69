"""Surveys of a few files, or of a repository, for the tests of the site's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from qmsci.evidence import Source, Sources
from qmsci.finding import At
from qmsci.library import library_of
from qmsci.records.document import Document
from qmsci.render.site.survey import Checked, KeptText, Stamp, Survey
from qmsci.snapshot import Snapshot

COMMIT = "f" * 40


def survey_of(files: Mapping[str, str], day: date) -> Survey:
    """What a site would be built from, had one commit brought some files to main; none of them has a history."""
    library = library_of(files)
    snapshot = Snapshot(library, day, hindsight=True)

    def sources(wanted: Iterable[At | None]) -> Sources:
        places = {at: library.placed(at) for at in wanted if at}
        return {
            at: Source(place.path, place.line, COMMIT, f"{day}T08:00:00+00:00", day, founding=True)
            for at, place in places.items()
        }

    def texts(document: Document) -> list[KeptText]:
        body = files[document.path].split("---\n", 2)[2]
        newest = document.newest.revision
        recorded = f"{day}T08:00:00+00:00"
        return [KeptText(newest, document.title, document.text, body, document.path, COMMIT, recorded)]

    return Survey(
        library=library,
        snapshot=snapshot,
        when=snapshot.end_of(day),
        stamp=Stamp(COMMIT, f"{day}T08:00:00+00:00", "main"),
        matrix=lambda _: snapshot,
        turns=(),
        sources=sources,
        texts=texts,
        changes=list,
        checked=lambda: Checked({}, {}, {}, [], [], []),
    )
