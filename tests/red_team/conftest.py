"""The company that the red team attacks, founded once."""

from __future__ import annotations

import pytest

from tests.company import founded
from tests.red_team.raids import Ground


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The company, and room for copies of it."""
    folder = tmp_path_factory.mktemp("red-team")
    return Ground(founded(folder), folder / "copies")
