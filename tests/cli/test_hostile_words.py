"""Whatever people write into names, titles and reasons, nothing that is printed does anything but say it."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from qmsci.cli import main
from qmsci.read import text_digest
from qmsci.unsafe import links_in, markup_in
from tests.cli.commands import FILES, Desk

#: A break of the line, a command to the log of a continuous-integration service, a turn, an escape.
EVIL = "\\r\\n::error file=x::boo ##[add-mask]x\\n::set-output name=a::b\\u202e\\u2066\\u200b\\N\\L\\u2800%0A::stop-commands::x"
TURNED = "a\u202eb"
#: What does something on a page.
MARKUP = "<script>x</script> <b onclick=y> [z](javascript:x) ![z](../../../../x) `|` </td>"
HELD = f'"Evil{EVIL} {MARKUP}"'
AT = "2026-01-02T10:00:00+01:00"
SOP = f"""\
---
id: SOP-001
title: {HELD}
owner: operator
governs: [gowning]
revisions:
  - {{revision: 2, effective: 2026-12-15, summary: {HELD}, impact: read, rationale: {HELD}, authors: [p-1],
     reason: CAPA-2026-001}}
  - {{revision: 1, effective: 2026-01-10, summary: {HELD}, impact: retrain, authors: [p-1]}}
reviewed: [{{on: 2026-01-04, by: p-2, outcome: confirmed}}]
---
# Gown

::error::in the text \u202e ##[add-mask]x
"""
PERSON = """\
id: {id}
name: {held}
kind: employee
employed: {{from: 2024-03-01}}
roles:
  - {{role: operator, from: 2024-03-01}}
accounts: {{github: {id}}}
"""
DEVIATION = f"""\
id: DEV-2026-001
title: {HELD}
occurred: 2026-09-12T09:40:00+02:00
reported: 2026-09-12
classification: major
activity: gowning
documents: [SOP-001]
people: [p-1]
root-cause: {{category: procedure, summary: {HELD}}}
capa: CAPA-2026-001
"""
CAPA = f"""\
id: CAPA-2026-001
title: {HELD}
opened: 2026-09-14
owner: p-2
sources: [DEV-2026-001]
root-cause: {{category: procedure, summary: {HELD}}}
actions:
  - {{id: 1, kind: training, documents: [SOP-001@2], roles: [operator], due: 2026-09-20, title: {HELD}}}
  - {{id: 2, kind: document, document: SOP-001@2, due: 2026-09-20, title: {HELD}}}
effectiveness: {{criterion: {HELD}, period: 90 days, assessor: p-2}}
"""
TEXT = text_digest(SOP.split("---\n", 2)[2].encode())
COMPLETION = f"""\
- document: SOP-001@1
  completed: 2026-01-05T09:30:00+01:00
  method: [read]
  text: {TEXT}
  assignments: [SOP-001@1/operator]
  late: {HELD}
  signatures: [{{by: p-1, name: {HELD}, meaning: {HELD}, at: 2026-01-05T09:30:00+01:00}}]
"""
WAIVER = f"""\
- document: SOP-001@1
  reason: {HELD}
  evidence: {HELD}
  from: 2026-01-20
  until: 2027-01-20
  by: p-1
"""
APPROVAL = f"""\
document: SOP-001@1
text: {TEXT}
effective: 2026-01-10
impact: retrain
governs: [gowning]
by: p-2
name: {HELD}
meaning: quality-approval
at: {AT}
origin: {{system: {HELD}, reference: {HELD}}}
"""
SYSTEM: dict[str, str | bytes | None] = {
    **FILES,
    "qmsci.yaml": FILES["qmsci.yaml"].replace("Halden Biologics", HELD),
    "controlled-docs/sop/SOP-001.md": SOP,
    "controlled-docs/approvals/SOP-001@1/p-2.yaml": APPROVAL,
    "roles/activities.yaml": f"gowning: {{title: {HELD}, critical: true, minimum-qualified: 3}}\n",
    "roles/operator.yaml": f"id: operator\ntitle: {HELD}\npurpose: {HELD}\nperforms: [gowning]\n",
    "roles/people/p-1.yaml": PERSON.format(id="p-1", held=HELD),
    "roles/people/p-2.yaml": PERSON.format(id="p-2", held=HELD).replace(
        "roles:\n", "roles:\n  - {role: quality-assurance, from: 2024-03-01}\n"
    ),
    "quality-events/DEV-2026-001.yaml": DEVIATION,
    "quality-events/CAPA-2026-001.yaml": CAPA,
    "training-records/completions/p-1/SOP-001.yaml": COMPLETION,
    "training-records/waivers/p-2/SOP-001.yaml": WAIVER,
}
BROKEN: dict[str, str | bytes | None] = {
    "roles/broken\x1b[31m\r\n::error::x.yaml": "x",
    "roles/unread.yaml": b"id: \x1b]0;boo\x07\n::error::x\n",
    "roles/people/p-9.yaml": f"id: p-9\n{HELD}: x\nname: {HELD}\nkind: {HELD}\nemployed: {HELD}\n",
    "quality-events/DEV-2026-009.yaml": f"id: DEV-2026-009\ntitle: {HELD}\ncapa: {HELD}\n",
}
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}

COMMANDS = [
    "check",
    "check --all",
    "check --all --strict --format github",
    "audit --as-of 2027-06-01",
    "audit --as-of 2027-06-01 --format github",
    "assign --check",
    "impact --base HEAD~1",
    "qualified p-1 SOP-001 --on 2026-11-22",
    "qualified p-2 SOP-001 --on 2026-11-22",
    "authorised gowning --on 2026-11-22",
    "authorised p-1 gowning --on 2027-11-22",
    "status",
    "status p-1",
    "status operator",
    "status SOP-001",
    "status CAPA-2026-001",
    "status DEV-2026-001",
    "trace CAPA-2026-001 --all",
    "trace DEV-2026-001",
    "trace SOP-001@2",
    "trace p-1",
    "changes",
    "changes --format csv",
    "text SOP-001@1",
    "text SOP-001@2",
    "gaps --as-of 2026-11-22 --all",
    "verify",
    "verify --history",
    "key list",
    "export codeowners",
    "assess DEV-2026-001",
]
ANSWERS = [
    "check --all",
    "audit --as-of 2027-06-01",
    "impact --base HEAD~1",
    "qualified p-1 SOP-001 --on 2026-11-22",
    "authorised gowning --on 2026-11-22",
    "status p-1",
    "trace CAPA-2026-001",
    "changes",
    "text SOP-001@1",
    "gaps --as-of 2026-11-22",
    "verify",
]


@pytest.fixture
def evil(desk: Desk) -> Desk:
    """A repository in which everything that people can write is hostile, also the words of git."""
    desk.checkout.write(SYSTEM)
    desk.checkout.git("add", "--all")
    name = "Evil\x1b[31m\u202e ##[add-mask]x"
    message = f"::error::subject {TURNED} (#12)\n\n\x1b]0;boo\x07\n::error::body\n"
    desk.checkout.git("-c", f"user.name={name}", "commit", "--quiet", "--message", message)
    return desk


def assert_harmless(printed: str, *, log: bool = True) -> None:
    """Nothing hidden is in what was printed, nor any command to a log."""
    hidden = {character for character in printed if unicodedata.category(character) in HIDDEN} - {"\n"}
    assert not hidden, [line for line in printed.split("\n") if hidden & set(line)]
    if log:
        assert not re.findall(r"(?m)^\s*::.*", printed)
    assert not re.findall(r".*##\w*\[.*", printed)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("broken", [False, True], ids=["read", "unread"])
def test_nothing_that_is_printed_does_anything(evil: Desk, command: str, broken: bool):
    """Not in a terminal, and not in the log of a continuous-integration service."""
    if broken:
        evil.write(BROKEN)
    result = CliRunner().invoke(main, command.split())
    assert result.exit_code in ((0, 1, 2) if broken else (0, 1)), (result.stderr, result.exception)
    assert result.stdout or broken
    github = "github" in command
    assert_harmless(result.stdout, log=not github)
    assert_harmless(result.stderr)
    if github:
        said = result.stdout.splitlines()
        assert said
        assert all(re.match(r"::(error|warning) file=[^:,]*,line=\d+,col=\d+,title=[a-z-]+::", line) for line in said)
        assert not any(re.search(r"%(?!25|0A|0D|3A|2C)", line) for line in said)


@pytest.mark.parametrize("command", ANSWERS)
def test_an_answer_in_json_says_the_same_and_does_nothing(evil: Desk, command: str):
    """What would do something stands as an escape."""
    result = evil.run(*command.split(), "--format", "json", exits=None)
    assert_harmless(result.stdout)
    answer = json.dumps(json.loads(result.stdout), ensure_ascii=False)
    assert "##[add-mask]" in answer or "Evil" not in answer


def test_a_comment_on_a_pull_request_is_words_and_nothing_else(evil: Desk):
    """In Markdown no tag and no link comes of a title, and nobody is called."""
    evil.write({"roles/operator.yaml": str(SYSTEM["roles/operator.yaml"]).replace("[gowning]", "[gowning, x]")})
    printed = evil.run("impact", "--base", "HEAD~1", "--format", "markdown").stdout
    assert "Evil" in printed
    assert_harmless(printed)
    assert [*markup_in(printed), *links_in(printed, "")] == []


def test_a_chart_has_no_more_lines_than_it_should(evil: Desk):
    """What is written in a title ends neither its label nor its line."""
    printed = evil.run("trace", "CAPA-2026-001", "--format", "mermaid").stdout
    assert "Evil" in printed
    assert_harmless(printed)
    assert "<script" not in printed
    assert not re.search(r"(?m)^\s*(click|%%|::|subgraph)", printed)
    assert all(line.count('"') % 2 == 0 for line in printed.splitlines())


def test_a_report_is_words_and_nothing_else(evil: Desk, tmp_path: Path):
    """In HTML, every text is escaped."""
    pytest.importorskip("jinja2")
    place = tmp_path / "report.html"
    evil.run("report", "management-review", "--from", "2026-01-01", "--to", "2026-11-22", "--output", str(place))
    page = place.read_text()
    assert "Evil" in page
    assert "<script>x" not in page
    assert "<b onclick" not in page
    assert not re.search(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]", page)
