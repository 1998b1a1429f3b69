"""Tables in a browser, from disc: filtered, sorted and paged, by keyboard too; and the rest of what every page does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, expect
from playwright.sync_api import Page as Tab

from qmsci.render.site.page import Block, Code, Drawing, Folded, Link, Mark, Page, Said, Table, Text, Tone
from tests.site.alone import STAMP, alone

STATES = [Mark("qualified", Tone.GOOD), Mark("overdue", Tone.BAD), Mark("", Tone.QUIET)]
HEADS = ("Document", "Days", "Due", "State", "Roles", "Text")
Opened = Callable[..., Tab]


def row(number: int) -> tuple[Said, ...]:
    """A row of each kind of cell; `number` counts from 1."""
    return (
        Link(f"SOP-{number}", "#end"),
        f"{number * 37 % 1500 - 20:,}" if number % 10 else "–",
        f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
        STATES[number % 3],
        (Link("operator", "#end"), ", ", Link("analyst", "#end")) if number % 2 else Link("operator", "#end"),
        Code(f"sha256:{number:064x}", 12),
    )


def table(number: int, name: str = "list") -> Table:
    """A table of so many rows."""
    return Table(name, "What is required", HEADS, tuple(map(row, range(1, number + 1))), filters=(3, 4), csv=True)


@pytest.fixture
def opened(context: BrowserContext, tmp_path: Path) -> Opened:
    """Open a page of some blocks; at the end, nothing was said in the console but what was expected."""

    def open_(*blocks: Block, query: str = "", said: list[str] | None = None) -> Tab:
        tab = context.new_page()
        tab.on(
            "console", lambda message: (said if said is not None else pytest.fail(message.text)).append(message.text)
        )
        tab.on("pageerror", lambda error: pytest.fail(str(error)))
        tab.goto(alone(tmp_path, Page("page.html", "Page", blocks)) + query)
        return tab

    return open_


def firsts(box: Locator) -> list[str]:
    """What the rows of a table are about, as they are shown."""
    return box.locator("tbody th").all_inner_texts()


def status(box: Locator) -> Locator:
    return box.get_by_role("status")


# --- small ones ------------------------------------------------------------------------------------------------------


def test_a_table_without_rows_is_a_sentence(opened: Opened):
    tab = opened(table(0))

    assert tab.locator("table").count() == 0
    assert tab.get_by_text("There are none.").is_visible()


def test_a_table_of_one_row_needs_nothing(opened: Opened):
    box = opened(table(1)).locator(".q-table")

    assert box.locator("button, input, select").count() == 0


def test_a_table_of_few_rows_is_sorted_only(opened: Opened):
    box = opened(table(7)).locator(".q-table")

    assert box.locator("input, select").count() == 0
    box.get_by_role("button", name="Due").click()
    assert firsts(box) == [f"SOP-{number}" for number in range(1, 8)]
    box.get_by_role("button", name="Due").click()
    assert firsts(box) == [f"SOP-{number}" for number in range(7, 0, -1)]


# --- sorting ---------------------------------------------------------------------------------------------------------


def test_numbers_are_sorted_as_such_and_what_is_empty_comes_last(opened: Opened):
    """Upwards, downwards, and then as they were; screen readers are told which."""
    box = opened(table(40)).locator(".q-table")
    button = box.get_by_role("button", name="Days")
    head = box.get_by_role("columnheader", name="Days")
    days = box.locator("tbody td:nth-child(2)")

    button.click()
    upwards = [text for text in days.all_inner_texts() if text != "–"]
    assert [int(text.replace(",", "")) for text in upwards] == sorted(int(text.replace(",", "")) for text in upwards)
    assert days.all_inner_texts()[-4:] == ["–"] * 4
    assert head.get_attribute("aria-sort") == "ascending"

    button.press("Enter")
    assert days.all_inner_texts() == [*reversed(upwards), *["–"] * 4]
    assert head.get_attribute("aria-sort") == "descending"

    button.press("Space")
    assert firsts(box) == [f"SOP-{number}" for number in range(1, 41)]
    assert head.get_attribute("aria-sort") == "none"


@pytest.mark.parametrize(
    ("cells", "in_order"),
    [
        pytest.param(["3.10", "3.9", "3.1"], ["3.1", "3.9", "3.10"], id="labels of revisions"),
        pytest.param(["SOP-10", "SOP-9", "CAPA-2"], ["CAPA-2", "SOP-9", "SOP-10"], id="ids"),
        pytest.param(["1,204", "-3", "999", "-14"], ["-14", "-3", "999", "1,204"], id="whole numbers"),
        pytest.param(["100 %", "9.5 %", "87 %"], ["9.5 %", "87 %", "100 %"], id="percentages"),
        pytest.param(["2026-11-02", "2025-12-31", ""], ["2025-12-31", "2026-11-02", ""], id="days"),
        pytest.param(["Øse", "Ola", "ås"], ["ås", "Ola", "Øse"], id="names"),
    ],
)
def test_a_column_is_sorted_by_what_it_holds(opened: Opened, cells: list[str], in_order: list[str]):
    box = opened(Table("t", "T", ("A", "B"), tuple((f"row {text}", text) for text in cells))).locator(".q-table")
    box.get_by_role("button", name="B").click()

    assert box.locator("tbody td").all_inner_texts() == in_order


# --- filtering -------------------------------------------------------------------------------------------------------


def test_a_table_is_filtered_by_words_and_choices(opened: Opened):
    """Every word, anywhere in a row, without accents and capitals; digests in full; and one choice of each column."""
    box = opened(table(40)).locator(".q-table")
    text = box.get_by_label("Filter", exact=True)

    expect(status(box)).to_have_text("40 rows")
    text.fill("SOP-3 ANÁLYST")
    expect(status(box)).to_have_text("6 of 40 rows")
    assert firsts(box) == [f"SOP-{number}" for number in (3, 31, 33, 35, 37, 39)]
    box.get_by_label("State").select_option("overdue")
    expect(status(box)).to_have_text("2 of 40 rows")
    assert firsts(box) == ["SOP-31", "SOP-37"]

    box.get_by_role("button", name="Clear").click()
    expect(status(box)).to_have_text("40 rows")
    expect(text).to_be_focused()
    text.fill(f"{39:064x}")
    expect(status(box)).to_have_text("1 of 40 rows")
    text.fill("nowhere")
    expect(status(box)).to_have_text("0 of 40 rows")
    assert firsts(box) == []


def test_choices_are_what_cells_say_each_of_their_links_apart(opened: Opened):
    """With how many rows each leaves; what stands there for screen readers alone is no part of it."""
    box = opened(table(12)).locator(".q-table")

    assert box.get_by_label("State").locator("option").all_inner_texts() == ["all", "overdue (4)", "qualified (4)"]
    assert box.get_by_label("Roles").locator("option").all_inner_texts() == ["all", "analyst (6)", "operator (12)"]


def test_what_people_wrote_stays_text(opened: Opened):
    """Also where a script makes the row, the choice or the count of it."""
    evil = '<img src=x onerror="document.title=1"> "quoted" & \u202e<b>'
    rows = tuple((f"{number} {evil}", (Link(evil, "#end"), Mark(evil))) for number in range(70))
    tab = opened(Table("evil", evil, ("A", evil), rows, filters=(1,)))
    box = tab.locator(".q-table")
    box.get_by_label("Filter", exact=True).fill("69")

    expect(status(box)).to_have_text("1 of 70 rows")
    assert tab.locator("img, main b").count() == 0
    assert evil.replace("\u202e", "\\u202e") in box.locator("tbody th").inner_text()
    assert box.locator("option").nth(1).inner_text() == evil.replace("\u202e", "\\u202e") + " (70)"


# --- long ones -------------------------------------------------------------------------------------------------------


def test_a_long_table_loads_its_rows_and_shows_a_hundred_at_a_time(opened: Opened):
    """A new page has other rows, and the focus stays on the button."""
    box = opened(table(250)).locator(".q-table")
    after, before = box.get_by_role("button", name="Next rows"), box.get_by_role("button", name="Previous rows")

    expect(status(box)).to_have_text("250 rows, 1 to 100 shown")
    assert box.locator("tbody tr").count() == 100
    assert box.locator("[data-shown]").count() == 0
    assert before.get_attribute("aria-disabled") == "true"
    after.press("Enter")
    after.press("Enter")
    expect(status(box)).to_have_text("250 rows, 201 to 250 shown")
    assert firsts(box) == [f"SOP-{number}" for number in range(201, 251)]
    expect(after).to_be_focused()
    after.press("Enter")  # nothing comes after
    expect(status(box)).to_have_text("250 rows, 201 to 250 shown")
    before.press("Space")
    expect(status(box)).to_have_text("250 rows, 101 to 200 shown")
    box.get_by_label("State").select_option("overdue")
    expect(status(box)).to_have_text("84 of 250 rows")
    expect(after).to_be_hidden()


def test_rows_that_come_later_leave_the_focus_where_it_is(opened: Opened):
    """Somebody may have begun to read before all rows are there."""
    tab = opened(Text("Above. " * 3000), table(250))
    link = tab.get_by_role("link", name="SOP-7", exact=True)
    link.focus()

    expect(status(tab.locator(".q-table"))).to_have_text("250 rows, 1 to 100 shown")
    expect(link).to_be_focused()


def test_a_table_whose_rows_cannot_be_loaded_says_so(opened: Opened, tmp_path: Path):
    """And works with the rows that stand in the page."""
    said: list[str] = []
    tab = opened(table(250), said=said)
    expect(status(tab.locator(".q-table"))).to_have_text("250 rows, 1 to 100 shown")
    (tmp_path / "data/rows/page.js").unlink()
    tab.reload()
    box = tab.locator(".q-table")

    expect(status(box)).to_have_text("Only 20 of 250 rows could be loaded. 20 rows")
    box.get_by_label("Filter", exact=True).fill("SOP-2")
    expect(status(box)).to_have_text("Only 20 of 250 rows could be loaded. 2 of 20 rows")
    assert firsts(box) == ["SOP-2", "SOP-20"]
    assert all("ERR_FILE_NOT_FOUND" in one for one in said)


# --- its address -----------------------------------------------------------------------------------------------------


def test_what_was_chosen_stands_in_the_address(opened: Opened):
    """So a list can be passed on; what is not chosen is not in it."""
    tab = opened(table(250), table(10, "other"))
    box = tab.locator(".q-table").first
    box.get_by_label("Filter", exact=True).fill("sop-1 analyst")
    box.get_by_label("State").select_option("overdue")
    box.get_by_role("button", name="Due").click()
    expect(status(box)).to_have_text("20 of 250 rows")
    rows = firsts(box)
    tab.reload()

    assert tab.url.endswith("?list=sop-1+analyst&list.State=overdue&list.sort=Due")
    expect(status(box)).to_have_text("20 of 250 rows")
    assert firsts(box) == rows
    expect(box.get_by_role("columnheader", name="Due")).to_have_attribute("aria-sort", "ascending")
    expect(status(tab.locator(".q-table").last)).to_have_text("10 rows")
    box.get_by_role("button", name="Due").click()
    box.get_by_role("button", name="Due").click()
    box.get_by_role("button", name="Clear").click()
    expect(status(box)).to_have_text("250 rows, 1 to 100 shown")
    assert tab.url.endswith("page.html")


def test_an_address_that_says_nonsense_is_ignored(opened: Opened):
    box = opened(table(30), query="?list.State=unheard&list.sort=-Nothing&list.page=x&other=y").locator(".q-table")

    expect(status(box)).to_have_text("30 rows")
    assert len(firsts(box)) == 30


# --- its width -------------------------------------------------------------------------------------------------------


def wide(number: int) -> Table:
    """A table of long texts in so many columns."""
    text = "not trained on SOP-014@3 since 2026-11-20, and the last training was on revision 2"
    return Table("wide", "Wide", tuple(f"Head {one}" for one in range(number)), ((text,) * number,) * 9)


def test_a_table_scrolls_sideways_only_where_it_must_and_says_so(opened: Opened):
    """One that fits is no tab stop, and its heads stay in sight while the window is scrolled."""
    tab = opened(wide(2), Text("Below. " * 3000))
    scroll, head = tab.locator(".q-scroll"), tab.locator("thead th").first
    hint = "box => getComputedStyle(box, '::before').content"

    expect(scroll).to_have_class("q-scroll q-fits")
    assert scroll.get_attribute("tabindex") is None
    assert scroll.evaluate(hint) == "none"
    tab.evaluate("scrollTo(0, document.querySelector('tbody').getBoundingClientRect().top + scrollY + 20)")
    assert head.bounding_box()["y"] == pytest.approx(0, abs=1)  # type: ignore[index]

    tab.set_viewport_size({"width": 380, "height": 800})
    expect(scroll).to_have_class("q-scroll q-wide")
    assert scroll.get_attribute("tabindex") == "0"
    assert "scroll sideways" in scroll.evaluate(hint)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_cells_are_as_wide_as_words_need(opened: Opened):
    """Long texts have room for some words in a line; days and ids are not broken, and remain what they say."""
    box = opened(wide(9)).locator(".q-table")
    cell = box.locator("tbody td").first

    assert cell.inner_text() == "not trained on SOP-014@3 since 2026-11-20, and the last training was on revision 2"
    assert cell.locator(".q-short").all_inner_texts() == ["SOP-014@3", "2026-11-20"]
    assert cell.bounding_box()["width"] >= 150  # type: ignore[index]
    assert box.bounding_box()["height"] > 9 * 60  # type: ignore[index]
    box.get_by_label("Filter", exact=True).fill("sop-014@3 2026-11-20")
    expect(status(box)).to_have_text("9 rows")


def test_only_a_wide_table_of_many_rows_scrolls_down(opened: Opened):
    """So that its side bar, and its heads, are in sight."""
    rows = tuple((f"row {number}", *["much to read " * 9] * 9) for number in range(60))
    tab = opened(Table("tall", "Tall", tuple("ABCDEFGHIJ"), rows), Table("low", "Low", tuple("ABCDEFGHIJ"), rows[:50]))
    high = "box => box.scrollHeight > box.clientHeight + 1"

    expect(tab.locator(".q-wide")).to_have_count(2)
    assert [box.evaluate(high) for box in tab.locator(".q-scroll").all()] == [True, False]


@pytest.mark.parametrize(("window", "share"), [(1800, 1), (1280, None), (380, 0.6)])
def test_a_drawing_is_made_smaller_before_it_scrolls(opened: Opened, window: int, share: float | None):
    """Down to where its words can still be read."""
    svg = '<svg class="q-chain" viewBox="0 0 1600 800" width="1600" height="800"></svg>'
    tab = opened(Drawing("chain", "Chain", "Boxes.", svg))
    tab.set_viewport_size({"width": window, "height": 800})
    scroll = tab.locator(".q-scroll")
    expect(scroll).to_have_class("q-scroll q-wide" if window == 380 else "q-scroll q-fits")
    size = tab.locator(".q-chain").bounding_box()
    assert size

    assert size["width"] == pytest.approx(share * 1600 if share else scroll.evaluate("box => box.offsetWidth"), abs=1)
    assert size["height"] == pytest.approx(size["width"] / 2, abs=1)


# --- print -----------------------------------------------------------------------------------------------------------


def test_print_has_all_rows_that_are_found_and_nothing_folded(opened: Opened):
    """And afterwards the page is as it was."""
    tab = opened(table(250), Folded("More", (Text("Folded."),)))
    box = tab.locator(".q-table")
    expect(status(box)).to_have_text("250 rows, 1 to 100 shown")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert box.locator("tbody tr").count() == 250
    assert tab.get_by_text("Folded.").is_visible()
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert box.locator("tbody tr").count() == 100
    assert tab.get_by_text("Folded.").is_hidden()


# --- the rest of the page ----------------------------------------------------------------------------------------------


def test_a_page_says_its_day_and_commit(opened: Opened):
    header = opened(Text("Little.")).locator("header")

    expect(header).to_contain_text("As of 2026-11-23, 0123456789")
    expect(header.locator("code")).to_have_attribute("title", STAMP["commit"])
    expect(header).not_to_contain_text("unknown")


def test_colours_are_chosen_and_kept(opened: Opened):
    """In the order system, light, dark; a choice outlives the page."""
    tab = opened(Text("Little."))
    tab.emulate_media(color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    button = tab.get_by_role("button", name="Colours")
    dark = tab.evaluate(paper)

    button.click()
    expect(button).to_have_text("Colours: light")
    light = tab.evaluate(paper)
    tab.reload()
    expect(button).to_have_text("Colours: light")
    assert tab.evaluate(paper) == light != dark
    button.click()
    assert tab.evaluate(paper) == dark
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.querySelector('main p')).color") == "rgb(0, 0, 0)"


def test_the_menu_of_a_narrow_screen_opens_and_closes(opened: Opened):
    """By a button that says which, by Escape, and by going where a link leads."""
    tab = opened(Text("Little."))
    tab.set_viewport_size({"width": 360, "height": 700})
    menu, side = tab.get_by_role("button", name="Menu"), tab.locator("#q-side")
    expect(side).to_be_hidden()

    menu.click()
    expect(side).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")
    tab.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(menu).to_be_focused()
    menu.press("Enter")
    side.get_by_role("link").click()
    expect(side).to_be_hidden()
    tab.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
