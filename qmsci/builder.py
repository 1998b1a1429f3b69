"""The site on disc: MkDocs builds the pages that are new or changed; what is there already, to the letter, stays."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import qmsci
from qmsci.disk import content
from qmsci.finding import CannotRun
from qmsci.library import Memory

#: Lists every file of a built site with its digest, as sha256sum does.
SUMS = "SHA256SUMS"
#: Says that a folder is a site: lists, in the same form, whatever qmsci has written there or is about to write.
MARK = ".qmsci-site"
#: From so many pages on, two processes build them.
_MANY = 120
#: Of the theme's own files, what the pages of the site refer to.
_OWN = ("assets/stylesheets/**/*.css", "assets/images/favicon.png")
#: The width of a digest and the two blanks after it.
_WIDTH = 66
#: Seconds between two looks at how far the builders are.
_PAUSE = 0.2


# --- the theme ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Theme:
    """The folder `site/`: configuration, templates, scripts, styles and fixed pages."""

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """What `mkdocs.yml` says."""
        found = yaml.safe_load((self.folder / "mkdocs.yml").read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found

    @cached_property
    def fixed(self) -> dict[str, str]:
        """Pages, scripts and styles that are the same in every site, by their paths from its root."""
        pages = {path.name: path for path in sorted((self.folder / "pages").glob("*.md"))}
        assets = {f"assets/{path.name}": path for path in sorted((self.folder / "assets").iterdir())}
        return {name: path.read_text(encoding="utf-8") for name, path in {**pages, **assets}.items()}

    @cached_property
    def digest(self) -> str:
        """Of all that decides, beside its own Markdown, how a page is built; the builder and its version too."""
        seal = hashlib.sha256("".join(version(name) for name in ("mkdocs", "mkdocs-material", "markdown")).encode())
        for path in sorted([self.folder / "mkdocs.yml", *(self.folder / "overrides").rglob("*.html")]):
            seal.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes())
        return seal.hexdigest()


def theme() -> Theme:
    """The theme that came with this qmsci: in the package where it was installed, beside it in a checkout."""
    package = Path(qmsci.__file__).parent
    folders = (package / "site", package.parent / "site")
    found = next((folder for folder in folders if (folder / "mkdocs.yml").is_file()), None)
    if found is None:
        raise CannotRun("the theme of the site is missing from this installation of qmsci")
    return Theme(found)


# --- a project that any builder reads -------------------------------------------------------------------------------


def write_project(folder: Path, theme: Theme, files: Mapping[str, str], name: str) -> None:
    """
    Write all sources of a site as one project of MkDocs, or Zensical: `mkdocs.yml`, `docs/` and `overrides/`.

    The folder must not be there, or be empty. Raises `CannotRun`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CannotRun(f"{folder} is not empty, and nothing is overwritten there")
    for path, text in {**theme.fixed, **files}.items():
        _put(folder / "docs" / path, text.encode())
    shutil.copytree(theme.folder / "overrides", folder / "overrides", dirs_exist_ok=True)
    config = {**theme.config, "site_name": name, "theme": {**theme.config["theme"], "custom_dir": "overrides"}}
    _put(folder / "mkdocs.yml", _dumped(config).encode())


def _dumped(config: Mapping[str, Any]) -> str:
    return json.dumps(config, indent=2, ensure_ascii=False) + "\n"


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# --- a site ---------------------------------------------------------------------------------------------------------

#: Is told, every now and then, how many pages are built, of how many.
Watch = Callable[[int, int], None]


class Counts(NamedTuple):
    """What a build did: pages that were built, files that were written, files of an earlier site that were removed."""

    built: int
    written: int
    removed: int


class Output:
    """
    A folder that holds a built site, or will; use it while it is `alone`.

    The memory knows which HTML came of which Markdown. A file of which anything else is found is made anew.
    """

    def __init__(self, folder: Path, theme: Theme, memory: Memory, name: str) -> None:
        """Look at a folder, for a site of a name. Nothing is read yet."""
        self.folder = folder
        self._theme = theme
        self._memory = memory
        self._name = name
        self._salt = _digest(f"{theme.digest}\0{name}".encode())
        self._safe: set[Path] = set()  # folders that lie in this one, wherever links lead
        self._made: set[Path] = set()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have the folder alone. Raises `CannotRun` where it holds something else, or somebody else builds there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise CannotRun(f"{self.folder} cannot be written to: {error.strerror}") from None
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotRun(f"another run of qmsci builds in {self.folder} now") from None
            if any(self.folder.iterdir()) and not _is_file(self.folder / MARK):
                raise CannotRun(f"{self.folder} holds something that is no site; name another folder: --output")
            self._mark({})
            yield
        finally:
            os.close(handle)

    @cached_property
    def there(self) -> dict[str, str]:
        """The files that qmsci wrote, by their paths, with the digests of what they hold now."""
        return {path: _digest(data) for path in self._listed if (data := self._content(path)) is not None}

    @cached_property
    def _listed(self) -> dict[str, set[str]]:
        """What qmsci wrote there, or was about to write when it was stopped: the digests by path."""
        found: dict[str, set[str]] = {}
        for line in (self._content(MARK) or b"").decode("utf-8", "replace").splitlines():
            if len(line) > _WIDTH and _is_inside(line[_WIDTH:]):
                found.setdefault(line[_WIDTH:], set()).add(line[: _WIDTH - 2])
        return found

    def _content(self, path: str) -> bytes | None:
        """What a file of the folder holds; None where there is none, or where a link leads out of the folder."""
        try:
            self._place(path)
            return content(self.folder, path)
        except (CannotRun, OSError):
            return None

    def _place(self, path: str) -> Path:
        """Where a file of the folder lies. Raises `CannotRun` where a link on the way leads out of the folder."""
        place = self.folder / path
        if place.parent not in self._safe:
            if not place.parent.resolve().is_relative_to(self.folder.resolve()):
                raise CannotRun(f"{place.parent} leads out of the site, through a symbolic link; take it away")
            self._safe.add(place.parent)
        return place

    def _mark(self, files: Mapping[str, str]) -> None:
        """Note what is about to be written, beside all that may be there already."""
        known = {(digest, path) for path, digests in self._listed.items() for digest in digests}
        self._replace(MARK, _sums(known | {(digest, path) for path, digest in files.items()}))

    def _replace(self, path: str, data: bytes) -> None:
        """Write a file whole, in place of whatever had its name; a link is replaced, and never followed."""
        place = self._place(path)
        draft = place.with_name(f"{place.name}.draft")
        try:
            if place.parent not in self._made:
                place.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(place.parent)
            with open(draft, "wb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o644)) as file:
                file.write(data)
            draft.replace(place)
        except OSError as error:
            raise CannotRun(f"{place} cannot be written: {error.strerror}") from None

    # --- what is there already --------------------------------------------------------------------------------------

    def intact(self, sources: Mapping[str, str]) -> dict[str, str]:
        """Of some sources (digests by path), those of which all is there: the digests of the files, by their paths."""
        keys = {self._key(path, digest): path for path, digest in sources.items() if path.endswith(".md")}
        came = {keys[key]: digest.decode() for key, digest in self._memory.recall(list(keys)).items()}
        digests = {path: came.get(path) if path.endswith(".md") else digest for path, digest in sources.items()}
        return {path: digest for path, digest in digests.items() if digest and self.there.get(_html(path)) == digest}

    def _key(self, path: str, digest: str) -> str:
        return f"html:{self._salt}:{path}:{digest}"

    @property
    def _own(self) -> dict[str, str] | None:
        """The digests of the theme's own files, as far as they are known and there."""
        known = self._memory.recall([f"theme:{self._salt}"])
        found: dict[str, str] = json.loads(known[f"theme:{self._salt}"]) if known else {}
        return found if found and all(self.there.get(path) == digest for path, digest in found.items()) else None

    # --- writing ----------------------------------------------------------------------------------------------------

    def write(self, files: Mapping[str, str], kept: Mapping[str, str], watch: Watch) -> Counts:
        """
        Write a site of files, beside those whose sources (digests by path) are `intact`, and are kept.

        What the folder had of an earlier site is removed. Raises `CannotRun` where MkDocs cannot build it.
        """
        sources = {path: _digest(text.encode()) for path, text in files.items()}
        sums = self.intact({**kept, **sources})
        own = self._own
        new = {path: files[path] for path in files if path not in sums}
        if own is None and not any(path.endswith(".md") for path in new):
            new["index.md"] = files["index.md"]  # the theme's own files come with any page
        pages = {path: text for path, text in new.items() if path.endswith(".md")}
        built, theirs = self._built(pages, watch) if pages else ({}, {})
        own = {path: _digest(data) for path, data in theirs.items()} or own or {}
        made = {path: text.encode() for path, text in new.items() if not path.endswith(".md")}
        made |= {_html(path): data for path, data in built.items()} | theirs
        came = {path: _digest(data) for path, data in made.items()}
        final = {_html(path): digest for path, digest in sums.items()} | came | own
        self._mark(final)
        changed = [path for path, digest in came.items() if self.there.get(path) != digest]
        for path in changed:
            self._replace(path, made[path])
        self._memory.remember({self._key(path, sources[path]): came[_html(path)].encode() for path in built})
        self._memory.remember({f"theme:{self._salt}": json.dumps(own).encode()})
        return Counts(len(built), len(changed), self._finished(final))

    def _finished(self, final: Mapping[str, str]) -> int:
        """Take away what qmsci wrote and the site has no more, and list what it has. How many files were taken away."""
        gone = [path for path, digest in self.there.items() if path not in final and digest in self._listed[path]]
        for path in gone:
            self._place(path).unlink(missing_ok=True)
        listed = _sums({(digest, path) for path, digest in final.items()})
        self._replace(SUMS, listed)
        self._replace(MARK, listed)
        return len(gone)

    # --- building ---------------------------------------------------------------------------------------------------

    def _built(self, pages: Mapping[str, str], watch: Watch) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The HTML that MkDocs builds of pages, by the paths of these; and the theme's own files, by theirs."""
        names = sorted(pages)
        number = 2 if len(names) >= _MANY else 1
        parts = [names[start::number] for start in range(number)]
        with tempfile.TemporaryDirectory(prefix="qmsci-site-") as made:
            folders = [Path(made) / str(position) for position in range(number)]
            builders = [self._started(folder, pages, part) for folder, part in zip(folders, parts, strict=True)]
            _run(builders, lambda: watch(_number_below(Path(made)), len(names)))
            built = {
                path: (folder / "site" / _html(path)).read_bytes()
                for folder, part in zip(folders, parts, strict=True)
                for path in part
            }
            first = folders[0] / "site"
            own = [path for pattern in _OWN for path in sorted(first.glob(pattern))]
            return built, {path.relative_to(first).as_posix(): path.read_bytes() for path in own}

    def _started(self, folder: Path, pages: Mapping[str, str], part: Sequence[str]) -> subprocess.Popen[bytes]:
        """MkDocs, at work on some pages. They name others by their final addresses, so these need not be there."""
        for path in part:
            _put(folder / "docs" / path, pages[path].encode())
        theme = {**self._theme.config["theme"], "custom_dir": str(self._theme.folder / "overrides")}
        config = {**self._theme.config, "site_name": self._name, "nav": [{"Page": part[0]}], "theme": theme}
        _put(folder / "mkdocs.yml", _dumped(config).encode())
        return subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(folder / "mkdocs.yml")],
            cwd=folder,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


def _number_below(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*/site/**/*.html"))


def _run(builders: Sequence[subprocess.Popen[bytes]], look: Callable[[], None]) -> None:
    """Wait for builders, and look now and then. Raises `CannotRun` with what the first that fails has said."""
    try:
        while any(builder.poll() is None for builder in builders):
            look()
            time.sleep(_PAUSE)
    finally:
        for builder in builders:
            if builder.poll() is None:
                builder.kill()
    for builder in builders:
        said = builder.communicate()[0].decode("utf-8", "replace").strip()
        if builder.returncode:
            raise CannotRun(f"MkDocs could not build the site: {' '.join(said.splitlines()[-5:])}")


def _html(path: str) -> str:
    return f"{path.removesuffix('.md')}.html" if path.endswith(".md") else path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sums(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Digests and paths, as sha256sum lists them."""
    return "".join(f"{digest}  {path}\n" for digest, path in sorted(pairs, key=itemgetter(1, 0))).encode()


def _is_file(path: Path) -> bool:
    """Whether a file is there, and is no link to one."""
    return path.is_file() and not path.is_symlink()


def _is_inside(path: str) -> bool:
    """Whether a path, as a list of files has it, stays in the folder of the list."""
    return not path.startswith("/") and ".." not in path.split("/")
