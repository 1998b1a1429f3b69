"""Which line of commits is main here: that of origin, or the one of this clone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import click

from qmsci.cli.judged import Judged
from qmsci.gitrepo import Commit
from qmsci.render.words import visible


@dataclass(frozen=True)
class Line:
    """The line of main that answers rest on."""

    what: Judged

    @cached_property
    def _branch(self) -> str:
        policy = self.what.snapshot.policy
        return policy.main if policy else "main"

    @cached_property
    def _origin(self) -> Commit | None:
        return self.what.repository.commit(f"refs/remotes/origin/{self._branch}")

    @cached_property
    def _local(self) -> Commit | None:
        return self.what.repository.commit(f"refs/heads/{self._branch}")

    @property
    def name(self) -> str | None:
        """The branch, `origin/main` or `main`; None where there is neither."""
        if self._origin:
            return f"origin/{self._branch}"
        return self._branch if self._local else None

    @property
    def said(self) -> str | None:
        """The words for a line that is not that of the branch of its name here; None where it is."""
        return f"{visible(self._branch)} here is origin/{visible(self._branch)}" if self._origin else None

    def warn(self) -> None:
        """Say on stderr that the branch here has commits which main, as origin has it, does not."""
        if (
            not self._origin
            or not self._local
            or self.what.repository.merge_base(self._origin, self._local) == self._local
        ):
            return
        name = visible(self._branch)
        click.echo(
            f"note: the branch {name} of this clone, {self._local.id[:10]}, is not on origin/{name}, "
            f"{self._origin.id[:10]}, which is what main is: git fetch, or git push origin {name}",
            err=True,
        )
