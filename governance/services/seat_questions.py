"""The wording of the declarations that a body asks for before a seat is taken: as its newest election put the question."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.terms import PHARMA, Question
from governance.services import elections
from governance.store.elections import Election

INTERESTS = Question(
    "interests",
    "Do you have interests that could pull you another way in this seat: employers, funders, other offices?",
    published=False,
)
_KNOWN = {one.id: one for one in (PHARMA, INTERESTS)}


def question_of(session: Session, body: str, what: str) -> Question:
    """The question behind a declaration of this id; one in general words where no election of the body has put it."""
    rows = session.scalars(select(Election).filter_by(body_id=body).order_by(Election.created.desc(), Election.id))
    for row in rows:
        for one in elections.draft_of(row).nominations.questions:
            if one.id == what:
                return one
    words = what.replace("_", " ").replace("-", " ")
    return _KNOWN.get(what) or Question(what, f"Do you have anything to declare: {words}?", published=False)
