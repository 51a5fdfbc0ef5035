"""Mail about nominations. Who nominated, who seconded and whatever is decided stands on the page alone."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain.calendar import in_utc
from governance.domain.membership import Status, address
from governance.domain.nominations.record import Nomination
from governance.domain.signing_in import Role
from governance.services import officers, often, post
from governance.services.nomination_rules import Setting
from governance.store.members import Member, MemberRole


def nominated(session: Session, here: Setting, one: Nomination, email: str, link: str, *, now: datetime) -> None:
    """Tell whoever was nominated, if they are a member; what an address costs is counted either way."""
    few = often.count(session, limits.NOMINEE_MAIL, address(email), now)
    member = session.scalar(select(Member).filter_by(address=address(email), status=Status.ACTIVE))
    if member is None or not few:
        return
    until = here.accepted_until
    _send(
        session,
        member,
        "You have been nominated",
        f"Somebody has nominated you for “{here.contest_title(one.contest)}” in “{here.title}”.\n\n"
        "Nobody else sees that. You stand only if you accept; to say no is quite all right, and needs no reason. "
        f"Please answer by {in_utc(until)}{_where(link, one.number)}",
        now=now,
        expires=until,
    )


def answered(session: Session, here: Setting, one: Nomination, link: str, *, accepted: bool, now: datetime) -> None:
    """Tell the nominator that there is an answer."""
    member = session.get(Member, one.by)
    if member is None or one.itself:
        return
    told = (
        "was accepted. Members can see it now, and second it."
        if accepted
        else "was declined. Nobody needs a reason for that, and none was asked for."
    )
    _send(
        session,
        member,
        f"Nomination {one.number} was {'accepted' if accepted else 'declined'}",
        f"The nomination that you made for “{here.contest_title(one.contest)}” in “{here.title}” "
        f"(number {one.number}) {told}\n\nYou find it here{_where(link, one.number)}",
        now=now,
    )


def supported(session: Session, here: Setting, one: Nomination, link: str, *, now: datetime) -> None:
    """Tell the nominee that enough members have seconded."""
    member = session.get(Member, one.nominee)
    if member is None or not often.count(session, limits.ENOUGH_MAIL, str(one.number), now):
        return
    _send(
        session,
        member,
        "Your nomination has enough support",
        f"Enough members have seconded your nomination for “{here.contest_title(one.contest)}” in “{here.title}”.\n\n"
        f"Who they are, and what else there is to do, you see here{_where(link, one.number)}",
        now=now,
    )


def withdrawn(session: Session, here: Setting, one: Nomination, *, now: datetime) -> None:
    """Tell the officers of a withdrawal that leaves something for them to do."""
    if here.row.frozen is None:
        todo = "The list of candidates is off the ballot again: adopt it without them."
    elif here.elected(one.contest, one.candidate):
        todo = "They are elected without a vote, and do not take the place: it is vacant, and a notice should say so."
    else:
        todo = (
            "The roll is frozen, so two people have to take them out, once the election is announced: "
            "“A candidate withdraws”, on your page of the election."
        )
    officers_ = select(Member).join(MemberRole).filter_by(role=Role.OFFICER).where(Member.status == Status.ACTIVE)
    for member in session.scalars(officers_.order_by(Member.id)):
        _send(
            session,
            member,
            "A candidate has withdrawn",
            f"Somebody who stands in “{here.contest_title(one.contest)}” of “{here.title}” has withdrawn "
            f"(nomination {one.number}).\n\n{todo}\n",
            now=now,
        )


def changed(session: Session, people: Iterable[str], title: str, what: str, why: str, *, now: datetime) -> None:
    """Tell a candidate that an officer “changed your statement”, and why; what it is now stands on the page."""
    found = session.scalars(select(Member).where(Member.id.in_(set(people))).order_by(Member.id))
    for member in found.all():
        _send(
            session,
            member,
            f"A returning officer {what}",
            f"A returning officer {what}, for “{title}”. They give as the reason:\n\n{why}\n\n"
            "To see what stands there now, sign in, and open the page of the election. If it is not right, write to us.\n",
            now=now,
        )


def _where(link: str, number: int) -> str:
    """The end of a sentence: where to click, or where to look."""
    return f":\n\n{link}/{number}\n" if link else ". Sign in, and look at “What needs me now”.\n"


def _send(
    session: Session, member: Member, subject: str, text: str, *, now: datetime, expires: datetime | None = None
) -> None:
    contact = officers.organisation(session).contact
    whole = f"Dear {member.name},\n\n{text}\nQuestions: {contact}\n"
    post.queue(session, member.email, subject, whole, now=now, expires=expires)
