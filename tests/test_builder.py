"""A site on disc: built by MkDocs, kept where nothing changed, made anew where anything did."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from qmsci.builder import MARK, SUMS, Counts, Output, Theme, theme, write_project
from qmsci.finding import CannotRun

PAGES = {
    "index.md": '---\ntitle: "Home"\nroot: ""\n---\n\n# Home\n\n<p class="q-text">Hello.</p>\n',
    "people/p-0001.md": '---\ntitle: "p-0001"\nroot: "../"\n---\n\n# p\\-0001\n\n## Due { #due }\n\n<p>Nothing.</p>\n',
    "data/people.js": 'qmsciData("people", []);\n',
}


class Remembering:
    """A memory that keeps what it is told."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def recall(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self.known[key] for key in keys if key in self.known}

    def remember(self, contents: Mapping[str, bytes]) -> None:
        self.known |= contents


@pytest.fixture(scope="module")
def styled() -> Theme:
    return theme()


def output(folder: Path, styled: Theme, memory: Remembering) -> Output:
    return Output(folder, styled, memory, "Quality system of Halden")


def wrote(found: Output, files: Mapping[str, str], kept: Mapping[str, str] | None = None) -> Counts:
    with found.alone():
        return found.write(files, kept or {}, lambda _, __: None)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_has_not_changed_is_not_built_again(tmp_path: Path, styled: Theme):
    """Not a page, not a file; and the same bytes come of a build from nothing."""
    memory = Remembering()
    first = wrote(output(tmp_path / "site", styled, memory), PAGES)
    before = contents(tmp_path / "site")
    again = wrote(output(tmp_path / "site", styled, memory), PAGES)
    wrote(output(tmp_path / "other", styled, Remembering()), PAGES)

    assert first.built == 2
    assert again == Counts(0, 0, 0)
    assert contents(tmp_path / "site") == before == contents(tmp_path / "other")
    assert b"Hello." in before["index.html"]
    assert b'<h2 id="due">Due</h2>' in before["people/p-0001.html"]


def test_one_page_that_changed_is_built_alone(tmp_path: Path, styled: Theme):
    """And one that is gone goes."""
    memory = Remembering()
    wrote(output(tmp_path / "site", styled, memory), PAGES)
    changed = {"index.md": PAGES["index.md"].replace("Hello", "Welcome"), "data/people.js": PAGES["data/people.js"]}
    counts = wrote(output(tmp_path / "site", styled, memory), changed)
    wrote(output(tmp_path / "other", styled, Remembering()), changed)

    assert counts == Counts(1, 1, 1)
    assert contents(tmp_path / "site") == contents(tmp_path / "other")
    assert not (tmp_path / "site/people/p-0001.html").exists()


@pytest.mark.parametrize("path", ["index.html", "data/people.js", "assets/stylesheets"])
@pytest.mark.parametrize("how", ["altered", "removed"])
def test_what_was_tampered_with_is_made_anew(tmp_path: Path, styled: Theme, path: str, how: str):
    """Nobody's edit of a built page survives the next build."""
    memory = Remembering()
    wrote(output(tmp_path / "site", styled, memory), PAGES)
    before = contents(tmp_path / "site")
    target = (
        next((tmp_path / "site").glob(f"{path}*")) if "." in path else next((tmp_path / "site" / path).rglob("*.css"))
    )
    target.write_text("approved by nobody") if how == "altered" else target.unlink()
    wrote(output(tmp_path / "site", styled, memory), PAGES)

    assert contents(tmp_path / "site") == before


def test_what_is_kept_needs_no_source(tmp_path: Path, styled: Theme):
    """A page of which only the digest of its source is known stays, and stays listed."""
    memory = Remembering()
    wrote(output(tmp_path / "site", styled, memory), PAGES)
    before = contents(tmp_path / "site")
    digests = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in PAGES.items()}
    found = output(tmp_path / "site", styled, memory)

    assert set(found.intact(digests)) == set(PAGES)
    assert wrote(found, {"index.md": PAGES["index.md"]}, digests) == Counts(0, 0, 0)
    assert contents(tmp_path / "site") == before


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, styled: Theme):
    """A slip in the name of a folder deletes nobody's files."""
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(CannotRun, match="holds something that is no site"):
        wrote(output(tmp_path, styled, Remembering()), PAGES)
    assert contents(tmp_path) == {"thesis.txt": b"years of work"}


def test_files_that_others_put_beside_a_site_stay(tmp_path: Path, styled: Theme):
    """Only what a build has listed is removed by a later one; a list that leads elsewhere leads nowhere."""
    memory = Remembering()
    wrote(output(tmp_path / "site", styled, memory), PAGES)
    (tmp_path / "site/CNAME").write_text("quality.example.org")
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "site/mine.txt").write_text("mine")
    with (tmp_path / "site" / MARK).open("a") as file:
        file.write(f"{'a' * 64}  mine.txt\n")
        file.write(f"{'0' * 64}  ../precious\n{'0' * 64}  {tmp_path / 'precious'}\nnonsense\n")
    wrote(output(tmp_path / "site", styled, memory), PAGES)

    assert (tmp_path / "site/CNAME").read_text() == "quality.example.org"
    assert (tmp_path / "site/mine.txt").read_text() == "mine"
    assert (tmp_path / "precious").read_text() == "kept"


def test_two_builds_at_once_in_one_folder(tmp_path: Path, styled: Theme):
    """The second is told, and writes nothing."""
    first, second = (output(tmp_path / "site", styled, Remembering()) for _ in range(2))
    with first.alone(), pytest.raises(CannotRun, match="another run of qmsci builds"):
        wrote(second, PAGES)
    assert wrote(second, PAGES).built == 2


def test_many_pages_are_built_by_two_builders(tmp_path: Path, styled: Theme):
    """And come out as one builder makes them."""
    many = {f"people/p-{n:04}.md": PAGES["people/p-0001.md"].replace("0001", f"{n:04}") for n in range(130)}
    seen: list[int] = []
    found = output(tmp_path / "site", styled, Remembering())
    with found.alone():
        counts = found.write({**PAGES, **many}, {}, lambda done, number: seen.append(number))
    write_project(tmp_path / "project", styled, {**PAGES, **many}, "Quality system of Halden")
    built_by_mkdocs(tmp_path / "project", tmp_path / "plain")

    assert counts.built == 132 - 1
    assert seen
    assert set(seen) == {131}
    for path, content in contents(tmp_path / "site").items():
        if path.endswith(".html"):
            assert content == (tmp_path / "plain" / path).read_bytes(), path


def built_by_mkdocs(project: Path, site: Path) -> None:
    import os
    import sys

    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", site],
        cwd=project,
        check=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )


def test_a_project_is_not_written_over_anything(tmp_path: Path, styled: Theme):
    """Sources go into a folder of their own."""
    (tmp_path / "mkdocs.yml").write_text("mine")

    with pytest.raises(CannotRun, match="is not empty"):
        write_project(tmp_path, styled, PAGES, "x")


def test_a_builder_that_fails_says_why(tmp_path: Path, styled: Theme):
    """A page that cannot be built stops the build; what was there is still a site."""
    broken = Theme(tmp_path / "theme")
    write_project(tmp_path / "theme", styled, {}, "x")
    (tmp_path / "theme/overrides/main.html").write_text("{% nonsense %}")
    (tmp_path / "theme/assets").mkdir(exist_ok=True)
    (tmp_path / "theme/pages").mkdir(exist_ok=True)

    with pytest.raises(CannotRun, match="MkDocs could not build the site"):
        wrote(output(tmp_path / "site", broken, Remembering()), PAGES)
    assert (tmp_path / "site" / MARK).exists()


def test_a_folder_with_sums_of_its_own_is_no_site(tmp_path: Path, styled: Theme):
    """Whoever lists digests of what is precious has not asked for its removal."""
    (tmp_path / "a.bin").write_text("precious")
    (tmp_path / SUMS).write_text(f"{hashlib.sha256(b'precious').hexdigest()}  a.bin\n")

    with pytest.raises(CannotRun, match="holds something that is no site"):
        wrote(output(tmp_path, styled, Remembering()), PAGES)
    assert (tmp_path / "a.bin").exists()


def test_what_a_stopped_build_left_behind_goes(tmp_path: Path, styled: Theme):
    """It is noted before it is written: a page of a person who is none any more is not shown beside the others."""
    memory, site = Remembering(), tmp_path / "site"
    wrote(output(site, styled, memory), PAGES)
    (site / SUMS).write_text("")  # as if it had been stopped before the end
    wrote(output(site, styled, memory), {"index.md": PAGES["index.md"]})

    assert not (site / "people/p-0001.html").exists()
    assert not (site / "data/people.js").exists()


def test_links_in_the_folder_lead_nowhere(tmp_path: Path, styled: Theme):
    """A link in place of a page is replaced, not followed; one in place of a folder is refused."""
    memory, site, outside = Remembering(), tmp_path / "site", tmp_path / "outside"
    wrote(output(site, styled, memory), PAGES)
    before = contents(site)
    outside.mkdir()
    (outside / "victim").write_text("kept")
    (site / "index.html").unlink()
    (site / "index.html").symlink_to("../outside/victim")
    wrote(output(site, styled, memory), PAGES)
    assert contents(site) == before
    (site / "people/p-0001.html").unlink()
    (site / "people").rmdir()
    (site / "people").symlink_to("../outside")

    with pytest.raises(CannotRun, match="leads out of the site, through a symbolic link"):
        wrote(output(site, styled, memory), PAGES)
    assert contents(outside) == {"victim": b"kept"}


def test_a_thread_may_not_sneak_in(tmp_path: Path, styled: Theme):
    """The lock holds for as long as the folder is written."""
    order: list[str] = []
    found = output(tmp_path / "site", styled, Remembering())

    def late() -> None:
        try:
            with output(tmp_path / "site", styled, Remembering()).alone():
                order.append("in")
        except CannotRun:
            order.append("refused")

    with found.alone():
        thread = threading.Thread(target=late)
        thread.start()
        thread.join()

    assert order == ["refused"]
