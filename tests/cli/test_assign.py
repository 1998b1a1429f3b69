"""`qmsci assign`: it writes the gap, once, and says what it wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cli.commands import Desk
from tests.cli.test_check import PATH, REVISED

NEW = "training-records/assignments/SOP-001@2/operator.yaml"


def new_files(desk: Desk) -> list[str]:
    """The files that are not committed."""
    lines = desk.checkout.git("status", "--porcelain", "--untracked-files=all").splitlines()
    return sorted(line.split()[-1] for line in lines if "training-records" in line)


def test_it_writes_a_file_for_each_role(desk: Desk):
    """A revision that reaches two roles: two files, and a line for each."""
    desk.write({PATH: REVISED})
    said = desk.run("assign").stdout

    assert new_files(desk) == [
        "training-records/assignments/SOP-001@2/operator.yaml",
        "training-records/assignments/SOP-001@2/quality-assurance.yaml",
    ]
    assert f"wrote {NEW}: revision, 2 people, due 2027-01-10\n" in said
    assert "quality-assurance.yaml: revision, nobody yet, due 2027-01-10\n" in said


def test_a_second_time_it_writes_nothing(desk: Desk):
    """Not a byte, not a new date of the file."""
    desk.write({PATH: REVISED})
    desk.run("assign")
    before = (desk.checkout.folder / NEW).stat()
    said = desk.run("assign").stdout

    assert said.startswith("nothing to assign: ")
    after = (desk.checkout.folder / NEW).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_check_only_writes_nothing(desk: Desk):
    """Exit code 1 as long as something is missing."""
    desk.write({PATH: REVISED})

    assert f"missing {NEW}" in desk.run("assign", "--check", exits=1).stdout
    assert new_files(desk) == []
    desk.run("assign")
    assert "nothing to assign" in desk.run("assign", "--check").stdout


def test_what_is_not_merged_is_brought_up_to_date(desk: Desk):
    """Somebody is hired in the same change, or the revision is postponed."""
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.checkout.commit({PATH: REVISED})
    desk.assign()
    desk.write({PATH: REVISED.replace("2027-01-10", "2027-02-10")})
    said = desk.run("assign").stdout

    assert f"rewrote {NEW}: revision, 2 people, due 2027-02-10" in said
    desk.run("check")


def test_what_is_merged_is_not_touched(desk: Desk):
    """Whoever comes later gets a file of their own."""
    path = "roles/people/p-3.yaml"
    text = (desk.checkout.folder / "roles/people/p-2.yaml").read_text().replace("p-2", "p-3")
    desk.write({path: text})
    desk.run("assign")

    assert [name.rsplit("/", 2)[1] for name in new_files(desk)] == ["p-3"]
    desk.run("check")


def test_what_nobody_owes_any_more_is_named(desk: Desk):
    """It is the author's to delete."""
    desk.write({PATH: REVISED})
    desk.run("assign")
    desk.checkout.git("checkout", "--quiet", "--", PATH)

    assert f"nothing owes {NEW} any more" in desk.run("assign").stdout


def test_it_never_writes_through_a_link(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """Exit code 2, and nothing outside."""
    outside = tmp_path_factory.mktemp("outside")
    desk.write({PATH: REVISED})
    (desk.checkout.folder / "training-records/assignments/SOP-001@2").symlink_to(outside)
    result = desk.run("assign", exits=2)

    assert "lies outside the repository" in result.stderr
    assert list(outside.iterdir()) == []


def test_a_file_that_cannot_be_read_is_counted(desk: Desk):
    """What it may owe is not known."""
    desk.write({"roles/people/p-2.yaml": "id: [\n"})

    assert "1 file could not be read" in desk.run("assign").stderr
    assert "1 file could not be read" in desk.run("assign", "--check", exits=1).stderr


def test_what_rests_on_an_unreadable_file_is_not_called_needless(desk: Desk):
    """Who would delete it would delete what is owed."""
    desk.write({PATH: REVISED})
    desk.run("assign")
    desk.write({PATH: REVISED.replace("title:", "titel:")})

    assert "nothing owes" not in desk.run("assign").stdout


def test_what_was_merged_and_is_gone_is_to_be_restored(desk: Desk):
    """It is not written anew, on another day and perhaps of another text."""
    path = "training-records/assignments/SOP-001@1/operator.yaml"
    desk.write({path: None})
    said = f"missing {path}: it was merged and is gone; restore it"

    assert said in desk.run("assign", "--check", exits=1).stdout
    assert said in desk.run("assign").stdout
    assert not (desk.checkout.folder / path).exists()
    desk.checkout.git("restore", path)
    assert "nothing to assign" in desk.run("assign", "--check").stdout


@pytest.mark.parametrize(("waited", "day"), [(31, "2026-11-22"), (32, "2026-12-24")])
def test_a_change_that_waited_for_more_than_a_month_is_assigned_anew(desk: Desk, waited: int, day: str):
    """Check refuses the old day, and has nothing against what assign writes."""
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.write({PATH: REVISED.replace("2027-01-10", "2027-06-10")})
    desk.run("assign")
    desk.now += timedelta(days=waited)
    found = {finding["rule"] for finding in desk.answer("check", exits=int(waited > 31))["findings"]}

    assert found == ({"assignment-edited"} if waited > 31 else set())
    desk.run("assign")
    assert f"assigned: {day}\n" in (desk.checkout.folder / NEW).read_text()
    desk.run("check")


@pytest.mark.parametrize("day", ["2026-13-01", "soon", "2026-1-1", ""])
def test_a_day_that_is_none(desk: Desk, day: str):
    """Exit code 2."""
    assert "--as-of" in desk.run("assign", "--as-of", day, exits=2).stderr


def test_refreshers_are_written_when_they_are_asked_for(desk: Desk):
    """As a change of their own."""
    desk.checkout.commit({PATH: REVISED.replace("governs:", "training: {every: 12 months}\ngoverns:")})
    desk.assign()
    desk.run("assign", "--as-of", "2026-12-20")
    wrote = new_files(desk)

    assert wrote == ["training-records/assignments/refresher/SOP-001@1/2026-11-22/operator.yaml"]
    assert "nothing to assign" in desk.run("assign", "--as-of", "2026-12-20").stdout
