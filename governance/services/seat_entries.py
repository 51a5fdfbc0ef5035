"""The entries of a body, for those who correct them; and what is asked for when one is struck out."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from governance.domain.seats import facts as f
from governance.domain.seats import register, words
from governance.domain.seats.facts import Fact
from governance.domain.seats.register import Register, Wish
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError
from governance.services import officers, seats
from governance.services.seat_requests import Act, Request

WHOLE = (f.SeatCreated, f.Seated, f.Offered, f.Named)
"""What is struck out with all that is said of the same thing: it makes no sense without."""
BY_ITSELF = (f.Struck, f.Vacant)
"""What follows by itself, or stands for good: no correction of it is offered."""


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry.

    Attributes:
        corrects: The number of the entry that it corrects; 0 for none.
        corrected: The number of the entry that corrects it; 0 while it stands.
        by: Who entered it, and `second`, who approved it: names, or “clock”.
    """

    number: int
    recorded: datetime
    told: str
    why: str
    corrects: int
    corrected: int
    by: str
    second: str
    fact: Fact

    @property
    def open(self) -> bool:
        """Whether a correction of it can be asked for."""
        return not self.corrected and not isinstance(self.fact, BY_ITSELF)


def every(session: Session, by: str, body: str) -> list[Entered]:
    """Every entry about a body, its seats, its holdings and their people, the newest first.

    Raises:
        NotPermittedError: Only the secretariat and officers may: it names who entered what.
    """
    officers.require(session, by, Role.SECRETARIAT, Role.OFFICER)
    kept = seats.load(session)
    found, corrected = kept.book(), kept.corrected
    names = officers.names(session, {who for one in kept.entries for who in (one.by, one.second) if who})
    return [
        Entered(
            one.number,
            one.recorded,
            words.tell(one.fact, found),
            one.why,
            one.supersedes,
            corrected.get(one.number, 0),
            names.get(one.by, one.by),
            names.get(one.second, one.second),
            one.fact,
        )
        for one in reversed(kept.concerning(_of(kept, body)))
    ]


def _of(kept: Register, body: str) -> set[str]:
    """Ids of all that the register ever said of a body: what was struck out too."""
    own = {body}
    for one in kept.entries:
        fact = one.fact
        if isinstance(fact, f.SeatCreated) and fact.body == body:
            own.add(fact.seat)
        elif isinstance(fact, f.Offered | f.Seated) and fact.seat in own:
            own |= {fact.holding, fact.person}
    return own


def show(session: Session, by: str, body: str, number: int) -> Entered:
    """One entry that stands.

    Raises:
        NotFoundError: The body has no such entry.
        NotPermittedError: As `every`; or it follows by itself or was corrected already.
    """
    for one in every(session, by, body):
        if one.number != number:
            continue
        if one.corrected:
            msg = f"Entry {number} was corrected already: correct entry {one.corrected} instead."
            raise NotPermittedError(msg)
        if not one.open:
            msg = "This follows by itself from other entries: correct those."
            raise NotPermittedError(msg)
        return one
    raise seats.nothing()


def struck(session: Session, one: Entered, day: date) -> Request:
    """The request to strike an entry out; of a seat, a holding or a person, all that is said of it.

    Raises:
        RuleError: The register says nothing of it any more.
    """
    if not isinstance(one.fact, WHOLE):
        return Request(Act.ENTER, (Wish(f.Struck(day), one.number),))
    kept, wishes = seats.load(session), list[Wish]()
    thing = register.about(one.fact)
    if isinstance(one.fact, f.Named | f.SeatCreated):  # and the holdings of that person, or of that seat
        for fact in kept.standing.values():
            if isinstance(fact, f.Offered | f.Seated) and thing in (fact.person, fact.seat):
                wishes += register.struck(kept, fact.holding, day)
    return Request(
        Act.ENTER, tuple({wish.supersedes: wish for wish in [*wishes, *register.struck(kept, thing, day)]}.values())
    )


def replaced(one: Entered, fact: Fact) -> Request:
    """The request to put another fact in the place of an entry."""
    return Request(Act.ENTER, (Wish(fact, one.number),))


def changed(fact: Fact, **given: object) -> Fact:
    """A fact with other values in those of its fields that are given."""
    names = {one.name for one in fields(fact)}
    return replace(fact, **{name: value for name, value in given.items() if name in names})  # type: ignore[arg-type]
