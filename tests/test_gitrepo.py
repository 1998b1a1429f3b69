"""Real repositories of every kind: what is read of them is what is in them, and what is absent is said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from qmsci.cli.judged import Judged, judged
from qmsci.finding import CannotRun
from qmsci.gitrepo import Commit, Repository, Unrecorded
from qmsci.gittree import AnyTree
from tests.laws import POLICY
from tests.repositories import ENVIRONMENT, Checkout, begun

ROLE = "id: operator\ntitle: Operator\npurpose: Fills vials.\n"
FILES = {"roles/operator.yaml": ROLE, "roles/people/p-1.yaml": "id: p-1\n", "README.md": "Read me.\n"}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration but the tests' own."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A repository with one commit of a few files."""
    return begun(tmp_path / "it", FILES)


def opened(checkout: Checkout) -> Repository:
    """The repository as qmsci sees it."""
    return Repository(checkout.folder)


def brought(checkout: Checkout, path: str, line: int = 1) -> str | Unrecorded:
    """The commit that brought a line of the working tree to main, or why there is none."""
    repository = opened(checkout)
    found = repository.origins(repository.work_tree(), repository.commit("main"), {path: [line]})[path, line]
    return found.id if isinstance(found, Commit) else found


def content(tree: AnyTree) -> dict[str, bytes | str | None]:
    """Every file of a tree, or why it is none."""
    paths = list(tree.paths(""))
    assert paths == sorted(paths)
    return {path: file and (file.odd or file.data) for path, file in zip(paths, tree.read(paths), strict=True)}


def expected(files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """Files as a tree has them."""
    return {path: text.encode() if isinstance(text, str) else text for path, text in sorted(files.items())}


def work(checkout: Checkout) -> dict[str, bytes | str | None]:
    """The working tree."""
    return content(opened(checkout).work_tree())


BEGUN = expected({"qmsci.yaml": POLICY, **FILES})


# --- the working tree -----------------------------------------------------------------------------------------------


def test_a_clean_working_tree_is_its_head(checkout: Checkout):
    """Nothing differs, so nothing is read from disc."""
    tree = opened(checkout).work_tree()

    assert content(tree) == BEGUN
    assert tree.dirty == frozenset()
    assert None not in tree.blobs(tree.paths(""))


def test_the_working_tree_is_what_is_on_disc(checkout: Checkout):
    """Modified, deleted, untracked, staged and renamed files count; ignored ones do not."""
    checkout.commit({".gitignore": "*.log\n", "roles/lead.yaml": "lead\n", "old-name.txt": "a text\nof lines\n"})
    checkout.write({"roles/operator.yaml": "new\n", "roles/people/p-1.yaml": None, "roles/new.yaml": "new\n"})
    checkout.write({"roles/staged.yaml": "staged\n", "debug.log": "noise\n", "deep/er/still.txt": "deep\n"})
    checkout.git("add", "roles/staged.yaml")
    checkout.git("mv", "old-name.txt", "new-name.txt")
    checkout.git("rm", "--cached", "--quiet", "roles/lead.yaml")
    found = work(checkout)

    assert found == expected(
        {
            ".gitignore": "*.log\n",
            "README.md": "Read me.\n",
            "deep/er/still.txt": "deep\n",
            "new-name.txt": "a text\nof lines\n",
            "qmsci.yaml": POLICY,
            "roles/lead.yaml": "lead\n",
            "roles/new.yaml": "new\n",
            "roles/operator.yaml": "new\n",
            "roles/staged.yaml": "staged\n",
        }
    )


def test_what_was_staged_and_changed_again_is_read_from_disc(checkout: Checkout):
    """The index is nobody's quality system."""
    checkout.write({"README.md": "staged\n"})
    checkout.git("add", ".")
    checkout.write({"README.md": "after\n"})

    assert work(checkout)["README.md"] == b"after\n"


def test_a_file_that_became_a_folder_and_the_other_way_round(checkout: Checkout):
    """A path is a file or a folder, never both."""
    checkout.write({"README.md": None, "roles/people/p-1.yaml": None})
    checkout.write({"README.md/inside.md": "in\n"})
    (checkout.folder / "roles/people").rmdir()
    checkout.write({"roles/people": "a file\n"})

    assert set(work(checkout)) == {
        "README.md/inside.md",
        "qmsci.yaml",
        "roles/operator.yaml",
        "roles/people",
    }


@pytest.mark.parametrize("committed", [False, True], ids=["on disc", "committed"])
def test_a_symbolic_link_is_no_record(checkout: Checkout, committed: bool):
    """It may lead anywhere, out of the repository too."""
    (checkout.folder / "roles/operator.yaml").unlink()
    (checkout.folder / "roles/operator.yaml").symlink_to("/etc/passwd")
    if committed:
        checkout.commit()

    assert "symbolic link" in str(work(checkout)["roles/operator.yaml"])


def test_a_linked_folder_is_not_followed(checkout: Checkout, tmp_path: Path):
    """What lies behind it belongs to somebody else."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/lead.yaml").write_text("lead\n")
    (checkout.folder / "more").symlink_to(tmp_path / "elsewhere")

    assert [path for path in work(checkout) if path.startswith("more")] == ["more"]


def test_a_tracked_folder_replaced_by_a_link_is_not_followed(checkout: Checkout, tmp_path: Path):
    """Its files are gone, whatever lies behind the link."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/p-1.yaml").write_text("id: somebody-else\n")
    checkout.write({"roles/people/p-1.yaml": None})
    (checkout.folder / "roles/people").rmdir()
    (checkout.folder / "roles/people").symlink_to(tmp_path / "elsewhere")
    found = work(checkout)

    assert found.get("roles/people/p-1.yaml") is None
    assert "symbolic link" in str(found["roles/people"])


def test_a_submodule_is_no_record(checkout: Checkout, tmp_path: Path):
    """Committed, or a repository that somebody cloned into this one."""
    other = begun(tmp_path / "other")
    checkout.git("submodule", "--quiet", "add", str(other.folder), "roles/other.yaml")
    checkout.commit()

    assert "submodule" in str(work(checkout)["roles/other.yaml"])
    checkout.write({"roles/other.yaml/qmsci.yaml": "dirty inside\n"})
    assert "submodule" in str(work(checkout)["roles/other.yaml"])


def test_no_setting_hides_a_submodule(checkout: Checkout):
    """Not even one that the change itself brings: what is hidden from the gate could hide anything behind it."""
    before = checkout.commit()
    checkout.write({".gitmodules": '[submodule "x"]\n\tpath = roles/x.yaml\n\turl = ./x\n\tignore = all\n'})
    checkout.git("update-index", "--add", "--cacheinfo", f"160000,{before},roles/x.yaml")
    checkout.git("add", ".gitmodules")
    checkout.git("commit", "--quiet", "--message", "Nothing to see")
    repository = Repository(checkout.folder)

    assert repository.differing(repository.named(before), repository.named("HEAD")) == [".gitmodules", "roles/x.yaml"]


def test_names_of_every_kind(checkout: Checkout):
    """Spaces, line breaks, a dash in front, quotes, no UTF-8: names come back as the bytes that they are."""
    names = [
        b"-rf.yaml",
        b"a b.yaml",
        b"line\nbreak.yaml",
        b'quo"te.yaml',
        b"tab\t.yaml",
        b"latin-\xe9.yaml",
        "blå.yaml".encode(),
    ]
    for number, name in enumerate(names):
        with open(os.path.join(os.fsencode(checkout.folder), b"roles", name), "wb") as file:  # noqa: PTH118, PTH123
            file.write(b"%d\n" % number)
    decoded = {f"roles/{name.decode('utf-8', 'surrogateescape')}": b"%d\n" % n for n, name in enumerate(names)}
    untracked = work(checkout)
    head = checkout.commit()
    repository = opened(checkout)
    committed = content(repository.tree(repository.named(head)))

    assert untracked == committed == {**BEGUN, **decoded}
    assert sorted(repository.differing(repository.parent(repository.named(head)), repository.named(head))) == sorted(
        decoded
    )
    assert list(repository.versions(head, "roles/-rf.yaml")) == [b"0\n"]
    assert brought(checkout, "roles/-rf.yaml") == head


def test_more_folders_than_are_read_one_by_one(checkout: Checkout):
    """Many folders are listed in one go; it is the same tree."""
    files = {f"many/{n}/{m}/x.yaml": f"{n} {m}\n" for n in range(12) for m in range(2)}
    head = checkout.commit(files)
    repository = opened(checkout)
    tree = repository.tree(repository.named(head))

    assert content(tree) == {**BEGUN, **expected(files)}
    assert list(repository.tree(repository.named(head)).paths("many/3/")) == ["many/3/0/x.yaml", "many/3/1/x.yaml"]
    assert list(tree.paths("man/")) == list(tree.paths("qmsci.yaml/")) == []
    assert tree.read(["many", "many/3", "nowhere/at/all", "qmsci.yaml/x"]) == [None, None, None, None]


def test_a_huge_file_is_cut_short_and_said_to_be_too_large(checkout: Checkout):
    """Ten megabytes are no record; the next file is read as if nothing had been."""
    huge = b"x" * 10 * 2**20
    checkout.write({"roles/huge.yaml": huge})
    on_disc = work(checkout)
    checkout.commit()
    repository = opened(checkout)
    committed = repository.work_tree().read(["roles/huge.yaml", "roles/operator.yaml"])

    assert "larger than 4 MiB" in str(on_disc["roles/huge.yaml"])
    assert "larger than 4 MiB" in str(committed[0] and committed[0].odd)
    assert committed[1]
    assert committed[1].data == ROLE.encode()


def test_a_pipe_is_not_waited_for(checkout: Checkout):
    """A file that is none is said to be none, at once (git itself does not list it while it is untracked)."""
    (checkout.folder / "roles/operator.yaml").unlink()
    os.mkfifo(checkout.folder / "roles/operator.yaml")

    assert work(checkout).get("roles/operator.yaml") in {None, "it is no ordinary file"}


def test_a_file_that_nobody_may_read_is_said_to_be_so(checkout: Checkout):
    """It is there, so it is not missing."""
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    checkout.write({"roles/operator.yaml": "secret\n"})
    (checkout.folder / "roles/operator.yaml").chmod(0)

    assert "cannot be read" in str(work(checkout)["roles/operator.yaml"])


# --- kinds of repository --------------------------------------------------------------------------------------------


def test_a_repository_without_a_commit(tmp_path: Path):
    """Everything is untracked, and there is nothing to compare with."""
    checkout = Checkout(tmp_path)
    checkout.git("init", "--quiet")
    checkout.write({"qmsci.yaml": POLICY})
    what = judging(checkout)

    assert content(what.tree) == expected({"qmsci.yaml": POLICY})
    assert what.base is None
    assert list(what.change.files) == ["qmsci.yaml"]


def test_a_folder_without_a_repository(tmp_path: Path):
    """It says so."""
    with pytest.raises(CannotRun, match="in no git repository"):
        Repository(tmp_path)


def test_a_bare_repository_has_commits_and_no_working_tree(checkout: Checkout, tmp_path: Path):
    """As on a server, where a hook runs."""
    bare = Checkout(tmp_path / "bare.git")
    checkout.git("clone", "--quiet", "--bare", str(checkout.folder), str(bare.folder))
    repository = opened(bare)

    assert content(repository.tree(repository.named("main"))) == BEGUN
    with pytest.raises(CannotRun, match="--head"):
        repository.work_tree()
    what = judging(bare, head="main")
    assert what.base is None
    assert len(what.change.files) == len(BEGUN)


def test_a_shallow_clone_names_the_fetch_that_helps(checkout: Checkout, tmp_path: Path):
    """What is absent is needed: the message says how to get it."""
    checkout.commit({"README.md": "Two.\n"})
    checkout.commit({"README.md": "Three.\n"})
    shallow = Checkout(tmp_path / "shallow")
    checkout.git("clone", "--quiet", "--depth", "1", f"file://{checkout.folder}", str(shallow.folder))

    assert work(shallow)["README.md"] == b"Three.\n"
    with pytest.raises(CannotRun, match="git fetch --deepen 1"):
        judging(shallow)
    shallow.git("fetch", "--quiet", "--deepen", "1")
    assert list(judging(shallow).change.files) == ["README.md"]


def test_a_branch_in_a_shallow_clone_names_the_fetch_that_helps(checkout: Checkout, tmp_path: Path):
    """Where two lines parted is not known."""
    checkout.git("switch", "--quiet", "--create", "mine")
    for number in range(3):
        checkout.commit({"README.md": f"{number}\n"})
    shallow = Checkout(tmp_path / "shallow")
    checkout.git(
        "clone", "--quiet", "--depth", "1", "--no-single-branch", f"file://{checkout.folder}", str(shallow.folder)
    )

    with pytest.raises(CannotRun, match="git fetch --unshallow"):
        judging(shallow)
    shallow.git("fetch", "--quiet", "--unshallow")
    assert list(judging(shallow).change.files) == ["README.md"]


def test_a_shallow_clone_does_not_say_when_a_line_came(checkout: Checkout, tmp_path: Path):
    """The commit at which the history is cut short brought nothing: it only stands there."""
    checkout.commit({"README.md": "Two.\n"})
    shallow = Checkout(tmp_path / "shallow")
    checkout.git("clone", "--quiet", "--depth", "1", f"file://{checkout.folder}", str(shallow.folder))

    assert brought(shallow, "roles/operator.yaml") is Unrecorded.TOO_EARLY


def test_a_clone_without_blobs_fetches_what_it_reads(checkout: Checkout, tmp_path: Path):
    """`--filter=blob:none`: git brings what is asked for."""
    checkout.git("config", "uploadpack.allowFilter", "true")
    checkout.git("config", "uploadpack.allowAnySHA1InWant", "true")
    blobless = Checkout(tmp_path / "blobless")
    checkout.git(
        "clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{checkout.folder}", str(blobless.folder)
    )
    repository = opened(blobless)

    assert content(repository.tree(repository.named("origin/main"))) == BEGUN


def test_a_sparse_checkout_is_the_whole_tree(checkout: Checkout):
    """What is not on disc because nobody wanted it there is not deleted."""
    checkout.git("sparse-checkout", "set", "--cone", "elsewhere")
    assert not (checkout.folder / "roles").exists()

    assert work(checkout) == BEGUN


def test_a_second_working_tree(checkout: Checkout, tmp_path: Path):
    """Each has its own files; what was read is remembered once for all of them."""
    checkout.git("worktree", "add", "--quiet", str(tmp_path / "second"), "-b", "second")
    second = Checkout(tmp_path / "second")
    second.write({"README.md": "Second.\n"})

    assert work(second) == {**BEGUN, "README.md": b"Second.\n"}
    assert work(checkout) == BEGUN
    assert opened(second).memory_folder.resolve() == opened(checkout).memory_folder.resolve()
    assert list(judging(second).change.files) == ["README.md"]


def test_from_a_folder_below_the_root(checkout: Checkout):
    """The root is found, as git does."""
    assert Repository(checkout.folder / "roles/people").root == checkout.folder


def test_a_repository_with_sha_256(tmp_path: Path):
    """Ids are longer there, and trees are laid out by them."""
    checkout = begun(tmp_path / "it", FILES, "--object-format=sha256")
    second = checkout.commit({"roles/lead.yaml": "lead\n"})
    repository = opened(checkout)

    assert len(second) == 64
    assert content(repository.tree(repository.named(second))) == {**BEGUN, "roles/lead.yaml": b"lead\n"}
    assert list(judging(checkout).change.files) == ["roles/lead.yaml"]
    assert brought(checkout, "roles/lead.yaml") == second
    assert list(repository.versions(second, "roles/lead.yaml")) == [b"lead\n"]


def test_a_missing_object_is_said_to_be_missing(checkout: Checkout):
    """A damaged repository is no clean one."""
    blob = checkout.git("rev-parse", "HEAD:roles/operator.yaml")
    (checkout.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    repository = opened(checkout)

    with pytest.raises(CannotRun, match=rf"{blob}.*git fetch --refetch"):
        content(repository.tree(repository.named("HEAD")))


def test_a_missing_tree_is_said_to_be_missing(checkout: Checkout):
    """So it is with folders."""
    tree = checkout.git("rev-parse", "HEAD:roles/people")
    (checkout.folder / ".git/objects" / tree[:2] / tree[2:]).unlink()
    repository = opened(checkout)

    with pytest.raises(CannotRun, match=rf"{tree}.*git fetch --refetch"):
        content(repository.tree(repository.named("HEAD")))


@pytest.mark.parametrize("hook", ["pre-commit", "pre-push"])
def test_inside_a_hook(checkout: Checkout, tmp_path: Path, hook: str):
    """Git sets variables of its own there, and the answer is the same."""
    other = tmp_path / "other.git"
    checkout.git("init", "--quiet", "--bare", str(other))
    script = checkout.folder / ".git/hooks" / hook
    script.parent.mkdir(exist_ok=True)
    command = f"{_python()} -m qmsci check --all --format json > {tmp_path}/said.json"
    script.write_text(f"#!/bin/sh\nPYTHONPATH={Path(__file__).parent.parent} {command}\ntrue\n")
    script.chmod(0o755)
    checkout.write({"roles/operator.yaml": ROLE + "# more\n"})
    checkout.git("commit", "--quiet", "--all", "--message", "More")
    checkout.git("push", "--quiet", str(other), "main")

    assert '"format": 1' in (tmp_path / "said.json").read_text()


def test_before_a_push_is_taken(checkout: Checkout, tmp_path: Path):
    """A server's hook looks at commits that are still in quarantine."""
    bare = tmp_path / "bare.git"
    checkout.git("clone", "--quiet", "--bare", str(checkout.folder), str(bare))
    script = bare / "hooks/pre-receive"
    script.parent.mkdir(exist_ok=True)
    command = f'{_python()} -m qmsci check --base "$old" --head "$new" --format json > {tmp_path}/said.json'
    script.write_text(f"#!/bin/sh\nread old new name\nPYTHONPATH={Path(__file__).parent.parent} {command}\ntrue\n")
    script.chmod(0o755)
    head = checkout.commit({"roles/operator.yaml": "broken: [\n"})
    checkout.git("push", "--quiet", str(bare), "main")

    said = (tmp_path / "said.json").read_text()
    assert f'"head": "{head}"' in said
    assert '"rule": "unreadable"' in said


def _python() -> str:
    import sys

    return sys.executable


# --- what is compared with what -------------------------------------------------------------------------------------


def judging(checkout: Checkout, base: str | None = None, head: str | None = None) -> Judged:
    """What `qmsci check` compares in a repository."""
    before = Path.cwd()
    os.chdir(checkout.folder)
    try:
        return judged(base, head)
    finally:
        os.chdir(before)


def test_on_a_branch_the_base_is_where_it_left_main(checkout: Checkout):
    """What main has gained since is not the branch's."""
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("switch", "--quiet", "--create", "mine")
    checkout.commit({"README.md": "Mine.\n"})
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"roles/operator.yaml": "theirs\n"})
    checkout.git("switch", "--quiet", "mine")
    checkout.write({"roles/new.yaml": "new\n"})
    what = judging(checkout)

    assert what.base
    assert what.base.id == first
    assert list(what.change.files) == ["README.md", "roles/new.yaml"]


def test_on_a_clean_main_the_base_is_its_first_parent(checkout: Checkout):
    """That is the change that main took last."""
    first = checkout.git("rev-parse", "HEAD")
    checkout.commit({"README.md": "Two.\n"})

    base = judging(checkout).base
    assert base
    assert base.id == first


def test_on_a_dirty_main_the_base_is_main(checkout: Checkout):
    """What is written and not committed is the change."""
    head = checkout.commit({"README.md": "Two.\n"})
    checkout.write({"roles/new.yaml": "new\n"})
    what = judging(checkout)

    assert what.base
    assert what.base.id == head
    assert list(what.change.files) == ["roles/new.yaml"]


def test_for_a_first_commit_there_is_no_base(checkout: Checkout):
    """Everything is new."""
    what = judging(checkout)

    assert what.base is None
    assert list(what.change.files) == sorted(BEGUN)


def test_main_of_origin_comes_first(checkout: Checkout, tmp_path: Path):
    """A branch `main` that was not pulled, or went its own way, is not the quality system."""
    checkout.git("clone", "--quiet", str(checkout.folder), str(tmp_path / "clone"))
    clone = Checkout(tmp_path / "clone")
    first = clone.git("rev-parse", "HEAD")
    clone.commit({"README.md": "Not pushed.\n"})
    what = judging(clone)

    assert what.base
    assert what.base.id == first
    assert list(what.change.files) == ["README.md"]


def test_the_policy_names_the_main_branch(tmp_path: Path):
    """It need not be called main."""
    checkout = begun(tmp_path / "it", {"qmsci.yaml": POLICY + "main: trunk\n"}, "--initial-branch=trunk")
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("switch", "--quiet", "--create", "mine")
    checkout.commit({"README.md": "Mine.\n"})

    base = judging(checkout).base
    assert base
    assert base.id == first


def test_without_main_it_asks_for_a_base(checkout: Checkout):
    """Nothing is guessed."""
    checkout.git("branch", "--move", "main", "other")

    with pytest.raises(CannotRun, match="--base"):
        judging(checkout)


def test_without_a_common_commit_it_asks_for_a_base(checkout: Checkout):
    """Two histories have nothing to compare."""
    checkout.git("switch", "--quiet", "--orphan", "mine")
    checkout.commit({"qmsci.yaml": POLICY})

    with pytest.raises(CannotRun, match="no commit in common"):
        judging(checkout)


def test_a_head_that_no_branch_has(checkout: Checkout):
    """As a pipeline checks it out."""
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("switch", "--quiet", "--create", "mine")
    checkout.commit({"README.md": "Mine.\n"})
    checkout.git("switch", "--quiet", "--detach")
    checkout.git("branch", "--delete", "--force", "mine")
    what = judging(checkout)

    assert what.base
    assert what.base.id == first
    assert list(what.change.files) == ["README.md"]


def test_a_merge_of_many(checkout: Checkout):
    """The change is what the first parent did not have."""
    first = checkout.git("rev-parse", "HEAD")
    for name in ("one", "two", "three"):
        checkout.git("switch", "--quiet", "--create", name, "main")
        checkout.commit({f"roles/{name}.yaml": f"{name}\n"})
    checkout.git("switch", "--quiet", "main")
    checkout.git("merge", "--quiet", "--no-ff", "--message", "Merge", "one", "two", "three")
    what = judging(checkout)

    assert len(opened(checkout).named("HEAD").parents) >= 3
    assert what.base
    assert what.base.id == first
    assert list(what.change.files) == ["roles/one.yaml", "roles/three.yaml", "roles/two.yaml"]


def test_a_base_that_is_no_ancestor_is_met_where_the_lines_parted(checkout: Checkout):
    """`--base origin/main` on a branch that is behind it does not blame the branch for what main gained."""
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("switch", "--quiet", "--create", "mine")
    checkout.commit({"README.md": "Mine.\n"})
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"roles/operator.yaml": "theirs\n"})
    what = judging(checkout, base="main", head="mine")

    assert what.base
    assert what.base.id == first
    assert list(what.change.files) == ["README.md"]


HOSTILE = [
    "--upload-pack=x",
    "-h",
    "",
    "nowhere",
    "HEAD\nHEAD",
    "HEAD:README.md",
    "HEAD^{tree}",
    "a b",
    "\udce9",
    "HEAD\0",
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_what_names_no_commit_is_refused(checkout: Checkout, name: str):
    """A name is never an option, and never two."""
    with pytest.raises(CannotRun, match="there is no revision"):
        opened(checkout).named(name)


def test_a_working_tree_that_undoes_what_was_committed_changes_nothing(checkout: Checkout):
    """Only what differs in the end is the change."""
    checkout.git("switch", "--quiet", "--create", "mine")
    checkout.commit({"README.md": "Mine.\n", "roles/more.yaml": "more\n"})
    checkout.write({"README.md": FILES["README.md"], "roles/more.yaml": None})

    assert list(judging(checkout).change.files) == []


# --- history --------------------------------------------------------------------------------------------------------

HISTORY = "training-records/completions/p-1/SOP-001.yaml"


@pytest.fixture
def branched(checkout: Checkout) -> Iterator[Checkout]:
    """A branch with two commits, each of which adds a line, beside a main that went on."""
    checkout.commit({HISTORY: "one\n"}, at="2026-01-01T12:00:00+01:00")
    checkout.git("switch", "--quiet", "--create", "mine")
    checkout.commit({HISTORY: "one\ntwo\n"}, at="2026-01-02T12:00:00+01:00")
    checkout.commit({HISTORY: "one\ntwo\nthree\n"}, at="2026-01-03T12:00:00+01:00")
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"README.md": "Meanwhile.\n"}, at="2026-01-04T12:00:00+01:00")
    return checkout


def recorded(checkout: Checkout) -> list[str | None]:
    """On which day each line came to main."""
    repository = opened(checkout)
    origins = repository.origins(repository.work_tree(), repository.commit("main"), {HISTORY: (1, 2, 3)})
    found = [origins[HISTORY, line] for line in (1, 2, 3)]
    return [None if isinstance(one, Unrecorded) else one.committed.date().isoformat() for one in found]


@pytest.mark.parametrize("way", ["merge", "squash", "rebase"])
def test_a_line_is_recorded_when_it_comes_to_main(branched: Checkout, way: str):
    """Not when somebody wrote it on a branch of their own."""
    at = "2026-02-01T12:00:00+01:00"
    if way == "merge":
        branched.git("merge", "--quiet", "--no-ff", "--message", "Merge", "mine", at=at)
    elif way == "squash":
        branched.git("merge", "--quiet", "--squash", "mine")
        branched.commit(at=at)
    else:
        branched.git("rebase", "--quiet", "main", "mine", at=at)
        branched.git("switch", "--quiet", "main")
        branched.git("merge", "--quiet", "--ff-only", "mine")

    assert recorded(branched) == ["2026-01-01", "2026-02-01", "2026-02-01"]


def test_a_line_that_is_not_committed_is_not_recorded(branched: Checkout):
    """Wherever in the file it stands; the others keep their commits."""
    branched.write({HISTORY: "# a note\none\n"})

    assert brought(branched, HISTORY, 1) is Unrecorded.UNCOMMITTED
    assert brought(branched, HISTORY, 2) == branched.git("log", "--format=%H", "--diff-filter=A", "--", HISTORY)


def test_a_file_that_nobody_committed_is_not_recorded(checkout: Checkout):
    """Nor is one that is not there."""
    checkout.write({HISTORY: "one\n"})

    assert brought(checkout, HISTORY) is Unrecorded.UNCOMMITTED
    assert brought(checkout, "nowhere.yaml") is Unrecorded.UNCOMMITTED


# --- many lines at once ---------------------------------------------------------------------------------------------


def origins(checkout: Checkout, lines: Mapping[str, list[int]], tip: str = "main") -> dict[tuple[str, int], str]:
    """On which day each line of the working tree came to main, or why nobody knows."""
    repository = opened(checkout)
    found = repository.origins(repository.work_tree(), repository.commit(tip), lines)
    return {
        key: one.value if isinstance(one, Unrecorded) else one.committed.date().isoformat()
        for key, one in found.items()
    }


def days_of(checkout: Checkout, tip: str = "main") -> list[str]:
    """On which day each line of one file came to main."""
    return [*origins(checkout, {HISTORY: [1, 2, 3]}, tip).values()]


def test_nothing_is_asked_about(checkout: Checkout):
    assert origins(checkout, {}) == {}


@pytest.mark.parametrize("way", ["merge", "squash", "rebase"])
def test_lines_are_recorded_when_they_come_to_main(branched: Checkout, way: str):
    """Each as git blames them one by one, however they were merged."""
    test_a_line_is_recorded_when_it_comes_to_main(branched, way)

    assert days_of(branched) == recorded(branched)


def test_lines_on_a_branch_are_not_merged(branched: Checkout):
    """Main is the record, also where the branch has merged it; what is on disc only is not committed."""
    branched.git("switch", "--quiet", "mine")
    branched.commit({HISTORY: "one\ntwo\nthree\n"})
    branched.git("merge", "--quiet", "--message", "Main into mine", "main")
    branched.write({HISTORY: "one\ntwo\nthree!\n"})

    assert days_of(branched) == ["2026-01-01", "committed, and not merged", "not committed"]


def test_lines_that_are_nowhere_or_never_committed(branched: Checkout):
    """Before the first commit too, and where there is no main."""
    branched.write({HISTORY: "# a note\none\n", "new.yaml": "new\n"})

    assert origins(branched, {HISTORY: [1, 2, 9], "new.yaml": [1], "nowhere.yaml": [1]}) == {
        (HISTORY, 1): "not committed",
        (HISTORY, 2): "2026-01-01",
        (HISTORY, 9): "2026-01-01",  # behind the end stands the end
        ("new.yaml", 1): "not committed",
        ("nowhere.yaml", 1): "not committed",
    }
    assert days_of(branched, "no-such-branch")[1] == "committed, and not merged"


def test_lines_of_a_repository_without_a_commit(tmp_path: Path):
    checkout = Checkout(tmp_path)
    checkout.git("init", "--quiet")
    checkout.write({HISTORY: "one\n"})

    assert days_of(checkout)[0] == "not committed"


def test_lines_that_move_keep_their_commit(checkout: Checkout):
    """What was put before, between or after them does not count, nor does another end of line; what was removed, and
    came again, is new."""
    checkout.commit({HISTORY: "one\ntwo\nthree\n"}, at="2026-01-01T12:00:00+01:00")
    checkout.commit({HISTORY: "zero\none\nhalf\ntwo\nmore\nthree\n"}, at="2026-01-02T12:00:00+01:00")
    checkout.commit({HISTORY: None}, at="2026-01-03T12:00:00+01:00")
    checkout.commit({HISTORY: "two\nthree\n"}, at="2026-01-04T12:00:00+01:00")
    checkout.commit({HISTORY: "one\r\ntwo\r\nthree\r\n"}, at="2026-01-05T12:00:00+01:00")

    assert days_of(checkout) == ["2026-01-05", "2026-01-04", "2026-01-04"]
    checkout.commit({HISTORY: "new\none\nthree\n"}, at="2026-01-06T12:00:00+01:00")
    assert days_of(checkout) == ["2026-01-06", "2026-01-05", "2026-01-04"]


def test_many_files_are_asked_about_by_folder(checkout: Checkout):
    """The answer is the same as for each alone."""
    paths = [f"training-records/completions/p-{n}/SOP-001.yaml" for n in range(50)]
    for n, path in enumerate(paths):
        checkout.commit({path: f"{n}\n", "README.md": f"{n}\n"}, at=f"2026-02-{1 + n % 28:02}T12:00:00+01:00")
    found = origins(checkout, {**{path: [1] for path in paths}, "README.md": [1], "qmsci.yaml": [1]})

    assert found == {
        key: value
        for path in (*paths, "README.md", "qmsci.yaml")
        for key, value in origins(checkout, {path: [1]}).items()
    }
    assert found[paths[3], 1] == "2026-02-04"


@pytest.mark.parametrize("seed", range(6))
def test_what_one_commit_added_is_answered_as_if_it_were_looked_into(checkout: Checkout, tmp_path: Path, seed: int):
    """Whatever commits, merges and the working tree make of some files; in a shallow clone too."""
    random, paths = Random(seed), [f"training-records/completions/p-{n}/SOP-001.yaml" for n in range(4)]

    def some() -> dict[str, str | None]:
        there = [path for path in paths if (checkout.folder / path).exists()]
        text = "".join(random.choices(["one\n", "two\n", "three\n"], k=random.randint(0, 3)))
        gone = random.random() < 0.2 and there
        return {random.choice(there): None} if gone else {random.choice(paths): text}

    for number in range(8):
        checkout.commit(some(), at=f"2026-02-{1 + number:02}T12:00:00+01:00")
        if number % 3 == 2:
            checkout.git("checkout", "--quiet", "-b", f"side-{number}", "HEAD~1")
            checkout.commit({f"training-records/completions/p-9/{number % 2}.yaml": f"one\n{number}\n"})
            checkout.git("checkout", "--quiet", "main")
            checkout.git("merge", "--quiet", "--no-ff", "--message", "M", f"side-{number}")
    checkout.git("clone", "--quiet", "--depth", "3", f"file://{checkout.folder}", str(tmp_path / "shallow"))
    checkout.write(some())
    aside = [f"training-records/completions/p-9/{number}.yaml" for number in range(2)]
    lines = {path: [1, 2, 5] for path in (*paths, *aside, "README.md", "nowhere.yaml")}

    for folder in (checkout.folder, tmp_path / "shallow"):
        repository = Repository(folder)
        for name in ("HEAD", "HEAD~2"):
            tip = repository.named(name)
            for tree in (repository.work_tree(), repository.tree(repository.named("HEAD")), repository.tree(tip)):
                looked = repository._looked_for(tree, tip, lines, repository._steps(tip, list(lines)))
                assert repository.origins(tree, tip, lines) == looked


def test_a_shallow_clone_does_not_name_a_wrong_commit(branched: Checkout, tmp_path: Path):
    """What came after its beginning is known; what was there at its beginning is not, and it says what helps."""
    branched.commit({HISTORY: "one\ntwo\n"}, at="2026-03-01T12:00:00+01:00")
    branched.commit({HISTORY: "one\ntwo\nthree\n"}, at="2026-03-02T12:00:00+01:00")
    branched.git("clone", "--quiet", "--depth", "2", f"file://{branched.folder}", str(tmp_path / "shallow"))
    early = "recorded before this clone begins: git fetch --unshallow"

    assert days_of(Checkout(tmp_path / "shallow")) == [early, early, "2026-03-02"]


def test_a_history_with_a_hole_is_said_to_have_one(branched: Checkout):
    """No commit is guessed."""
    branched.commit({HISTORY: "one\ntwo\n"}, at="2026-03-01T12:00:00+01:00")
    blob = branched.git("rev-parse", f"HEAD~1:{HISTORY}")
    (branched.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(CannotRun, match="is not in this clone: git fetch --refetch"):
        days_of(branched)


def test_lines_are_blamed_as_git_blames_them(checkout: Checkout):
    """Over a history of many small edits, through merges, on lines of which no two are alike."""
    random = Random(20261122)
    text: list[str] = []
    for number in range(40):
        if number % 5 == 4:
            checkout.git("switch", "--quiet", "--create", f"side-{number}")
        for change in range(random.randrange(1, 4)):
            at = random.randrange(len(text) + 1)
            text[at : at + random.choice([0, 0, 1])] = [f"{number}.{change}"]
        checkout.commit({HISTORY: "".join(f"{line}\n" for line in text)})
        if number % 5 == 4:
            checkout.git("switch", "--quiet", "main")
            checkout.git("merge", "--quiet", "--no-ff", "--message", "Merge", f"side-{number}")
    repository = opened(checkout)
    numbers = range(1, len(text) + 1)
    found = repository.origins(repository.work_tree(), repository.commit("main"), {HISTORY: numbers})

    blamed = [
        line.split()[0].lstrip("^") for line in checkout.git("blame", "--first-parent", "-l", HISTORY).splitlines()
    ]
    assert [one.id[:39] for one in found.values() if isinstance(one, Commit)] == [name[:39] for name in blamed]


# --- main in the past -----------------------------------------------------------------------------------------------


def test_versions_are_those_of_main_newest_first(branched: Checkout):
    """A merge is one step of main; what happened on the branch is not."""
    branched.git("merge", "--quiet", "--no-ff", "--message", "Merge", "mine")
    branched.commit({HISTORY: None})
    branched.commit({HISTORY: "anew\n"})

    assert list(opened(branched).versions("HEAD", HISTORY)) == [b"anew\n", b"one\ntwo\nthree\n", b"one\n"]


def test_all_that_a_folder_ever_held_in_one_pass(branched: Checkout):
    """Newest first, also of what is there no more, by the steps of main."""
    branched.git("merge", "--quiet", "--no-ff", "--message", "Merge", "mine")
    branched.commit({HISTORY: None, "roles/a: b.yaml": "two words\n"})
    branched.commit({HISTORY: "anew\n"})
    repository = opened(branched)
    folder = HISTORY.split("/", 1)[0] + "/"
    found = repository.blobs_below(repository.named("HEAD"), folder)
    texts = [found[2] if found else b"" for found in repository.objects.read(found[HISTORY])]

    assert texts == list(repository.versions("HEAD", HISTORY))
    assert all(path.startswith(folder) for path in found)
    assert list(repository.blobs_below(repository.named("HEAD"), "nowhere/")) == []
    assert "roles/a: b.yaml" in repository.blobs_below(repository.named("HEAD"), "roles/")


def test_the_line_of_main_and_what_each_step_altered(branched: Checkout):
    """A merge altered what it brought against its first parent; the commits of the branch are none of main's."""
    branched.git("merge", "--quiet", "--no-ff", "--message", "Merge", "mine")
    branched.commit({HISTORY: None, "roles/a: b.yaml": "two words\n"})
    repository = opened(branched)
    tip = repository.named("HEAD")
    line = repository.whole_line(tip)
    altered = repository.altered(tip, None)

    assert line == repository.line(tip, None)
    assert list(altered) == [commit.id for commit in line]
    for commit, before in zip(line, [*line[1:], None], strict=True):
        assert altered[commit.id] == repository.differing(before, commit)
    assert repository.altered(tip, line[1]) == {tip.id: altered[tip.id]}
    assert repository.altered(tip, tip) == {}


SIGNATURE = "U1NIU0lH/AAA+ZZ=="


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'- {{"signature": "{SIGNATURE}"}}\n', id="on-a-line"),
        pytest.param(f'- signature: "{SIGNATURE[:8]}\\\n    {SIGNATURE[8:]}"\n', id="folded-by-hand"),
        pytest.param(f"- signature:\r\n    {SIGNATURE[:3]}\r\n    {SIGNATURE[3:]}\r\n", id="broken"),
    ],
)
def test_a_text_is_as_old_as_the_first_version_that_has_it(checkout: Checkout, text: str):
    """Whatever became of its line since, and also where it was gone for a while."""
    checkout.commit({HISTORY: "- 1\n"})
    first = checkout.commit({HISTORY: f"- 1\n{text}"})
    checkout.commit({HISTORY: "- 1\n"})
    checkout.commit({HISTORY: f"- 0\n{text}- {SIGNATURE}\n"})
    repository = opened(checkout)
    versions = repository.versions_below(repository.named("HEAD"), "training-records/")[HISTORY]

    assert [bool(version.blob) for version in versions].count(True) == len(versions)
    found = repository.first_with(versions, SIGNATURE)
    assert isinstance(found, Commit)
    assert found.id == first
    assert repository.first_with(versions, SIGNATURE[::-1]) is Unrecorded.UNMERGED
    assert repository.first_with((), SIGNATURE) is Unrecorded.UNMERGED


def test_a_text_may_be_older_than_a_clone(checkout: Checkout, tmp_path: Path):
    checkout.commit({HISTORY: SIGNATURE})
    checkout.git("clone", "--quiet", "--depth", "1", f"file://{checkout.folder}", str(tmp_path / "shallow"))
    repository = Repository(tmp_path / "shallow")
    versions = repository.versions_below(repository.named("HEAD"), HISTORY)[HISTORY]

    assert repository.first_with(versions, SIGNATURE) is Unrecorded.TOO_EARLY
    assert len(repository.whole_line(repository.named("HEAD"))) == 1


GROWN = '- {"completed": "2026-01-05", "document": "SOP-001@1"%s}\n'


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        pytest.param("", ', "signatures": [{"by": "p-1"}]', True, id="signed"),
        pytest.param("", ', "late": "offline"', True, id="declared-late"),
        pytest.param(
            ', "signatures": [{"by": "p-1"}]', ', "signatures": [{"by": "p-1"}, {"by": "p-2"}]', True, id="again"
        ),
        pytest.param("", ', "method": ["read"]', False, id="another-entry"),
        pytest.param("", ', "signatures": [', False, id="no-entry"),
    ],
)
def test_an_entry_that_gains_a_signature_is_as_old_as_it_was(
    checkout: Checkout, before: str, after: str, *, same: bool
):
    """A signature is not the record; what the record says makes it another."""
    first = checkout.commit({HISTORY: f"- 0\n{GROWN % before}"})
    last = checkout.commit({HISTORY: f"- 0\n- 00\n{GROWN % after}- 1\n"})
    repository = opened(checkout)
    tip = repository.named("HEAD")
    origins = repository.origins(repository.tree(tip), tip, {HISTORY: {3}})
    found = origins[HISTORY, 3]

    assert isinstance(found, Commit)
    assert found.id == (first if same else last)


def test_the_last_commit_of_main_by_a_moment(branched: Checkout):
    """Before the first there is none, so it is the first."""
    repository = opened(branched)
    tip = repository.named("main")
    on = repository.named("HEAD~1").committed

    assert repository.on_line(tip, on).id == repository.named("HEAD~1").id
    assert repository.on_line(tip, on.replace(year=1999)).parents == ()


def test_the_time_of_a_commit_is_the_committers(checkout: Checkout):
    """Not the author's, which a rebase keeps."""
    environment = {
        **os.environ,
        "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-05-05T23:30:00-0500",
    }
    command = ["git", "commit", "--quiet", "--allow-empty", "--message", "Late"]
    subprocess.run(command, cwd=checkout.folder, env=environment, check=True)

    assert opened(checkout).named("HEAD").committed.isoformat() == "2026-05-06T04:30:00+00:00"


# --- main's own line, and what others would have git believe ----------------------------------------------------------


def test_the_line_of_first_parents(branched: Checkout):
    """Newest first, down to a base or to the first commit; commits of merged branches are not on it."""
    repository = Repository(branched.folder)
    names = branched.git("rev-list", "--first-parent", "HEAD").split()
    tip, base = repository.named("HEAD"), repository.named(names[-1])

    assert [commit.id for commit in repository.line(tip, None)] == names
    assert [commit.id for commit in repository.line(tip, base)] == names[:-1]
    assert repository.line(tip, tip) == []


def test_what_a_ref_stands_for(checkout: Checkout):
    """HEAD and an alias stand for a branch, a branch for itself."""
    checkout.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    repository = Repository(checkout.folder)

    assert repository.symbolic("HEAD") == "refs/heads/main"
    assert repository.symbolic("refs/heads/alias") == "refs/heads/main"
    assert repository.symbolic("refs/heads/main") is None
    with pytest.raises(CannotRun, match="git symbolic-ref: "):
        repository.symbolic("no ref at all")


@pytest.mark.parametrize("way", ["refs/replace", "grafts"])
def test_replaced_objects_and_parents_are_not_believed(checkout: Checkout, way: str):
    """What git shows others by default is not what its objects say."""
    first = checkout.git("rev-parse", "HEAD")
    second = checkout.commit({"roles/a.yaml": "id: a\n"})
    third = checkout.commit({"roles/b.yaml": "id: b\n"})
    if way == "grafts":
        (checkout.folder / ".git/info").mkdir(exist_ok=True)
        (checkout.folder / ".git/info/grafts").write_text(f"{third} {first}\n")
    else:
        checkout.git("replace", third, first)
    repository = Repository(checkout.folder)

    assert [commit.id for commit in repository.line(repository.named("main"), None)] == [third, second, first]
    assert repository.output("rev-list", "main").decode().split() == [third, second, first]
    assert list(repository.changing(repository.named("main"), "roles/a.yaml")) == [repository.named(second)]
    assert {"roles/a.yaml", "roles/b.yaml"} <= set(repository.tree(repository.named("main")).paths("roles/"))


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param("author A <a> 1 +0000\n", id="no committer"),
        pytest.param("author A <a> 1 +0000\ncommitter A <a> noon +0000\n", id="no time"),
        pytest.param("author A <a> 1 +0000\ncommitter A <a> 999999999999 +0000\n", id="a time that no calendar has"),
        pytest.param("committer A <a> 1 +0000\nauthor A <a> 1 +0000\n", id="another order"),
    ],
)
def test_a_commit_that_git_would_not_write_is_not_read(checkout: Checkout, heading: str):
    """It could be understood in two ways, or in none."""
    tree = checkout.git("rev-parse", "HEAD^{tree}")
    (checkout.folder / ".git/odd").write_text(f"tree {tree}\n{heading}\nOdd\n")
    name = checkout.git("hash-object", "-w", "-t", "commit", "--literally", ".git/odd")

    with pytest.raises(CannotRun, match="is none that git would write"):
        Repository(checkout.folder).named(name)


def test_only_the_first_committer_counts(checkout: Checkout):
    """As for git: what stands after it, or in the message, is no heading."""
    tree, first = checkout.git("rev-parse", "HEAD^{tree}"), checkout.git("rev-parse", "HEAD")
    heading = f"author A <a> 1 +0000\ncommitter A <a> 1700000000 +0000\ncommitter A <a> 1 +0000\nparent {first}\n"
    (checkout.folder / ".git/odd").write_text(f"tree {tree}\n{heading}\ncommitter A <a> 2 +0000\n")
    name = checkout.git("hash-object", "-w", "-t", "commit", "--literally", ".git/odd")
    found = Repository(checkout.folder).named(name)

    assert (found.parents, found.committed.timestamp()) == ((), 1700000000)
