"""A body on stage for its pages: an election that is counted, certified, on its way to seats."""

from governance.board import checkpoint
from governance.services import boards, certification, seat_holders, verifier_reports
from governance.services.seat_requests import Act, Request
from tests.services import seated
from tests.services.stage import ELECTION, Stage


def count(stage: Stage) -> None:
    """Member 3 and Member 4 are elected; Member 5 is next, then Member 6."""
    stage.draft(seated.the_draft())
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, "board", ["e1", "e2"], now=stage.now)
    stage.freeze()
    stage.announce()
    stage.open()
    with stage.writing() as session:
        for i in range(1, 10):
            ranking = [(0, 1, 2, 3), (1, 0, 2, 3), (0, 2, 1, 3)][i % 3]
            stage.troupe.vote(session, f"m{i}", [ranking], stage.now)
    stage.close()
    seated.count(stage)


def root(stage: Stage) -> str:
    """Of the record as it is, in hexadecimal."""
    with stage.reading() as session:
        return checkpoint.parse(boards.head(session, ELECTION)).root.hex()


def report(stage: Stage) -> None:
    told = root(stage)
    with stage.writing() as session:
        verifier_reports.enter(
            session, "officer", ELECTION, name="A verifier", tool="a tool", root=told, holds=True, now=stage.now
        )


def certify(stage: Stage) -> None:
    with stage.writing() as session:
        seated.approved(session, Request(Act.CERTIFY, election=ELECTION), now=stage.now)


def offered(stage: Stage, member: str) -> str:
    """The holding that is offered to a member, or theirs."""
    with stage.reading() as session:
        return seat_holders.mine(session, member, now=stage.now)[0].holding.id


def take(stage: Stage, member: str) -> None:
    holding = offered(stage, member)
    with stage.writing() as session:
        seat_holders.accept(session, member, holding, now=stage.now)
        seat_holders.declare(session, member, holding, "interests", now=stage.now)
