"""What a site is told of its commit: the same as `qmsci verify` and `qmsci audit` say, and as OpenSSH verifies."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from qmsci.cli.judged import judged, of_main
from qmsci.cli.surveyed import survey
from qmsci.finding import CannotRun
from qmsci.render.site import verification
from qmsci.render.site.page import CodeBlock
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from tests.cli.commands import Desk
from tests.cli.test_verify import APPROVAL, COMPLETIONS, FILES, completion
from tests.signed import lines

AT = "2026-01-07T12:00:00+01:00"


def surveyed(day: date | None = None) -> Survey:
    """A survey of main in the repository around the current folder."""
    return survey(replace(of_main(judged(None, None, compare=False)), hindsight=True, as_of=day))


def test_there_is_no_survey_of_a_working_tree(desk: Desk):
    with pytest.raises(CannotRun, match="a site is built from a commit"):
        survey(judged(None, None, compare=False))


def test_what_was_checked_is_what_qmsci_verify_says(desk: Desk):
    """Counts, faults with their places, and the ids that stand for all of it."""
    record = completion()
    record["assessment"]["score"] = 93
    desk.checkout.commit({**FILES, COMPLETIONS: lines([record])}, at=AT)
    said, found = desk.answer("verify", exits=1), surveyed().checked()

    assert {f"{noun}s": number for noun, number in found.signatures.items()} == said["checked"]["signatures"]
    assert {f"{noun}s": number for noun, number in found.unsigned.items()} == said["checked"]["unsigned"]
    assert found.checked["keys"] == said["checked"]["keys"] == 2
    assert list(found.wrong) == [(f"{one['path']}:{one['line']}", one["message"]) for one in said["faults"]]
    assert (found.refused, len(found.wrong), list(found.void)) == (2, 2, [])
    assert found.stands_for == {"commit": said["commit"], "tree": said["tree"]}


def test_a_signature_that_is_not_whole_is_wrong(desk: Desk):
    record = completion()
    del record["signatures"][0]["signature"]
    desk.checkout.commit({**FILES, COMPLETIONS: lines([record])}, at=AT)
    found = surveyed().checked()

    assert (found.signatures["completion"], found.refused) == (2, 1)


@pytest.mark.parametrize("day", ["2026-01-07", "2029-01-01", "2024-01-01"])
def test_findings_are_those_of_qmsci_audit(desk: Desk, day: str):
    """Of the tree, and of what time has made of it; of a day to come, and of one gone by."""
    broken = (
        FILES[COMPLETIONS]
        + '- {"document": "SOP-999@1", "completed": "2026-01-05T09:30:00+01:00", "method": ["read"]}\n'
    )
    desk.checkout.commit({**FILES, COMPLETIONS: broken}, at=AT)
    said = desk.answer("audit", "--as-of", day, "--head", "main", exits=None)["findings"]
    found = surveyed(date.fromisoformat(day)).checked().findings

    assert "unknown-reference" in {one.rule for one in found}
    assert [(one.rule, one.place.path, one.place.line, one.message) for one in found] == [
        (one["rule"], one["path"], one["line"], one["message"]) for one in said
    ]


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen here")
def test_the_commands_on_the_page_verify_a_signature_by_openssh(desk: Desk):
    """As they stand there, in a clone."""
    desk.checkout.commit(FILES, at=AT)
    (page,) = verification.part(surveyed(), Summaries({}, {})).pages
    verdicts, signature = (block for block in page.blocks if isinstance(block, CodeBlock))
    shell = f'set -e; qmsci() {{ "{sys.executable}" -m qmsci "$@"; }}\n'

    ran = subprocess.run(["bash", "-c", shell + signature.text], capture_output=True, text=True, check=False)
    assert ran.stdout.startswith('Good "qmsci" signature for p-2 with '), ran.stderr
    assert APPROVAL in signature.text
    ran = subprocess.run(
        ["bash", "-c", shell + verdicts.text.split("\n")[0]], capture_output=True, text=True, check=False
    )
    assert ran.stdout.endswith("nothing is wrong\n"), ran.stderr
