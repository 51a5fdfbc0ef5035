"""What the clock does about seats: expiry and vacancies are entered, what is no longer needed is destroyed, old requests sealed."""

from datetime import datetime

from sqlalchemy.orm import Session

from governance.services import appointments, officers, result_challenges, seat_holders, seat_requests


def advance(session: Session, *, now: datetime) -> int:
    """Do what is due; doing it again changes nothing. How many entries were made and texts destroyed."""
    done = seat_holders.tend(session, now=now) + seat_requests.seal(session)
    erased = appointments.erase(session, now=now) + result_challenges.erase(session, now=now)
    if erased:
        officers.note(session, officers.CLOCK, f"destroyed {erased} texts about appointments and results", now=now)
    return done + erased
