"""`qmsci site`: of a commit, as of a day, into a folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.commands import AT_NOON, SOP, Desk, desk  # noqa: F401  (a fixture)

ROOT = Path(__file__).parent.parent.parent
SECOND = SOP.replace(
    "revisions:\n",
    "revisions:\n  - {revision: 2, effective: 2026-12-10, summary: Gloves., impact: none, rationale: As before.,"
    " authors: [p-1]}\n",
).replace("Gown.\n", "Gown and gloves.\n")


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site") / "site"


def stamp(folder: Path) -> str:
    return (folder / "data/stamp.js").read_text()


# --- where nothing is built -----------------------------------------------------------------------------------------


def test_before_the_first_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path):
    """A site stands for a commit."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "qmsci", "site", "build", "--output", folder],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "nothing is committed here yet" in ran.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--head", "HEAD", "--known-at", "2026-11-01"], "--head or --known-at", id="both"),
        pytest.param(["--head", "nowhere"], "there is no revision 'nowhere'", id="no-commit"),
        pytest.param(["--as-of", "soon"], "soon", id="no-day"),
        pytest.param(["--known-at", "2020-01-01"], "main had no commit by 2020-01-01", id="before-the-first"),
        pytest.param(["--known-at", "2030-01-01"], "lies ahead", id="in-the-future"),
    ],
)
def test_a_question_that_makes_no_sense(desk: Desk, folder: Path, options: list[str], said: str):  # noqa: F811
    """It is refused, and nothing is written."""
    result = desk.run("site", "build", "--output", str(folder), *options, exits=2)

    assert said in result.stderr
    assert not folder.exists()


def test_without_its_extra_it_says_what_to_install(
    desk: Desk,  # noqa: F811
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """The gate needs no builder of sites, so it may not be here."""
    monkeypatch.setattr("qmsci.cli.site.find_spec", lambda name: None if name == "mkdocs" else name)

    assert "pip install 'qmsci[site]'" in desk.run("site", "build", "--output", str(folder), exits=2).stderr


def test_a_commit_without_a_quality_system(desk: Desk, folder: Path):  # noqa: F811
    """It says so, as every command does."""
    desk.checkout.commit({"qmsci.yaml": None}, "Gone")

    assert "it holds no quality system" in desk.run("site", "build", "--output", str(folder), exits=2).stderr


# --- which commit, which day ----------------------------------------------------------------------------------------


def test_main_today_is_what_is_built(desk: Desk, folder: Path):  # noqa: F811
    """Not the working tree: what is not committed is no record yet."""
    desk.write({"controlled-docs/sop/SOP-001.md": SECOND})
    result = desk.run("site", "build", "--output", str(folder))
    text = (folder / "documents/SOP-001.html").read_text()

    assert re.search(r"\d+ pages built, \d+ files written, 0 removed", result.stdout)
    assert '"as_of":"2026-11-22"' in stamp(folder)
    assert desk.checkout.git("rev-parse", "HEAD") in stamp(folder)
    assert "SOP-001@2" not in text
    assert not (folder / "documents/SOP-001@2.html").exists()


def test_of_a_commit_as_of_a_day(desk: Desk, folder: Path):  # noqa: F811
    """What is in force that day stands on the document's page, what comes later on a page of its own."""
    before = desk.checkout.git("rev-parse", "HEAD")
    desk.checkout.commit({"controlled-docs/sop/SOP-001.md": SECOND}, "Gloves", at="2026-11-20T12:00:00+01:00")
    found = {}
    for name, options in {
        "now": [],
        "later": ["--as-of", "2026-12-10"],
        "of-a-commit": ["--head", before, "--as-of", "2026-12-10"],
        "known-then": ["--known-at", "2026-11-01"],
    }.items():
        desk.run("site", "build", "--output", str(folder / name), *options)
        page = (folder / name / "documents/SOP-001.html").read_text()
        coming = (folder / name / "documents/SOP-001@2.html").exists()
        found[name] = re.findall(r"SOP-001 revision (\d)", page)[0], "Gown and gloves." in page, coming

    assert found == {
        "now": ("1", False, True),
        "later": ("2", True, False),
        "of-a-commit": ("1", False, False),
        "known-then": ("1", False, False),
    }
    assert '"as_of":"2026-11-01"' in stamp(folder / "known-then")


def test_what_cannot_be_read_is_named_where_it_is_missed(desk: Desk, folder: Path):  # noqa: F811
    """A figure without somebody's training is not shown as if it were whole."""
    desk.checkout.commit({"roles/people/p-2.yaml": "id: [\n"}, "Spoilt")
    desk.run("site", "build", "--output", str(folder))

    for page in ("index", "people/index", "matrix/index"):
        text = (folder / f"{page}.html").read_text()
        assert "1 file cannot be read" in text
        assert "roles/people/p-2.yaml" in text
    assert "cannot be read" not in (folder / "documents/SOP-001.html").read_text()


# --- into which folder ----------------------------------------------------------------------------------------------


def test_a_second_build_writes_what_is_new(desk: Desk, folder: Path):  # noqa: F811
    """And nothing where nothing is."""
    desk.run("site", "build", "--output", str(folder))
    again = desk.run("site", "build", "--output", str(folder))

    assert f"{folder}: 0 pages built, 0 files written, 0 removed" in again.stdout


def test_a_site_beside_its_records_is_none_of_them(desk: Desk):  # noqa: F811
    """Built inside the repository, it is not offered to git."""
    desk.run("site", "build")

    assert (desk.checkout.folder / "build/site/index.html").exists()
    assert desk.checkout.git("status", "--porcelain") == ""


def test_a_folder_with_something_else_is_left_alone(desk: Desk, folder: Path):  # noqa: F811
    """Not even one file is added."""
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")

    assert "holds something that is no site" in desk.run("site", "build", "--output", str(folder), exits=2).stderr
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_sources_for_another_builder(desk: Desk, folder: Path):  # noqa: F811
    """A project of its own, not written over anything."""
    result = desk.run("site", "build", "--sources", str(folder))

    assert "mkdocs build, or zensical build" in result.stdout
    assert (folder / "docs/documents/SOP-001.md").read_text().startswith('---\ntitle: "SOP-001')
    assert (folder / "overrides/main.html").exists()
    assert "is not empty" in desk.run("site", "build", "--sources", str(folder), exits=2).stderr


# --- serve ----------------------------------------------------------------------------------------------------------


def test_serve_shows_it_until_it_is_interrupted(desk: Desk, folder: Path):  # noqa: F811
    """To this machine; Ctrl+C ends it without a fuss."""
    running = subprocess.Popen(
        [sys.executable, "-P", "-u", "-c", AT_NOON, "site", "serve", "--output", folder, "--port", "0"],
        cwd=desk.checkout.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    said = [running.stdout.readline() for _ in range(2)]
    address = re.findall(r"http://127\.0\.0\.1:\d+/", said[1])[0]
    with urllib.request.urlopen(f"{address}documents/SOP-001.html") as answer:
        text = answer.read().decode()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=20)

    assert "pages built" in said[0]
    assert "Gown." in text
    assert running.returncode == 0
    assert "Traceback" not in errors
