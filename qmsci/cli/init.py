"""`qmsci init`."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

import qmsci
from qmsci.check import check_tree
from qmsci.cli.public_key import public_key
from qmsci.disk import write_new
from qmsci.finding import CannotRun
from qmsci.founding import COURTESIES, FIRST_PROOF, Facts, founding_files
from qmsci.library import library_of
from qmsci.records import layout
from qmsci.records.base import NAME
from qmsci.render.words import counted, visible
from qmsci.scope import Scope
from qmsci.snapshot import Snapshot


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--organization", metavar="NAME", help="Whose quality system it is (default: the folder's name).")
@click.option("--timezone", metavar="ZONE", help="As in Europe/Oslo (default: this machine's, else UTC).")
@click.option(
    "--founder", metavar="ID", default="p-0001", show_default=True, help="The id of the person who founds it."
)
@click.option("--name", metavar="NAME", help="The founder's name (default: git's user.name).")
@click.option(
    "--main",
    metavar="BRANCH",
    help="The branch that is the quality system (default: the one that is there, else main).",
)
@click.option("--key", metavar="FILE.pub", help="The founder's public key: approvals and training are signed.")
@click.option("--proof", metavar="TEXT", help="With --key: how it is sure whose key it is.")
@click.option("--commit", is_flag=True, help="Commit what was written.")
def command(folder: Path, key: str | None, proof: str | None, commit: bool, **given: Any) -> None:
    """
    Lay out a new quality system in DIR (default: here): policy, two procedures to adapt, roles, workflows.

    With --key approvals are files, signed, and so is every record of training; without it approvals are given in
    pull-request reviews, and signatures can come later. The README that it writes says how.

    DIR is made if it is not there, and becomes a git repository if it is none. Nothing that is there is overwritten:
    where something is in the way, it is listed and nothing is written. Asks no questions.
    """
    root = folder.absolute()
    fresh = _is_fresh(root)
    facts = _with_key(_facts(root, **given, fresh=fresh), key, proof)
    files = founding_files(dict(_templates(resources.files("qmsci") / "templates")), facts)
    _promise(files, facts)
    _refuse_what_is_in_the_way(root, files)
    if fresh:
        root.mkdir(parents=True, exist_ok=True)
        _git(root, "init", "--quiet", f"--initial-branch={facts.main}")
    else:
        _refuse_ignored(root, files)
    kept = sorted(path for path in COURTESIES if os.path.lexists(root / path))
    new = [path for path in files if path not in kept]
    for path in new:
        if not _is_written(root, path, files[path]):
            write_new(root, path, files[path])
    if commit:
        _git(root, "add", "--", *new)
        _git(root, "commit", "--quiet", "--message", "Found the quality system", "--", *new)
    _tell(folder, new, kept, facts, committed=commit)


# --- what is known of the founding ----------------------------------------------------------------------------------


def _facts(
    root: Path,
    *,
    organization: str | None,
    timezone: str | None,
    founder: str,
    name: str | None,
    main: str | None,
    fresh: bool,
) -> Facts:
    zone = timezone or _zone_of_this_machine()
    try:
        today = datetime.now(ZoneInfo(zone)).date()
    except (KeyError, ValueError, OSError):
        raise CannotRun(f"--timezone: {zone!r} is not a time zone, as in Europe/Oslo") from None
    known = name or _asked(root if root.is_dir() else Path.cwd(), "config", "user.name")
    if not known:
        raise CannotRun("nobody knows the founder's name: git has no user.name; give it with --name")
    return Facts(
        organization=_sayable("--organization", organization or root.resolve().name or "Our organisation"),
        timezone=zone,
        main=_sayable("--main", main or ("main" if fresh else _main_branch(root))),
        founder=_id("--founder", founder),
        name=_sayable("--name", known),
        today=today,
        version=qmsci.__version__,
    )


def _with_key(facts: Facts, key: str | None, proof: str | None) -> Facts:
    """The facts with the founder's public key. Raises `CannotRun`, also for a private one."""
    if key is None:
        if proof is not None:
            raise CannotRun("--proof says whose key it is; name the key: --key FILE.pub")
        return facts
    known = public_key(key, "--key")
    return replace(facts, key=known.line, proof=_sayable("--proof", proof if proof is not None else FIRST_PROOF))


def _sayable(option: str, text: str) -> str:
    if not text.strip() or any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text):
        raise CannotRun(f"{option}: {text!r} is not a name that can be written on one line; give another with {option}")
    return text.strip()


def _id(option: str, text: str) -> str:
    if not re.fullmatch(NAME, text, re.ASCII) or not text[0].isalpha() or len(text) > 64:
        raise CannotRun(f"{option}: {text!r} is not of the form p-0001")
    return text


def _zone_of_this_machine() -> str:
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    try:
        candidates.append(Path("/etc/localtime").resolve().as_posix().rpartition("/zoneinfo/")[2])
        candidates.append(Path("/etc/timezone").read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        pass
    for zone in candidates:
        if re.fullmatch(r"[A-Z][A-Za-z_]+(?:/[A-Za-z_+-]+)+|UTC", zone):
            return "UTC" if zone in ("Etc/UTC", "Etc/UCT") else zone
    return "UTC"


def _main_branch(root: Path) -> str:
    for branch in ("main", "master"):
        for ref in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
            if _asked(root, "rev-parse", "--verify", "--quiet", ref):
                return branch
    return _asked(root, "symbolic-ref", "--quiet", "--short", "HEAD") or "main"


# --- what is there already ------------------------------------------------------------------------------------------


def _is_fresh(root: Path) -> bool:
    """Whether a repository is still to be made. Raises `CannotRun` inside another one."""
    there = next(folder for folder in (root, *root.parents) if os.path.lexists(folder))
    if not there.is_dir():
        raise CannotRun(f"{there} is no folder")
    top = _asked(there, "rev-parse", "--show-toplevel")
    if top is None and _asked(there, "rev-parse", "--git-dir"):
        raise CannotRun(f"{there} lies in a git directory without a working tree; a quality system needs one")
    if top is None:
        return True
    if there != root or not Path(top).samefile(root):
        raise CannotRun(f"{root} lies inside the repository {top}, and a quality system is a repository of its own")
    return False


def _refuse_what_is_in_the_way(root: Path, files: Mapping[str, str]) -> None:
    owed = {*files} - {*COURTESIES}
    written = {path for path in owed if _is_written(root, path, files[path])}
    if written == owed:  # nothing was cut short: it is there
        written = set()
    found = {path for path in owed - written if os.path.lexists(root / path)}
    for path in files:  # a file or link where a folder is needed
        for parent in list(Path(path).parents)[:-1]:
            place = root / parent
            if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
                found.add(parent.as_posix())
    for folder in layout.ROOTS:  # qmsci reads all that lies there
        for place in sorted((root / folder).rglob("*")):
            path = place.relative_to(root).as_posix()
            if path not in written and not place.is_dir() and (layout.filed(path) or layout.is_stray(path)):
                found.add(path)
    if found:
        _list(found)
        raise CannotRun(f"nothing was written: {counted(len(found), 'file')} in the way")


def _is_written(root: Path, path: str, text: str) -> bool:
    """Whether a file is there with this very text: an earlier run that was cut short has written it."""
    place = root / path
    return place.is_file() and not place.is_symlink() and place.read_bytes() == text.encode()


def _refuse_ignored(root: Path, files: Iterable[str]) -> None:
    ignored = _asked(root, "check-ignore", "--no-index", "--", *files)
    if ignored:
        _list(ignored.splitlines())
        raise CannotRun(
            "nothing was written: git ignores these paths (git check-ignore -v says why), and records must be kept"
        )


def _list(paths: Iterable[str]) -> None:
    for path in sorted(paths):
        click.echo(f"  {visible(path)}", err=True)


def _promise(files: Mapping[str, str], facts: Facts) -> None:
    """What is written passes `qmsci check --all`; where a fact does not fit into a record, say so before writing."""
    library = library_of(files)
    findings = check_tree(library, Snapshot(library, facts.today), Scope(everything=True)).findings
    if findings:
        raise CannotRun(f"nothing was written; with these facts {findings[0].place.path} has {findings[0].message}")


# --- git, templates, words ------------------------------------------------------------------------------------------


def _asked(folder: Path, *question: str) -> str | None:
    """What git answers in a folder; None where it answers nothing."""
    try:
        said = subprocess.run(["git", *question], cwd=folder, capture_output=True, check=False)
    except OSError as error:
        raise CannotRun(f"git does not run here: {error.strerror}") from None
    text = said.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")
    return text or None if said.returncode == 0 else None


def _git(folder: Path, *command: str) -> None:
    said = subprocess.run(["git", *command], cwd=folder, capture_output=True, check=False)
    if said.returncode:
        raise CannotRun(f"git {command[0]}: {said.stderr.decode('utf-8', 'replace').strip()}")


def _templates(folder: Traversable, below: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda found: found.name):
        if entry.is_dir():
            yield from _templates(entry, f"{below}{entry.name}/")
        else:
            yield f"{below}{entry.name}", entry.read_text(encoding="utf-8")


def _tell(folder: Path, new: Iterable[str], kept: Iterable[str], facts: Facts, *, committed: bool) -> None:
    for path in new:
        click.echo(f"wrote {visible(path)}")
    for path in kept:
        rest = "; add the line `* text=auto eol=lf` to it" if path == ".gitattributes" else ""
        click.echo(f"kept {path}, which was there already{rest}")
    click.echo(
        f"\n{visible(facts.name)} ({facts.founder}) founds the quality system of {visible(facts.organization)} "
        "as its quality unit and first author.\n"
        "Read the two procedures in controlled-docs/ and make them say what you do. Then:\n"
    )
    goto = "" if folder == Path() else f"cd {shlex.quote(visible(str(folder)))} && "
    first, *others = (_SETTLED if committed else _UNCOMMITTED)[facts.way]
    for line in (goto + first, *others):
        click.echo(f"  {line.format(effective=facts.effective)}")


_COMMIT = ("qmsci check", "git add --all && git commit")
_UNCOMMITTED = {
    "forge": ("qmsci assign", *_COMMIT),
    "signed": ("qmsci assign", "qmsci approve qmsci.yaml --key PRIVATE-KEY", *_COMMIT),
}
_SETTLED = {
    "forge": ("qmsci check --all", "qmsci audit --as-of today", "qmsci authorised gxp-work --on {effective}"),
    "signed": (
        "qmsci approve qmsci.yaml --key PRIVATE-KEY",
        "qmsci complete SOP-001 --key PRIVATE-KEY",
        "qmsci complete SOP-002 --key PRIVATE-KEY",
        "qmsci verify",
        *_COMMIT,
    ),
}
