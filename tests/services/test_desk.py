"""The desk: those who come together share a transaction, and each is answered for itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from sqlalchemy.orm import Session

from governance.board import checkpoint, merkle
from governance.domain.limits import REFUSED
from governance.errors import GovernanceError, MalformedError
from governance.services import boards, often, voting
from governance.services.desk import Desk
from governance.services.voting import Received
from tests.services.stage import ELECTION, OPEN, Stage, sealed


@pytest.fixture
def opened(stage: Stage) -> Stage:
    stage.until_open(12)
    return stage


def test_all_who_come_at_once_get_a_receipt_and_the_bad_one_a_reason(opened: Stage) -> None:
    ballots = [*sealed(opened, range(1, 9)), ("m9", b"no ballot")]
    receipts: dict[str, Received] = {}
    errors: dict[str, GovernanceError] = {}
    transactions: list[int] = []

    @contextmanager
    def transaction() -> Iterator[Session]:
        transactions.append(1)
        with opened.writing() as session:
            yield session

    desk, together = Desk(transaction), Barrier(len(ballots))

    def client(member: str, raw: bytes) -> None:
        together.wait()
        try:
            receipts[member] = desk.cast(member, ELECTION, raw, now=OPEN)
        except GovernanceError as error:
            errors[member] = error

    threads = [Thread(target=client, args=one) for one in ballots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(receipts) == 8
    assert isinstance(errors["m9"], MalformedError)
    assert len(transactions) < len(ballots)
    assert len({one.index for one in receipts.values()}) == 8
    for member, raw in ballots[:8]:
        head = checkpoint.parse(receipts[member].checkpoint)
        merkle.check_inclusion(merkle.leaf(raw), receipts[member].index, head.size, receipts[member].path, head.root)
    with opened.reading() as session:
        assert voting.turnout(session, ELECTION)[0] == 8


def test_a_transaction_that_fails_takes_nothing_and_answers_nobody(opened: Stage) -> None:
    size = opened.size()
    broken = True

    @contextmanager
    def transaction() -> Iterator[Session]:
        with opened.writing() as session:
            yield session
            if broken:
                raise OSError

    desk = Desk(transaction)
    ((member, raw),) = sealed(opened, (1,))
    with pytest.raises(OSError):  # noqa: PT011  it has no words
        desk.cast(member, ELECTION, raw, now=OPEN)
    assert opened.size() == size

    broken = False
    assert desk.cast(member, ELECTION, raw, now=OPEN).index == size


def test_a_refusal_is_counted(opened: Stage) -> None:
    desk = Desk(opened.writing)
    for _ in range(REFUSED.times):
        with pytest.raises(MalformedError):
            desk.cast("m1", ELECTION, b"no ballot", now=OPEN)

    with opened.reading() as session:
        assert often.reached(session, REFUSED, "m1", OPEN)
        assert boards.size(session, ELECTION) == opened.size()
