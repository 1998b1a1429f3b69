"""The list of quality events: states, ages, deadlines, links; and a page for each of them."""

from __future__ import annotations

from datetime import date

from qmsci.render.site import events
from qmsci.render.site.page import Mark, Page, Text, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.written import plain, written
from tests.chain.story import FILES, TODAY
from tests.laws import Files
from tests.render.site.shown import REFERENCE_DAY, ROOT, body_of, links_in, reference, rows_of, surveyed, table_of

NOBODY = Summaries({}, {})


def list_of(files: Files = FILES, day: date = TODAY) -> Page:
    return events.part(surveyed(files, day), NOBODY).pages[0]


def sentences(page: Page) -> str:
    return " ".join(plain(block.said) for block in page.blocks if isinstance(block, Text))


def capa(number: int, opened: str, more: str = "") -> dict[str, str]:
    name = f"CAPA-2026-{number:03}"
    text = f"id: {name}\ntitle: Something\nopened: {opened}\nowner: p-3\n{more}"
    return {f"quality-events/{name}.yaml": text}


def test_no_events():
    """An empty system has a page that says so."""
    part = events.part(surveyed({}), NOBODY)

    (page,) = part.pages
    assert page.path == "events/index.html"
    assert sentences(page).startswith(
        "0 quality events on record; on 2026-11-22, 0 are open, 0 overdue. No CAPA is open."
    )
    assert "No quality event is on record." in body_of(page)


def test_a_row_says_how_an_event_stands():
    """What is open, with its age since it was reopened last; what is closed, with how long it took; what is overdue."""
    page = list_of()

    assert rows_of(page, "events") == [
        {
            "Event": "DEV-2027-008",
            "Kind": "Deviation",
            "Title": "Glove tear found after filling",
            "State": "reported",
            "Begun": "2027-05-08",
            "Closed": "",
            "Owner": "",
            "Next deadline": "",
            "Overdue": "no",
            "Age in days": "12",
            "Linked with": "CAPA-2026-003",
        },
        {
            "Event": "CAPA-2026-003",
            "Kind": "CAPA",
            "Title": "Gloves intact and clean under the outer gloves",
            "State": "investigating",
            "Begun": "2026-09-14",
            "Closed": "",
            "Owner": "p-3 Astrid Halvorsen",
            "Next deadline": "2026-12-15",
            "Overdue": "overdue",
            "Age in days": "10",
            "Linked with": "DEV-2026-017",
        },
        {
            "Event": "DEV-2026-017",
            "Kind": "Deviation",
            "Title": "Glove tear found during filling",
            "State": "closed",
            "Begun": "2026-09-12",
            "Closed": "2026-10-01",
            "Owner": "",
            "Next deadline": "",
            "Overdue": "no",
            "Age in days": "19",
            "Linked with": "CAPA-2026-003",
        },
    ]
    assert Mark("overdue", Tone.BAD) in table_of(page, "events").rows[1]
    assert {"events/CAPA-2026-003.html", "people/p-3.html"} <= links_in(page)
    assert sentences(page).startswith("3 quality events on record; on 2027-05-20, 2 are open, 1 overdue.")


def test_a_day_in_the_past():
    """Closed then; and what had not begun is said to have not."""
    states = {row["Event"]: row for row in rows_of(list_of(day=date(2027, 4, 1)), "events")}

    assert (states["CAPA-2026-003"]["State"], states["CAPA-2026-003"]["Closed"]) == ("closed", "2027-03-21")
    assert (states["DEV-2027-008"]["State"], states["DEV-2027-008"]["Overdue"]) == ("not begun", "")


def test_open_capas_by_age():
    files = {
        **capa(1, "2026-11-20"),
        **capa(2, "2026-10-23"),
        **capa(3, "2026-10-22"),
        **capa(4, "2025-01-01"),
        **capa(5, "2025-01-01", "cancelled: {on: 2026-01-01, by: p-3, reason: Twice.}\n"),
    }
    day = date(2026, 11, 22)

    assert "4 CAPAs are open: 2 for up to 30 days, 1 for 31 to 90 days, 1 for more than 365 days." in sentences(
        list_of(files, day)
    )
    assert "1 CAPA is open: 1 for up to 30 days." in sentences(list_of(capa(1, "2026-11-20"), day))


def test_an_event_of_which_nobody_says_when_it_was_opened():
    """Its age is not known."""
    path = "quality-events/VAL-2026-001.yaml"
    text = "id: VAL-2026-001\ntitle: Line 2\nactivities: [filling]\nprotocol: VP-1\n"
    (row,) = rows_of(list_of({path: text}), "events")
    assert (row["Begun"], row["Age in days"]) == ("", "")
    (row,) = rows_of(list_of({path: f"{text}released: 2026-11-01\nreleased-by: p-3\n"}), "events")
    assert (row["State"], row["Closed"], row["Age in days"]) == ("released", "2026-11-01", "")


def test_it_can_be_filtered_and_taken_as_a_file():
    page = list_of()
    table = table_of(page, "events")

    assert [table.heads[column] for column in table.filters] == ["Kind", "State", "Overdue"]
    assert written(page)["data/events/index-events.csv"].splitlines()[2].startswith("CAPA-2026-003,CAPA,Gloves intact")


def test_every_event_of_the_reference_system_is_listed_and_has_a_page():
    part = events.part(reference(), NOBODY)
    names = {path.stem for path in (ROOT / "quality-events").glob("*.yaml")}

    assert {row["Event"] for row in rows_of(part.pages[0], "events")} == names
    assert {page.path for page in part.pages[1:]} == {f"events/{name}.html" for name in names}
    assert str(REFERENCE_DAY) in part.pages[0].description
