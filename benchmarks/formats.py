"""The same documents, with the same faults, as the files of four tools; and what each says of the faults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from generate import Document, Files, System, founding

NOBODY = "no-such-role"
SEED = 7
#: For the dangling reference and for the missing field: words that stand together on one line of the output.
Reports = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Case:
    """The documents, and which of them is at fault in which way."""

    whole: System
    dangling: str | None = None
    incomplete: str | None = None

    def owner(self, document: Document) -> str:
        """The role that a document names as its owner."""
        return NOBODY if document.id == self.dangling else document.owner

    def revision(self, document: Document) -> str | None:
        """The label of its newest revision, where there is one."""
        return None if document.id == self.incomplete else str(document.revisions[0].label)


# doorstop: an item for each document, linked to its owner's item; a validator of one's own asks for the field

DOORSTOP_VALIDATOR = """\
from doorstop import DoorstopError


def item_validator(item):
    if not item.get("revision"):
        yield DoorstopError("revision is missing")
"""


def doorstop_files(case: Case) -> Files:
    """References between documents stay out: they run in circles, which doorstop's links may not."""
    numbers = {role.id: f"ROLE-{number:04}" for number, role in enumerate(case.whole.roles, 1)}
    files = {"revision_required.py": DOORSTOP_VALIDATOR, "role/.doorstop.yml": doorstop_settings("ROLE")}
    files |= {f"{kind.lower()}/.doorstop.yml": doorstop_settings(kind, "ROLE") for kind in ("SOP", "WI", "TRN")}
    files |= {f"role/{number}.yml": doorstop_item(role) for role, number in numbers.items()}
    for document in case.whole.documents:
        owner = numbers.get(case.owner(document), "ROLE-9999")
        item = doorstop_item(document.body, owner, case.revision(document))
        files[f"{document.kind.lower()}/{document.id}.yml"] = item
    return files


def doorstop_settings(prefix: str, parent: str | None = None) -> str:
    above = f"  parent: {parent}\n" if parent else ""
    extensions = "extensions:\n  item_validator: ../revision_required.py\n" if parent else ""
    return f"settings:\n  digits: 4\n{above}  prefix: {prefix}\n  sep: '-'\n{extensions}"


def doorstop_item(text: str, link: str | None = None, revision: str | None = None) -> str:
    links = f"links:\n- {link}: null\n" if link else "links: []\n"
    field = f"revision: {revision}\n" if revision else ""
    block = "".join(f"  {line}\n" if line else "\n" for line in text.splitlines())
    return (
        f"active: true\nderived: false\nheader: ''\nlevel: 1.0\n{links}"
        f"normative: true\nref: ''\nreviewed: null\n{field}text: |\n{block}"
    )


def doorstop_reports(case: Case) -> Reports:
    """Its search for circles ends the run at a link that leads nowhere, so that no item is named."""
    return ("ERROR: no item with UID: ROLE-9999",), (f"{case.incomplete}: revision is missing",)


# compliance-trestle: an OSCAL catalog for each document, its owner a responsible party


def trestle_files(case: Case) -> Files:
    files = {".trestle/config.ini": ""}
    for document in case.whole.documents:
        files[f"catalogs/{document.id}/catalog.json"] = json.dumps(trestle_catalog(case, document), indent=2)
    return files


def trestle_catalog(case: Case, document: Document) -> dict[str, object]:
    party = {"role-id": case.owner(document), "party-uuids": [str(uuid5(NAMESPACE_URL, document.owner))]}
    metadata: dict[str, object] = {
        "title": document.title,
        "last-modified": f"{document.revisions[0].effective}T00:00:00+00:00",
        "version": case.revision(document),
        "oscal-version": "1.1.3",
        "roles": [{"id": document.owner, "title": document.owner}],
        "responsible-parties": [party],
    }
    parts = [{"name": "statement", "prose": document.body}]
    catalog = {
        "uuid": str(uuid5(NAMESPACE_URL, document.id)),
        "metadata": {key: value for key, value in metadata.items() if value is not None},
        "controls": [{"id": document.id.lower(), "title": document.title, "parts": parts}],
    }
    return {"catalog": catalog}


def trestle_reports(case: Case) -> Reports:
    return (
        (f"catalogs/{case.dangling}/", "references in responsible parties"),
        ("metadata.version: required field is missing",),
    )


# sphinx-needs: a page with one need for each document, links of two kinds, a schema that requires the field

SPHINX_CONF = """\
project = "Quality system"
extensions = ["sphinx_needs"]
needs_id_regex = "^[A-Za-z0-9-]{3,}"
needs_types = [
    {"directive": name, "title": name, "prefix": "", "color": "#ffffff", "style": "node"}
    for name in ("sop", "wi", "trn", "jobrole")
]
needs_links = {
    "owner": {"incoming": "owns", "outgoing": "is owned by"},
    "references": {"incoming": "is referenced by", "outgoing": "references"},
}
needs_fields = {"revision": {"nullable": True}}
needs_schema_definitions = {
    "schemas": [
        {
            "id": "revision-required",
            "severity": "violation",
            "select": {"properties": {"type": {"enum": ["sop", "wi", "trn"]}}},
            "validate": {"local": {"required": ["revision"]}},
        }
    ]
}
"""
SPHINX_INDEX = "Quality system\n==============\n\n.. toctree::\n   :glob:\n\n   roles\n   docs/*\n"


def sphinx_files(case: Case) -> Files:
    roles = "".join(f".. jobrole:: {role.id}\n   :id: {role.id}\n\n" for role in case.whole.roles)
    files = {"conf.py": SPHINX_CONF, "index.rst": SPHINX_INDEX, "roles.rst": f"Roles\n=====\n\n{roles}"}
    return files | {f"docs/{document.id}.rst": sphinx_page(case, document) for document in case.whole.documents}


def sphinx_page(case: Case, document: Document) -> str:
    options = {
        "id": document.id,
        "owner": case.owner(document),
        "references": ", ".join(document.references),
        "revision": case.revision(document),
    }
    head = "".join(f"   :{key}: {value}\n" for key, value in options.items() if value)
    body = "".join(map(sphinx_line, document.body.splitlines()[1:]))
    rule = "=" * len(document.id)
    return f"{document.id}\n{rule}\n\n.. {document.kind.lower()}:: {document.title}\n{head}{body}"


def sphinx_line(line: str) -> str:
    text = line.removeprefix("## ")
    return f"   {text if text == line else f'**{text}**'}\n" if line else "\n"


def sphinx_reports(case: Case) -> Reports:
    return (
        (f"Need '{case.dangling}' has unknown outgoing link '{NOBODY}' in field 'owner'",),
        (f"Need '{case.incomplete}' has schema violations",),
    )


# qmsci: the documents with what gives them a meaning: roles, activities, people, each revision's assignments


def qmsci_files(case: Case) -> Files:
    files = founding(case.whole, 0, SEED)
    for document in case.whole.documents:
        text = files[document.path]
        text = text.replace(f"\nowner: {document.owner}\n", f"\nowner: {case.owner(document)}\n", 1)
        if case.revision(document) is None:
            text = text.replace(f"  - revision: {document.revisions[0].label}\n    ", "  - ", 1)
        files[document.path] = text
    return files


def qmsci_reports(case: Case) -> Reports:
    return (f"/{case.dangling}-", "unknown-reference", NOBODY), (
        f"/{case.incomplete}-",
        "unreadable",
        "revision",
    )
