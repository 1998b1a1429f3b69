"""`qmsci init`: what it lays out passes at once, and what is there is never touched."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from qmsci.cli import main
from tests import keys

WORKFLOWS = Path(__file__).parents[2] / ".github" / "workflows"
FACTS = ("--name", "Ada Lind", "--organization", "Nordlys Pharma", "--timezone", "Europe/Oslo")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a repository around it, and git without anybody's configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada Lind")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.org")


def qmsci(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def files_in(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if ".git" not in path.parts and not path.is_dir())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    monkeypatch.chdir(folder)
    commands = (
        ["check"],
        ["check", "--all"],
        ["check", "--strict"],
        ["assign", "--check"],
        ["audit", "--as-of", "today"],
    )
    return [(done.exit_code, done.output) for done in (qmsci(*words) for words in commands) if done.exit_code]


def test_a_new_quality_system_passes_before_and_after_its_first_commit(tmp_path: Path, monkeypatch):
    """The gate has nothing to say about it, and `assign` nothing to add."""
    assert qmsci("init", "qms", *FACTS).exit_code == 0
    root = tmp_path / "qms"

    assert judged(root, monkeypatch) == []
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Found the quality system")
    assert judged(root, monkeypatch) == []


def test_it_commits_only_when_asked(tmp_path: Path, monkeypatch):
    """What is on the branch is approved; that is for a person to say."""
    qmsci("init", "one", *FACTS)
    done = qmsci("init", "two", "--commit", *FACTS)

    assert "?? qmsci.yaml" in git(tmp_path / "one", "status", "--short")
    assert done.exit_code == 0, done.output
    assert git(tmp_path / "two", "status", "--short") == ""
    assert git(tmp_path / "two", "branch", "--show-current").strip() == "main"
    assert judged(tmp_path / "two", monkeypatch) == []


def test_the_next_three_commands_work(tmp_path: Path, monkeypatch):
    """What it says at the end can be pasted into a shell."""
    said = qmsci("init", "two words", *FACTS).output
    commands = [line.strip() for line in said.splitlines() if line.startswith("  ")]

    assert commands == ["cd 'two words' && qmsci assign", "qmsci check", "git add --all && git commit"]
    said = qmsci("init", "other", "--commit", *FACTS).output
    monkeypatch.chdir("other")
    commands = [line.strip().removeprefix("cd other && ") for line in said.splitlines() if line.startswith("  ")]
    assert [qmsci(*command.split()[1:]).exit_code for command in commands[:2]] == [0, 0]
    assert qmsci(*commands[2].split()[1:]).exit_code < 2


def test_the_assignments_follow_the_texts(tmp_path: Path, monkeypatch):
    """Whoever adapts a procedure before the first commit runs `assign`, and the training is on the adapted text."""
    qmsci("init", "qms", *FACTS)
    root = tmp_path / "qms"
    procedure = root / "controlled-docs/sop/SOP-002-training.md"
    procedure.write_text(procedure.read_text() + "\nThis is how we do it.\n")
    monkeypatch.chdir(root)

    assert qmsci("assign", "--check").exit_code == 1
    assert qmsci("assign").exit_code == 0
    assert judged(root, monkeypatch) == []


@pytest.mark.parametrize(
    ("founder", "facts"),
    [
        pytest.param("p-0042", FACTS, id="another id"),
        pytest.param("null", FACTS, id="an id that YAML has another meaning for"),
        pytest.param(
            "p-1", ("--name", 'Zoë "Z": O\'Neill # x', "--organization", "A & B: {C} @@today@@"), id="punctuation"
        ),
        pytest.param("p-1", ("--name", "李小龙", "--organization", "- yes"), id="names of all kinds"),
        pytest.param("p-1", (*FACTS, "--main", "quality/system"), id="another main branch"),
    ],
)
def test_whatever_the_names_are_it_passes(founder: str, facts: tuple[str, ...], tmp_path: Path, monkeypatch):
    """Names are texts, and stay what they are."""
    done = qmsci("init", "qms", "--founder", founder, "--timezone", "UTC", *facts)

    assert done.exit_code == 0, done.output
    assert judged(tmp_path / "qms", monkeypatch) == []
    assert yaml.safe_load(files_in(tmp_path / "qms")["qmsci.yaml"])["organization"] == facts[3]
    assert yaml.safe_load(files_in(tmp_path / "qms")[f"roles/people/{founder}.yaml"])["name"] == facts[1]


@pytest.mark.parametrize("name", ["a b", "ü", "-x", "$(touch x)", "it's", "~", "#", "a/b/c", "a\\b", "%s"])
def test_whatever_the_folder_is_called(name: str, tmp_path: Path, monkeypatch):
    """The folder's name is the organisation's, unless another is given."""
    done = qmsci("init", "--name", "Ada Lind", "--timezone", "UTC", "--", name)

    assert done.exit_code == 0, done.output
    assert judged(tmp_path / name, monkeypatch) == []


def test_a_folder_that_cannot_name_an_organisation(tmp_path: Path):
    """A line break in a name is refused in a sentence; with another name the folder will do."""
    refused = qmsci("init", "--name", "Ada Lind", "a\nb")

    assert (refused.exit_code, (tmp_path / "a\nb").exists()) == (2, False)
    assert "--organization" in refused.output
    assert qmsci("init", *FACTS, "a\nb").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--founder", "../x"), id="an id that is a path"),
        pytest.param(("--founder", "2026-11-22"), id="an id that is a date"),
        pytest.param(("--timezone", "Mars/Olympus"), id="no such time zone"),
        pytest.param(("--timezone", "../../etc/passwd"), id="a time zone that is a path"),
        pytest.param(("--name", "Ada\nroles: []"), id="a name that is more than one line"),
        pytest.param(("--name", "\u202eAda"), id="a name that turns the line around"),
    ],
)
def test_facts_that_do_not_fit_are_refused_before_anything_is_written(words: tuple[str, ...], tmp_path: Path):
    """A sentence that names the option, and exit code 2."""
    done = qmsci("init", "qms", *FACTS, *words)

    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert words[0] in done.output


def test_the_founder_is_named_by_git_or_on_the_command_line(tmp_path: Path):
    """Without either, nobody is made up."""
    refused = qmsci("init", "qms")
    git(tmp_path, "init", "--quiet", "there")
    git(tmp_path / "there", "config", "user.name", "Grace Hall")

    assert (refused.exit_code, "--name" in refused.output) == (2, True)
    assert qmsci("init", "there").exit_code == 0
    assert b"name: Grace Hall\n" in (tmp_path / "there/roles/people/p-0001.yaml").read_bytes()


# --- with a key -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa-256", "rsa-3072"])
def test_with_a_key_all_is_signed_from_the_first_day(kind: str, tmp_path: Path, monkeypatch):
    """The policy asks for it, the founder has the key, and the texts stand on the founding alone."""
    key = keys.made(tmp_path, kind)
    done = qmsci("init", "qms", "--key", f"{key}.pub", "--commit", *FACTS)

    assert done.exit_code == 0, done.output
    files = files_in(tmp_path / "qms")
    policy, person = (yaml.safe_load(files[path]) for path in ("qmsci.yaml", "roles/people/p-0001.yaml"))
    assert (policy["approvals"], policy["signatures"]) == ("signed", "required")
    line, today = " ".join(keys.public(key).split()[:2]), policy["founded"]
    assert person["keys"] == [
        {"key": line, "from": today, "proof": "the founder's own word at the founding", "by": "p-0001"}
    ]
    for sop in ("SOP-001-document-control", "SOP-002-training"):
        assert f"effective: {today}\n".encode() in files[f"controlled-docs/sop/{sop}.md"]
    monkeypatch.chdir("qms")
    for command in (["check"], ["check", "--all"], ["check", "--strict"], ["verify"], ["verify", "--history"]):
        said = qmsci(*command)
        assert said.exit_code == 0, said.output
    assert re.findall(r"error\[(.*?)\]", qmsci("audit", "--as-of", "today").output) == ["effective-while-untrained"] * 2


def test_with_a_key_the_next_commands_work(tmp_path: Path, monkeypatch):
    """What it says at the end can be pasted into a shell, with the private key's path in its place."""
    key = keys.made(tmp_path)
    for more, folder in ([], "one"), (["--commit"], "two"):
        monkeypatch.chdir(tmp_path)
        said = qmsci("init", folder, "--key", f"{key}.pub", *more, *FACTS).output
        commands = [line.strip().removeprefix(f"cd {folder} && ") for line in said.splitlines() if line[:2] == "  "]
        monkeypatch.chdir(folder)
        for command in commands:
            if not command.startswith("qmsci "):
                assert command == "git add --all && git commit"
                continue
            words = command.replace("PRIVATE-KEY", str(key)).split()[1:]
            done = qmsci(*words, *(["--yes"] if "--key" in words else []))
            assert done.exit_code == 0, done.output


def test_the_proof_is_what_was_given(tmp_path: Path):
    """Whatever characters it has."""
    key = keys.made(tmp_path)
    proof = 'Notary "A": 4711 # it\'s @@today@@'
    assert qmsci("init", "qms", "--key", f"{key}.pub", "--proof", proof, *FACTS).exit_code == 0
    person = yaml.safe_load(files_in(tmp_path / "qms")["roles/people/p-0001.yaml"])

    assert person["keys"][0]["proof"] == proof


@pytest.mark.parametrize("given", ["path", "text"])
def test_a_private_key_is_refused_loudly(given: str, tmp_path: Path):
    """Nothing of it is shown, and nothing is written."""
    key = keys.made(tmp_path)
    done = qmsci("init", "qms", "--key", str(key) if given == "path" else key.read_text(), *FACTS)

    assert (done.exit_code, (tmp_path / "qms").exists()) == (2, False)
    assert "IS A PRIVATE KEY, and nothing was written" in done.output
    assert not [line for line in key.read_text().splitlines() if line in done.output]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--key", "nowhere.pub"), "nowhere.pub cannot be read", id="no file"),
        pytest.param(("--key", "ssh-ed25519 AAAA"), "what --key gives cannot be registered", id="no key"),
        pytest.param(("--key", "{}.pub", "--proof", " "), "--proof", id="an empty proof"),
        pytest.param(("--key", "{}.pub", "--proof", "a\nb"), "--proof", id="a proof of two lines"),
        pytest.param(("--proof", "badge"), "--key FILE.pub", id="a proof of nothing"),
    ],
)
def test_what_is_no_key_or_proof_is_refused(words: tuple[str, ...], said: str, tmp_path: Path):
    """A sentence, exit code 2, and nothing written."""
    key = keys.made(tmp_path)
    done = qmsci("init", "qms", *FACTS, *(word.format(key) for word in words))

    assert (done.exit_code, (tmp_path / "qms").exists()) == (2, False)
    assert said in done.output


@pytest.mark.parametrize("way", ["signed", "forge"])
def test_nothing_of_the_templates_is_left_in_the_files(way: str, tmp_path: Path):
    """No mark of theirs, no word of the other way, and no promise."""
    key = keys.made(tmp_path)
    qmsci("init", "qms", *(["--key", f"{key}.pub"] if way == "signed" else []), *FACTS)
    texts = {path: data.decode() for path, data in files_in(tmp_path / "qms").items()}

    assert not [path for path, text in texts.items() if "@@" in text or "later version" in text]
    assert not [path for path, text in texts.items() if "\n\n\n" in text]
    assert ("From reviews to signatures" in texts["README.md"]) is (way == "forge")
    assert ("To change over" in texts["qmsci.yaml"]) is (way == "forge")
    assert ("The first week" in texts["README.md"]) is (way == "signed")


# --- what is there already ------------------------------------------------------------------------------------------


def test_an_existing_repository_keeps_its_files_and_its_branch(tmp_path: Path, monkeypatch):
    """Its README and its attributes are its own; its main branch is the quality system's."""
    git(tmp_path, "init", "--quiet", "--initial-branch=master", "there")
    root = tmp_path / "there"
    (root / "README.md").write_text("# Ours\n")
    (root / "src").mkdir()
    (root / "src/main.py").write_text("print()\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    git(root, "switch", "--quiet", "--create", "quality")
    done = qmsci("init", "there", *FACTS)

    assert done.exit_code == 0, done.output
    assert "kept README.md" in done.output
    assert (root / "README.md").read_text() == "# Ours\n"
    assert "main: master" in (root / "qmsci.yaml").read_text()
    assert judged(root, monkeypatch) == []
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Found the quality system")
    assert judged(root, monkeypatch) == []


IN_THE_WAY = [
    pytest.param("qmsci.yaml", id="a policy"),
    pytest.param(".github/workflows/quality-gate.yml", id="a workflow"),
    pytest.param("roles/admins.yaml", id="a file that would be read as a role"),
    pytest.param("roles", id="a file where a folder is needed"),
    pytest.param("training-records/notes.txt", id="a file that no record has"),
]


@pytest.mark.parametrize("path", IN_THE_WAY)
@pytest.mark.parametrize("repository", [True, False], ids=["repository", "folder"])
def test_what_is_in_the_way_is_listed_and_nothing_is_written(path: str, repository: bool, tmp_path: Path):
    """All or nothing."""
    root = tmp_path / "there"
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text("mine\n")
    if repository:
        git(root, "init", "--quiet")
    done = qmsci("init", "there", *FACTS)

    assert (done.exit_code, files_in(root)) == (2, {path: b"mine\n"})
    assert f"  {path}\n" in done.output
    assert "in the way" in done.output
    assert (root / ".git").exists() is repository


def test_a_second_run_refuses(tmp_path: Path):
    """The quality system that is there is left as it is."""
    qmsci("init", "qms", *FACTS)
    before = files_in(tmp_path / "qms")

    assert qmsci("init", "qms", *FACTS).exit_code == 2
    assert files_in(tmp_path / "qms") == before


def test_a_symbolic_link_leads_nowhere(tmp_path: Path):
    """Nothing is written through a link, dangling or not."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "there").mkdir()
    (tmp_path / "there/roles").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "there/qmsci.yaml").symlink_to("nowhere")
    done = qmsci("init", "there", *FACTS)

    assert done.exit_code == 2
    assert {"  roles", "  qmsci.yaml"} <= set(done.output.splitlines())
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_places_that_cannot_be_a_quality_system(tmp_path: Path, monkeypatch):
    """A file, a folder inside a repository, a bare repository: a sentence, exit code 2, nothing written."""
    (tmp_path / "file").write_text("")
    git(tmp_path, "init", "--quiet", "repository")
    git(tmp_path, "init", "--quiet", "--bare", "bare.git")

    for place, reason in [
        ("file", "is no folder"),
        ("file/below", "is no folder"),
        ("repository/qms", "inside the repository"),
        ("repository/.git", "working tree"),
        ("bare.git", "working tree"),
    ]:
        done = qmsci("init", place, *FACTS)
        assert (done.exit_code, reason in done.output) == (2, True), (place, done.output)
    assert files_in(tmp_path / "repository") == {}


def test_a_place_where_nothing_can_be_made():
    """What the system says of it, in one sentence; exit code 2."""
    done = qmsci("init", "/proc/foo", *FACTS)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("qmsci: ")
    assert "/proc/foo" in done.stderr
    assert done.stderr.count("\n") == 1


def test_records_that_git_would_ignore_are_refused(tmp_path: Path):
    """What git ignores would never be merged, so the gate would never see it."""
    git(tmp_path, "init", "--quiet", "there")
    (tmp_path / "there/.gitignore").write_text("roles/\n")
    done = qmsci("init", "there", *FACTS)

    assert (done.exit_code, files_in(tmp_path / "there")) == (2, {".gitignore": b"roles/\n"})
    assert "git ignores" in done.output


def test_the_workflows_are_least_privileged_and_pinned_as_the_projects_own(tmp_path: Path):
    """Actions stand at the commits that this project uses; `make check` runs the linters on them."""
    qmsci("init", "qms", *FACTS)
    ours = {use for path in WORKFLOWS.glob("*.yml") for use in re.findall(r"uses: (\S+)", path.read_text())}

    for path in (tmp_path / "qms/.github/workflows").iterdir():
        text = path.read_text()
        assert yaml.safe_load(text)["permissions"] == {}
        assert set(re.findall(r"uses: (\S+)", text)) <= ours
        assert "@@" not in text


def test_the_wheel_ships_the_templates():
    """They lie inside the package, hidden files under names that no tool takes for its own."""
    import qmsci.cli.init as command

    names = {path for path, _ in command._templates(command.resources.files("qmsci") / "templates")}

    assert {"qmsci.yaml", "dot-gitattributes", "dot-github/workflows/quality-gate.yml"} <= names
    assert not [name for name in names if "/." in name or name.startswith(".")]
