"""`qmsci site`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qmsci.cli import asked
from qmsci.cli.judged import Judged, judged, known_at, main_of
from qmsci.cli.progress import meter
from qmsci.finding import CannotRun
from qmsci.render.words import counted, visible

if TYPE_CHECKING:
    from qmsci.builder import Counts

#: What the extra `site` installs.
NEEDED = ("jinja2", "material", "markdown_it", "matplotlib", "mkdocs", "scipy")
#: The last day that a site may be of: some days before and after it are asked about.
_LAST = date(9900, 1, 1)
#: Where a site is built, unless somebody says otherwise.
OUTPUT = "build/site"


@click.group("site")
def command() -> None:
    """The auditor's site: pages that need no server and no network. It needs the extra: pip install 'qmsci[site]'."""


def _what(function: Any) -> Any:
    """The options that say which site."""
    options = (
        click.option("--head", metavar="REV", help="The commit; where left out, the last one of main."),
        click.option("--as-of", "as_of", metavar="DATE", help="The day, or `today`, which it is where left out."),
        click.option("--known-at", "known", metavar="DATE", help="By what main said at that date or time, not by now."),
        click.option("--output", metavar="FOLDER", default=OUTPUT, show_default=True, help="Where to build it."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command.command("build")
@_what
@click.option(
    "--sources", metavar="FOLDER", help="Write the project that a builder reads, mkdocs.yml and all, instead."
)
def build(*, head: str | None, as_of: str | None, known: str | None, output: str, sources: str | None) -> None:
    """
    Build the site of a commit, as of a day.

    The records are those of the commit, or with --known-at those that main had then; the day decides what is in force,
    due or overdue. The folder is a site from a web server as from disc. SHA256SUMS in it lists every file: sha256sum
    --check says whether it is what was built. What is there already, and has not changed, is not built again.

    With --sources, nothing is built: the folder gets finished Markdown, data, templates and mkdocs.yml, which MkDocs or
    Zensical build by themselves.
    """
    what = _asked(head, as_of, known)
    if sources is not None:
        number = _write_sources(what, Path(sources))
        click.echo(
            f"wrote {counted(number, 'file')} below {visible(sources)}: mkdocs build, or zensical build, in there"
        )
        return
    counts = _build(what, Path(output))
    click.echo(
        f"{visible(output)}: {counted(counts.built, 'page')} built, {counted(counts.written, 'file')} written, "
        f"{counts.removed} removed"
    )
    click.echo(f"open {visible(output)}/index.html, or: qmsci site serve")


@command.command("serve")
@_what
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any that is free.")
def serve(*, head: str | None, as_of: str | None, known: str | None, output: str, port: int) -> None:
    """Build the site, and show it to this machine only, until it is interrupted."""
    from qmsci.server import serving

    counts = _build(_asked(head, as_of, known), Path(output))
    click.echo(f"{counted(counts.built, 'page')} built")
    with serving(Path(output), port) as server:
        click.echo(f"http://127.0.0.1:{server.server_address[1]}/ (to end it: Ctrl+C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("")


def _asked(head: str | None, as_of: str | None, known: str | None) -> Judged:
    """The commit, on the day that is asked for."""
    missing = [module for module in NEEDED if find_spec(module) is None]
    if missing:
        raise CannotRun(f"{', '.join(missing)} is not here: a site needs the site extra: pip install 'qmsci[site]'")
    if head and known:
        raise click.UsageError("name a commit or a date: --head or --known-at")
    here = judged(None, head, compare=False)
    tip = here.head or here.repository.commit("HEAD")
    if tip is None:
        raise CannotRun("a site is built from a commit, and nothing is committed here yet")
    committed = replace(here, head=tip, hindsight=True)
    what = committed if head else replace(committed, head=main_of(committed) or tip)
    what = known_at(what, known) if known else what
    today = what.snapshot.day_of(replace(here, head=None).moment)
    if as_of is None and known:
        return what
    day = asked.as_of(as_of or "today", today)
    if day > _LAST:
        raise click.BadParameter(f"no calendar reaches {day}", param_hint="--as-of")
    return replace(what, as_of=day)


def _build(what: Judged, output: Path) -> Counts:
    from qmsci.builder import Output, theme
    from qmsci.cli.making import Making

    making = Making(what)
    folder = Output(output, theme(), what.memory, making.name)
    with folder.alone():
        if output.resolve().is_relative_to(what.repository.root.resolve()):
            (output / ".gitignore").write_text("*\n", encoding="utf-8")  # a site is made, not kept, beside its records
        files, kept = making.files(folder.intact)
        with meter("building the pages") as watch:
            return folder.write({**theme().fixed, **files}, kept, watch)


def _write_sources(what: Judged, folder: Path) -> int:
    from qmsci.builder import theme, write_project
    from qmsci.cli.making import Making

    making = Making(what)
    files, _ = making.files(partial(_none))
    write_project(folder, theme(), files, making.name)
    return len(files)


def _none(_: object) -> dict[str, str]:
    return {}
