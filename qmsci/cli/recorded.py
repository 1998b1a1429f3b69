"""When something came to the main line. Git is asked for the first record that rests on it, once for each folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qmsci.finding import CannotRun
from qmsci.gitrepo import Commit, Repository, Unrecorded, Version
from qmsci.records import layout

_FOLDERS = (layout.APPROVALS, layout.COMPLETIONS, layout.WAIVERS)


class Recordings:
    """The commits that brought texts, such as signatures, to a line of first parents; each is looked up once."""

    def __init__(self, repository: Repository, tip: Callable[[], Commit | None]) -> None:
        """Take a repository, and who knows where the line ends. Nothing is read yet."""
        self._repository = repository
        self._tip = tip
        self._versions: dict[str, Mapping[str, Sequence[Version]]] = {}
        self._known: dict[tuple[str, str], Commit | None] = {}

    def commit(self, path: str, text: str) -> Commit | None:
        """
        The first commit of the line that had a text in a file; None where none has yet.

        Raises `CannotRun` where there is no main branch, or where a shallow clone cannot tell.
        """
        if (path, text) not in self._known:
            self._known[path, text] = self._found(path, text)
        return self._known[path, text]

    def _found(self, path: str, text: str) -> Commit | None:
        folder = next((folder for folder in _FOLDERS if path.startswith(folder)), path)
        if folder not in self._versions:
            tip = self._tip()
            if tip is None:
                raise CannotRun(
                    "what a revoked key signed counts if main had it in time, and there is no main branch here: "
                    "git fetch origin main, or, where this is to become main: git branch main COMMIT"
                )
            self._versions[folder] = self._repository.versions_below(tip, folder)
        found = self._repository.first_with(self._versions[folder].get(path, ()), text)
        if found is Unrecorded.TOO_EARLY:
            raise CannotRun(f"{path} was signed with a revoked key, and {found}")
        return found if isinstance(found, Commit) else None
