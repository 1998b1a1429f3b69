"""`qmsci authorised`: who may do it, and who may not and why."""

from __future__ import annotations

import pytest

from tests.cli.commands import AUTHORISED, Desk, valid
from tests.cli.test_check import PATH


def test_everybody_who_holds_a_role_that_performs_it(desk: Desk):
    """Exit code 0 for anybody; those who may come first."""
    answer = valid(AUTHORISED, desk.answer("authorised", "gowning", "--on", "2026-02-01"))
    who = {person["person"]: person["authorised"] for person in answer["people"]}

    assert who == {"p-1": True, "p-2": False}
    lines = desk.run("authorised", "gowning", "--on", "2026-02-01").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["yes", "p-1"], ["no", "p-2"]]


def test_one_person(desk: Desk):
    """Exit code 1 for no."""
    valid(AUTHORISED, desk.answer("authorised", "p-1", "gowning", "--on", "2026-02-01"))
    answer = valid(AUTHORISED, desk.answer("authorised", "p-2", "gowning", "--on", "2026-02-01", exits=1))

    assert [person["person"] for person in answer["people"]] == ["p-2"]
    assert "not trained on SOP-001@1" in answer["people"][0]["reason"]


def test_nobody(desk: Desk):
    """Before anybody was employed."""
    answer = valid(AUTHORISED, desk.answer("authorised", "gowning", "--on", "2020-01-01", exits=1))

    assert answer["people"] == []
    assert "nobody holds a role" in desk.run("authorised", "gowning", "--on", "2020-01-01", exits=1).stdout


def test_roles_and_documents_are_those_of_main_on_that_day(desk: Desk):
    """What a branch, or the working tree, would change is not yet so."""
    desk.write({PATH: (desk.checkout.folder / PATH).read_text().replace("[gowning]", "[]")})

    desk.run("authorised", "p-1", "gowning", "--on", "2026-02-01")


def test_a_clone_that_does_not_reach_back(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """What main said on a day before its first commit is not here: exit code 2, and the fetch that brings it."""
    desk.checkout.commit({"README.md": "x\n"})
    desk.clone_shallowly(tmp_path_factory.mktemp("clones") / "shallow")

    desk.run("authorised", "gowning")
    result = desk.run("authorised", "gowning", "--on", "2026-02-01", exits=2)
    assert result.stderr == "qmsci: this clone does not reach back to 2026-02-01: git fetch --unshallow\n"
    assert result.stdout == ""
    desk.checkout.git("fetch", "--quiet", "--unshallow")
    desk.run("authorised", "gowning", "--on", "2026-02-01")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gownin"], "no activity 'gownin' in roles/activities.yaml; did you mean 'gowning'?"),
        (["pp-1", "gowning"], "no person 'pp-1' in roles/people/; did you mean 'p-"),
        (["gowning", "--on", "soon"], "--on"),
        (["a", "b", "c"], "name an activity, or a person and an activity"),
        ([], "Missing argument"),
    ],
)
def test_what_is_not_known_is_no_answer(desk: Desk, arguments: list[str], said: str):
    """Exit code 2, never 1."""
    result = desk.run("authorised", *arguments, exits=2)

    assert said in result.stderr
    assert result.stdout == ""
