"""Nominations for members: who is nominated, accepts, seconds, withdraws (docs/nominations.md, section 2).

Somebody else is named by an e-mail address, and nothing tells whether a member has it: not the answer, not what the
nominator sees, until the nominee answers. So the rules for standing are asked when the nominee accepts.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain.eligibility.language import Purpose
from governance.domain.membership import Status, address
from governance.domain.nominations.record import Event, Kind
from governance.errors import NotPermittedError, RuleError
from governance.services import (
    nomination_mail,
    nomination_records,
    nomination_rules,
    officers,
    often,
    withdrawals,
)
from governance.services.nomination_records import Filed
from governance.services.nomination_rules import Setting, setting, visible
from governance.services.nomination_views import Offer, Open, Seeking, Seen, in_time, mine, offers, seeking, show
from governance.store.members import Member
from governance.store.nominations import NominationRow

__all__ = [
    "MOST_LETTERS",
    "SOMEBODY",
    "Offer",
    "Open",
    "Seeking",
    "Seen",
    "accept",
    "decline",
    "in_time",
    "mine",
    "nominate",
    "offers",
    "require_writing",
    "second",
    "seeking",
    "show",
    "take_back",
    "withdraw",
]
MOST_LETTERS = 320
"""Of an e-mail address."""
SOMEBODY = "a member"
"""Who acted, in the log, before the nomination is seen by others; its own record has the id."""


# ---- nominating ------------------------------------------------------------------------------------------------------


def nominate(
    session: Session, by: str, election: str, contest: str, *, email: str = "", now: datetime, link: str = ""
) -> int:
    """Nominate oneself, or the member with an e-mail address: whether there is one makes no difference that shows.

    Args:
        session: The database.
        by: Who does it.
        election: Its id.
        contest: Its id.
        email: Of somebody else; empty for oneself, who has accepted with it.
        now: The time.
        link: Where the election's nominations are shown, for the mail.

    Returns:
        The number of the nomination; of the one that is there already, if it is the same.

    Raises:
        NotFoundError: There is no such election or contest.
        NotPermittedError: The membership is not active.
        RuleError: Not now, not by the terms or the rules, or an officer, registrar or trustee wants to stand.
        TooOftenError: They nominated very often.
    """
    here = setting(session, election, now=now)
    person = officers.person(session, by)
    nomination_rules.contest(here, contest)
    email = email.strip()
    about = nomination_records.of_member(session, election, by)
    if email and (again := _same(session, about, by, contest, email)):
        return again
    mine = nomination_rules.mine_in((one.nomination for one in about), by, contest)
    if not email and mine is not None and mine.accepted is not None and mine.itself:
        return mine.number
    why = nomination_rules.closed(here) or nomination_rules.not_by(here, itself=not email)
    why = why or nomination_rules.may_not(here, by, Purpose.NOMINATE, contest)
    if email:
        why = why or _not_address(email, person.email)
    elif mine is not None and mine.accepted is None:
        why = why or "Somebody has nominated you in this contest already: accept that nomination instead."
    else:
        why = why or nomination_rules.cannot_stand(here, by, contest)
    if why:
        raise RuleError(why)
    if not often.count(session, limits.NOMINATE, by, now):
        raise limits.NOMINATE.refuse()
    row = NominationRow(election_id=election, contest=contest, nominee_id=by, candidate="", named=None)
    if email:
        asked = select(Member.id).filter_by(address=address(email), status=Status.ACTIVE)
        row.nominee_id, row.named = session.scalar(asked), nomination_records.seal(session, email)
    else:
        row.candidate = nomination_rules.candidate_id(here, by)
    filed = nomination_records.begin(session, row, by, now=now)
    told = f"made nomination {filed.row.id} in {contest}"
    officers.note(session, SOMEBODY if email else by, told, election=election, now=now)
    if email:
        nomination_mail.nominated(session, here, filed.nomination, email, link, now=now)
    return filed.row.id


def _same(session: Session, about: Iterable[Filed], by: str, contest: str, email: str) -> int:
    """The number of the nomination that somebody has made already of this address; 0 if there is none."""
    for filed in about:
        one = filed.nomination
        if one.by != by or one.contest != contest or one.withdrawn is not None:
            continue
        if address(nomination_records.unseal(session, filed.row.named)) == address(email):
            if one.declined is not None:
                msg = "They have declined your nomination in this contest. Please leave it at that."
                raise RuleError(msg)
            return one.number
    return 0


def _not_address(email: str, own: str) -> str:
    name, at, host = email.partition("@")
    if not (name and at and host) or " " in email or not email.isprintable() or len(email) > MOST_LETTERS:
        return "This is no e-mail address. It looks like name@example.org."
    return "This is your own address: nominate yourself instead." if address(email) == address(own) else ""


# ---- the nominee -----------------------------------------------------------------------------------------------------


def accept(session: Session, by: str, election: str, number: int, *, now: datetime, link: str = "") -> None:
    """Accept a nomination; from then on members see it. Accepted already, it is not accepted twice.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: Only the nominee may, while the membership is active.
        RuleError: It was declined or withdrawn, not in time, or they cannot stand (`nomination_rules.cannot_stand`).
    """
    here, filed = _own(session, by, election, number, now=now)
    one = filed.nomination
    if one.ended:
        msg = f"You have {'declined' if one.declined else 'withdrawn'} this nomination. Somebody can make a new one."
        raise RuleError(msg)
    if one.accepted is not None:
        return
    why = nomination_rules.answered(here)
    why = why or nomination_rules.cannot_stand(here, by, one.contest)
    if why:
        raise RuleError(why)
    filed.row.candidate = nomination_rules.candidate_id(here, by)
    nomination_records.add(session, filed, Event(0, Kind.ACCEPTED, now, by))
    officers.note(session, by, f"accepted nomination {number}", election=election, now=now)
    nomination_mail.answered(session, here, one, link, accepted=True, now=now)


def decline(session: Session, by: str, election: str, number: int, *, now: datetime, link: str = "") -> None:
    """Say no to a nomination; the nominator is told. Declined already, it is not declined twice.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: Only the nominee may, while the membership is active.
        RuleError: It was accepted, or the time to answer is over.
    """
    here, filed = _own(session, by, election, number, now=now)
    one = filed.nomination
    if one.declined is not None:
        return
    if one.accepted is not None:
        msg = "You have accepted this nomination. If you no longer want to stand, withdraw it."
        raise RuleError(msg)
    if why := nomination_rules.answered(here):
        raise RuleError(why)
    nomination_records.add(session, filed, Event(0, Kind.DECLINED, now, by))
    officers.note(session, SOMEBODY, f"declined nomination {number}", election=election, now=now)
    nomination_mail.answered(session, here, one, link, accepted=False, now=now)


def withdraw(session: Session, by: str, election: str, number: int, *, now: datetime) -> None:
    """Withdraw a nomination that one has accepted, as `withdrawals.withdraw`.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: Only the nominee may, while the membership is active.
        RuleError: It was not accepted, or voting has closed.
    """
    here, filed = _own(session, by, election, number, now=now)
    withdrawals.withdraw(session, here, filed, now=now)


def require_writing(session: Session, by: str, election: str, number: int, *, now: datetime) -> str:
    """Check that a nominee may still write, give a photo and declare; gives their id as a candidate.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: Only the nominee may, while the membership is active.
        RuleError: It is not accepted, or the time to correct is over.
    """
    here, filed = _own(session, by, election, number, now=now)
    if filed.nomination.accepted is None or filed.nomination.ended:
        msg = (
            "Accept the nomination first." if not filed.nomination.ended else "You no longer stand by this nomination."
        )
        raise RuleError(msg)
    if why := nomination_rules.answered(here):
        raise RuleError(why)
    return filed.row.candidate


def _own(session: Session, by: str, election: str, number: int, *, now: datetime) -> tuple[Setting, Filed]:
    here, filed = visible(session, by, election, number, now=now)
    if filed.nomination.nominee != by:
        msg = "Only whoever is nominated can do this."
        raise NotPermittedError(msg)
    return here, filed


# ---- seconders -------------------------------------------------------------------------------------------------------


def second(session: Session, by: str, election: str, number: int, *, now: datetime, link: str = "") -> None:
    """Second a nomination; seconded already, it is not seconded twice.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: The membership is not active.
        RuleError: Not now, not accepted or no longer standing, they nominated or are nominated, or the rules say no.
        TooOftenError: They seconded very often.
    """
    here, filed = visible(session, by, election, number, now=now)
    one = filed.nomination
    if by in one.seconders and not one.ended:
        return
    if why := nomination_rules.cannot_second(here, one, by):
        raise RuleError(why)
    if not often.count(session, limits.SECOND, by, now):
        raise limits.SECOND.refuse()
    before = nomination_rules.supported(here, one).enough
    nomination_records.add(session, filed, Event(0, Kind.SECONDED, now, by))
    officers.note(session, by, f"seconded nomination {number}", election=election, now=now)
    if not before and nomination_rules.supported(here, one).enough:
        nomination_mail.supported(session, here, one, link, now=now)


def take_back(session: Session, by: str, election: str, number: int, *, now: datetime) -> None:
    """Take one's seconding back, while nominations are open; where there is none, nothing is done.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: The membership is not active.
        RuleError: Nominations are over, or the nominee has withdrawn.
    """
    here, filed = visible(session, by, election, number, now=now)
    one = filed.nomination
    if by not in one.seconders:
        return
    if why := nomination_rules.closed(here) or ("The nominee has withdrawn." if one.ended else ""):
        raise RuleError(why)
    if not often.count(session, limits.SECOND, by, now):
        raise limits.SECOND.refuse()
    nomination_records.add(session, filed, Event(0, Kind.UNSECONDED, now, by))
    officers.note(session, by, f"no longer seconds nomination {number}", election=election, now=now)
