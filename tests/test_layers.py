"""A module imports only what stands above it, the middle is pure, and a command imports what it needs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from qmsci.cli import COMMANDS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "qmsci"

#: The import table: each module, or package as a whole, imports only from those above it.
PURE = [
    "finding",
    "near_miss",
    "records",
    "names",
    "snapshot",
    "unreadable",
    "read",
    "schema_words",
    "markdown",
    "unsafe",
    "load",
    "tree",
    "library",
    "signature",
    "sshsig",
    "verdicts",
    "key_register",
    "verification",
    "meanings",
    "timeline",
    "past",
    "matrix",
    "evidence",
    "compromised",
    "completion",
    "qualification",
    "authorisation",
    "obligations",
    "circuit",
    "gaps",
    "course",
    "programme",
    "work_log",
    "effectiveness",
    "references",
    "look_alike",
    "assign",
    "alteration",
    "change",
    "approval",
    "bereft",
    "rule",
    "rules",
    "scope",
    "folders",
    "check",
    "risk",
    "impact",
    "status",
    "chain",
    "metrics",
    "commits",
    "changes",
    "reviews",
    "render",
    "edit",
    "entries",
    "assessment",
    "foreseen",
    "recording",
    "founding",
]
EDGE = ["gittree", "gitrepo", "gitlog", "memory", "disk", "signing", "builder", "server", "cli", "__main__"]
TABLE = [*PURE, *EDGE]
#: What only the edge may touch: git, files, processes, the network, the clock, chance.
WORLD = {"git", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "time"}
#: And how the clock, and files, are asked without an import that shows it.
ASKED = {"now", "today", "utcnow", "open", "input", "read_text", "read_bytes"}


def modules() -> dict[str, ast.Module]:
    """Every module by its name, without the package's own."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        if name != "__init__":
            found[name] = ast.parse(path.read_text())
    return found


MODULES = modules()


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything that a module imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def own(name: str) -> str | None:
    """The module of qmsci that a full name belongs to, the longest that there is."""
    parts = name.split(".")[1:] if name.split(".", maxsplit=1)[0] == "qmsci" else []
    return next((known for n in range(len(parts), 0, -1) if (known := ".".join(parts[:n])) in MODULES), None)


def test_every_module_has_its_place():
    """A new module is put into the table, where somebody has thought about what it may know."""
    assert {name.split(".")[0] for name in MODULES} <= set(TABLE)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_stands_above_it(name: str):
    """The design's table, as data."""
    above = TABLE[: TABLE.index(name.split(".", maxsplit=1)[0]) + 1]
    below = [
        (line, found)
        for line, full in imported(MODULES[name])
        if (found := own(full))
        if found.split(".")[0] not in above
    ]

    assert below == []


def test_no_module_imports_itself_by_way_of_others():
    """Inside a package too, there is an order."""
    graph = {
        name: {found for _, full in imported(tree) if (found := own(full)) and found != name}
        for name, tree in MODULES.items()
    }

    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("name", [name for name in MODULES if name.split(".")[0] in PURE])
def test_the_middle_touches_nothing_of_the_world(name: str):
    """Git, files, keys and the clock are met at the edge, so that the same revision and date give the same answer."""
    touched = [(line, full) for line, full in imported(MODULES[name]) if full.split(".")[0] in WORLD]
    called = [node.func for node in ast.walk(MODULES[name]) if isinstance(node, ast.Call)]
    touched += [(f.lineno, f.attr) for f in called if isinstance(f, ast.Attribute) and f.attr in ASKED]
    touched += [(f.lineno, f.id) for f in called if isinstance(f, ast.Name) and f.id in ASKED]

    assert touched == []


# --- what a command imports -----------------------------------------------------------------------------------------


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    """The modules that are loaded when a command has run in a folder."""
    run = "import sys; from qmsci.cli import main\ntry: main()\nfinally: print(*sorted(sys.modules), file=sys.stderr)"
    unmeasured = {key: value for key, value in os.environ.items() if not key.startswith("COV")}  # it loads sqlite3
    environment = {**unmeasured, "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull}
    ran = subprocess.run(
        [sys.executable, "-c", run, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return set(ran.stderr.split())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A quality system of one file, committed."""
    policy = """\
revision: 1
organization: Halden Biologics
timezone: Europe/Oslo
quality-unit: [quality-assurance]
approvals: forge
signatures: optional
documents: {SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}}
"""
    (tmp_path / "qmsci.yaml").write_text(policy)
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles/quality-assurance.yaml").write_text("id: quality-assurance\ntitle: QA\npurpose: Keeps it.\n")
    git = ["git", "-c", "user.name=N", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    return tmp_path


def test_check_imports_what_it_needs(repository: Path):
    """Start-up is a part of every answer: what only other commands need is not loaded, nor what edits YAML."""
    loaded = loaded_by(repository, "check", "--all")
    tops = {name.split(".")[0] for name in loaded}

    assert {"click", "git", "pydantic", "sqlite3", "yaml"} <= tops
    assert not {"ruamel", "asyncio", "cryptography", "hypothesis", "pytest"} & tops
    others = set(COMMANDS) - {"check"}
    assert not {f"qmsci.cli.{name}" for name in others} & loaded


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        pytest.param(["--help"], {"pydantic", "git", "yaml"}, id="help"),
        pytest.param(["--version"], {"pydantic", "git", "yaml"}, id="version"),
        pytest.param(["rules"], {"git", "ruamel", "sqlite3"}, id="rules"),
    ],
)
def test_what_needs_no_repository_loads_no_git(tmp_path: Path, arguments: list[str], absent: set[str]):
    """A question about qmsci itself is answered at once."""
    loaded = {name.split(".")[0] for name in loaded_by(tmp_path, *arguments)}

    assert not absent & loaded
