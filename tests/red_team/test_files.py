"""Files that show their reviewers something else, or are something else, than they seem."""

from __future__ import annotations

import json

import pytest

from tests.company import INSIDER, OPERATOR, SECOND, SOP, SOP_NOW, Scene
from tests.red_team.deeds import add, history, reading, reads, signed
from tests.red_team.raids import Do, Ground, attack, do

MINE = history(INSIDER)
PERSON = f"roles/people/{INSIDER}.yaml"
HIRED = "id: p-9\nname: N\nkind: employee\nemployed: {from: 2026-11-22}\n"


def written(scene: Scene, path: str, text: str | bytes) -> None:
    """A file is written, and what is owed then is assigned."""
    scene.write({path: text})
    if scene.desk.run("check", exits=None).exit_code == 1:
        scene.desk.run("assign", exits=None)


def hires(scene: Scene, more: str = "", name: str = "p-9") -> None:
    """Somebody is hired, in a file of some text."""
    scene.write({f"roles/people/{name}.yaml": HIRED.replace("p-9", name) + more})


def links(scene: Scene, path: str, to: str) -> None:
    """A symbolic link stands in the place of a file, to one that holds the same."""
    place = scene.checkout.folder / path
    scene.write({"elsewhere": place.read_bytes()})
    place.unlink()
    place.symlink_to(to)


def links_folder(scene: Scene) -> None:
    """Somebody's approvals of one revision are those of another."""
    (scene.checkout.folder / "controlled-docs/approvals/SOP-001@3").symlink_to("SOP-001@2")


def nests(scene: Scene, path: str) -> None:
    """A submodule stands where records lie."""
    tip = scene.tip()
    scene.checkout.git("update-index", "--add", "--cacheinfo", f"160000,{tip},{path}")
    scene.checkout.git("commit", "--quiet", "--message", "Nest", at="2026-11-22T10:30:00+01:00")
    scene.checkout.git("update-index", "--skip-worktree", path)


def duplicates(scene: Scene, first: str, then: str) -> None:
    """An entry says one thing twice, and a reviewer reads the first."""
    path, record = history(OPERATOR), reading()
    entry = signed(scene, path, record, (OPERATOR, "read-and-understood"))
    line = json.dumps(entry, sort_keys=True).replace(f'"{first}": ', f'"{first}": {then}, "{first}": ')
    scene.write({path: f"{scene.read(path)}- {line}\n"})


def copies(scene: Scene, path: str, to: str, **changes: str) -> None:
    """A file is there twice."""
    text = scene.read(path)
    for old, new in changes.items():
        text = text.replace(old, new)
    scene.write({to: text})


def swells(scene: Scene, size: int) -> None:
    """A record with very much in it."""
    add(scene, history(OPERATOR), signed(scene, history(OPERATOR), reading(), (OPERATOR, "read-and-understood")))
    path = history(OPERATOR)
    scene.write({path: f"# {'x' * size}\n{scene.read(path)}"})


def claims(scene: Scene, document: str) -> None:
    """A second file claims to be a document; the reviewer looks at the first."""
    scene.write({SOP.replace(".md", "-new.md"): SOP_NOW.replace("SOP-001", document).replace(SECOND, "Other.\n")})


def honest_note(scene: Scene) -> None:
    """A file beside the records that is none."""
    scene.write({"training-records/README.md": "What lies here is generated.\n", "notes/p-9.yaml": "x: [\n"})


NOTE = do(honest_note)


@pytest.mark.parametrize(
    ("refused", "does", "twin"),
    [
        attack("a link in place of a history", "unreadable", do(links, path=MINE, to="../../../elsewhere"), do(reads)),
        attack("a link in place of a person", "unreadable", do(links, path=PERSON, to="../../elsewhere"), do(hires)),
        attack("a link in place of the text", "unreadable", do(links, path=SOP, to="../../elsewhere"), do(hires)),
        attack("a link in place of the policy", "unreadable", do(links, path="qmsci.yaml", to="elsewhere"), do(hires)),
        attack("a link in place of approvals", "unreadable", do(links_folder), NOTE),
        attack("a submodule among the records", "unreadable", do(nests, path="training-records/completions/p-9"), NOTE),
        attack(
            "a key twice, in one line",
            "unreadable",
            do(duplicates, first="completed", then='"2026-11-22T09:30:00+01:00"'),
            do(reads),
        ),
        attack("a key twice, spread out", "unreadable", do(hires, more="kind: contractor\n"), do(hires)),
        attack("an anchor", "unreadable", do(hires, more="roles: &r []\nleave: *r\n"), do(hires)),
        attack("a merge", "unreadable", do(hires, more="<<: {leave: []}\n"), do(hires)),
        attack("a tag", "unreadable", do(hires, more="roles: !!seq []\n"), do(hires)),
        attack("two documents", "unreadable", do(hires, more="---\nid: p-9\n"), do(hires)),
        attack("an unknown key", "unreadable", do(hires, more="role: [quality-assurance]\n"), do(hires)),
        attack("a direction turned", "unsafe-content", do(hires, more="# \u202eylnoitatona\n"), do(hires)),
        attack(
            "an invisible letter in a name",
            "unsafe-content",
            do(hires, more='accounts: {forge: "a\\u200bb"}\n'),
            do(hires, more="accounts: {forge: ab}\n"),
        ),
        attack(
            "a name that is an option", "unreadable", do(written, path="roles/people/-rf.yaml", text=HIRED), do(hires)
        ),
        attack("an id that looks like another", "look-alike-id", do(hires, name="p-l"), do(hires)),
        attack("an id that is another in capitals", "look-alike-id", do(hires, name="P-1"), do(hires)),
        attack(
            "a file named after somebody else",
            "unreadable",
            do(written, path="roles/people/p-10.yaml", text=HIRED),
            do(hires),
        ),
        attack("a document twice", "duplicate-id", do(claims, document="SOP-001"), NOTE),
        *(
            attack(f"{path}, which is another on some discs", "unreadable", do(written, path=path, text=text), NOTE)
            for path, text in (
                ("QMSCI.yaml", "revision: 2\n"),
                ("Roles/people/p-2.yaml", HIRED),
                ("Training-Records/completions/p-2/SOP-001.yaml", "[]\n"),
                ("controlled-doc\u017f/sop/SOP-001.md", "Gown.\n"),
            )
        ),
        attack(
            "a history of capitals beside another",
            "unreadable",
            do(copies, path=MINE, to="training-records/Completions/p-2/SOP-001.yaml"),
            NOTE,
        ),
        attack(
            "a history of a document in small letters",
            "unreadable",
            do(copies, path=MINE, to="training-records/completions/p-2/sop-001.yaml"),
            NOTE,
        ),
        attack(
            "a history with another ending",
            "unreadable",
            do(copies, path=MINE, to="training-records/completions/p-2/SOP-001.yml"),
            NOTE,
        ),
        attack(
            "an approval astray",
            "unreadable",
            do(
                copies,
                path="controlled-docs/approvals/SOP-001@2/p-3.yaml",
                to="controlled-docs/approvals/SOP-001@2/more/p-4.yaml",
            ),
            NOTE,
        ),
        attack("a line without end", "unreadable", do(swells, size=40_000_000), do(reads)),
    ],
)
def test_a_file_is_what_it_seems(ground: Ground, refused: str, does: Do, twin: Do):
    """A record is a plain file in its place, that says everything once, in letters that everybody sees."""
    ground.refuses(refused, does, twin)
