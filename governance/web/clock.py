"""Elections open and close by the clock: before a request, at most once a minute, what is due is done.

`governance advance` does the same from a timer, so that an election closes on a server that nobody asks anything. Nothing
depends on either being punctual: a ballot is judged by the time at which it comes.
"""

from datetime import timedelta
from threading import Lock

from flask import Flask, current_app, request

from governance.errors import GovernanceError
from governance.services import continuity, interests, retention, running, seat_clock
from governance.web.extensions import has_database, now, published, reading, transaction

EVERY = timedelta(minutes=1)
_LOOKED = "governance clock"
_looking = Lock()


def advance() -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Do what the clock has to do now; each election in a transaction of its own, so that none keeps the others waiting.

    Returns:
        What was done of each election, and the elections of which it could not be done: why stands in the log.
    """
    with reading() as reader:
        due = running.due(reader, now())
    done, failed = [], []
    for election in due:
        try:
            with transaction() as writer:
                done.append((election, running.advance(writer, election, now=now())))
        except GovernanceError:
            current_app.logger.exception("the clock, for %s", election)
            failed.append(election)
    try:
        tend()
    except GovernanceError:
        current_app.logger.exception("the clock, for the register of seats")
    try:
        with reading() as reader:
            continuity.mark(reader, published())
    except OSError as error:
        current_app.logger.error("the clock, for the marks of the boards: %s", error.strerror)  # noqa: TRY400  no trace
    return done, failed


def tend() -> None:
    """What follows by itself beside elections: terms that are over, vacancies, yearly reminders, what is erased by its time."""
    with transaction() as writer:
        seat_clock.advance(writer, now=now())
        interests.remind(writer, now=now())
    with transaction() as writer:
        retention.tend(writer, now=now())


def look() -> None:
    """Before a request; what goes wrong is for the log, and no reader's business."""
    if request.endpoint in (None, "static") or not has_database() or not _looking.acquire(blocking=False):
        return
    try:
        last, at = current_app.extensions.get(_LOOKED), now()
        if last is None or not timedelta(0) <= at - last < EVERY:
            current_app.extensions[_LOOKED] = at
            advance()
    except GovernanceError:
        current_app.logger.exception("the clock")
    finally:
        _looking.release()


def register(app: Flask) -> None:
    app.before_request(look)
