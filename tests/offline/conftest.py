"""One election by the tools, played once; a test gets a copy of it as it was after the step it names."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.offline import safe, vote
from tests.offline import stage as stages
from tests.offline.stage import Stage

At = Callable[[str], Stage]


@pytest.fixture(scope="session", autouse=True)
def _cheap() -> Iterator[None]:
    """Passphrases in tests guard nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(safe, "COST", safe.Cost(memory=8, passes=1, lanes=1))
        yield


@pytest.fixture(scope="session")
def played(_cheap: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return stages.build(tmp_path_factory.mktemp("election"))


@pytest.fixture
def at(played: dict[str, Path], tmp_path: Path) -> At:
    """The election after a step, in a folder of the test's own."""

    def copy(step: str) -> Stage:
        return Stage(shutil.copytree(played[step], tmp_path / step))

    return copy


@pytest.fixture
def in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A voter's clock, while voting is open."""
    monkeypatch.setattr(vote, "now", lambda: datetime(2026, 3, 2, tzinfo=UTC))
