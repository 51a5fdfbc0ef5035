"""The stage on which an organisation is played; a register of seats on it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from governance.services import appointments
from governance.services.appointments import Plan
from tests.services import seated
from tests.services.seated import AFTER, at
from tests.services.stage import Stage, a_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        yield made


@pytest.fixture
def counted(stage: Stage) -> Stage:
    """A register, and a result: Member 3 and Member 4 are elected; Member 5 is next, then Member 6."""
    seated.begin(stage)
    seated.elect(stage)
    return stage


@pytest.fixture
def certified(counted: Stage) -> Stage:
    seated.certify(counted)
    return counted


@pytest.fixture
def calling(stage: Stage) -> tuple[Stage, int]:
    """A call for the appointed seat, with one application, on the day after its term ended."""
    seated.begin_and_end(stage)
    with stage.writing() as session:
        plan = Plan("a1", "Please apply.", date(2026, 5, 1), closes=at(2026, 4, 10))
        number = appointments.begin(session, "m12", plan, now=AFTER)
        appointments.apply(session, "m9", number, "A private reason.", now=AFTER)
    return stage, number
