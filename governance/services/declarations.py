"""The register of declarations of interest: each answer is a line of its own, none is changed, the newest one holds.

What somebody declares is encrypted. It is shown to themselves, to officers and the secretariat (who are named in the log),
and, where the question said so when it was answered, with the candidate.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain.signing_in import Role
from governance.domain.terms import Question
from governance.errors import RuleError
from governance.services import officers, often, statements, views
from governance.store.declarations import Declaration
from governance.store.vault import Vault, vault

MOST_LETTERS = 1000
_SEALED = "declarations of interest"


@dataclass(frozen=True, slots=True)
class Declared:
    """One answer.

    Attributes:
        question: Its id; `asked`, the question as it was put.
        published: Whether it may be shown to everybody.
    """

    question: str
    asked: str
    yes: bool
    text: str
    published: bool
    made: datetime


def needed(session: Session, member: str, questions: Sequence[Question]) -> list[Question]:
    """The questions that a member has not answered: as they are put now, and knowing whether the answer is published."""
    done = answered(session, member, questions)
    return [one for one in questions if one.id not in done]


def answered(session: Session, member: str, questions: Sequence[Question]) -> frozenset[str]:
    """Ids of the questions that a member has answered."""
    return frozenset(one.question for one in answers(session, member, questions))


def answers(session: Session, member: str, questions: Sequence[Question]) -> list[Declared]:
    """What a member answers to these questions, in their order; whoever asks sees to who may know it."""
    newest = _newest(session, [member]).get(member, {})
    return [newest[one.id] for one in questions if one.id in newest and _holds(newest[one.id], one)]


def _holds(given: Declared, question: Question) -> bool:
    """Whether an answer is one to the question as it is put now."""
    return given.asked == question.text and (given.published or not question.published)


def problem(text: str, *, yes: bool) -> str:
    """Why an answer cannot be taken, in a sentence; empty if it can."""
    said = statements.tidy(text)
    if yes and not said:
        return "A few words are needed with a yes: from whom, and since when."
    if len(said) > MOST_LETTERS:
        return f"At most {MOST_LETTERS} letters, please; these are {len(said)}."
    return "" if statements.shows(said) else "There are signs in it that cannot be shown. Please type it anew."


def make(
    session: Session, by: str, question: Question, *, yes: bool, text: str = "", anew: bool = False, now: datetime
) -> None:
    """Answer a question; the same answer again adds nothing, but on a later day if it is kept `anew`: looked over.

    Raises:
        NotPermittedError: The membership is not active.
        RuleError: A yes without words, a text that is too long or cannot be shown, or very often.
    """
    officers.person(session, by)
    if why := problem(text, yes=yes):
        raise RuleError(why)
    said = statements.tidy(text)
    before = _newest(session, [by]).get(by, {}).get(question.id)
    same = before is not None and _holds(before, question) and (before.yes, before.text) == (yes, said)
    if same and before is not None and not (anew and before.made.date() < now.date()):
        return
    if not often.count(session, limits.WRITE, by, now):
        raise limits.WRITE.refuse()
    told = {"question": question.text, "yes": yes, "text": said}
    answer = vault(session).seal(_SEALED, json.dumps(told, ensure_ascii=False).encode())
    session.add(Declaration(member_id=by, question=question.id, answer=answer, published=question.published, made=now))
    session.flush()
    officers.note(session, by, f"made a declaration ({question.id})", now=now)


def history(session: Session, by: str, member: str, *, now: datetime) -> list[Declared]:
    """All that a member has declared, the newest first: for themselves, or for officials, who are named in the log.

    Raises:
        NotPermittedError: Another member asks, or the membership is not active.
    """
    if by != member:
        officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
        views.note(session, by, f"read the declarations of {member}", now=now)
    else:
        officers.person(session, by)
    box = vault(session)
    return [_told(box, row) for row in reversed(session.scalars(_of([member])).all())]


def published(
    session: Session, members: Collection[str], questions: Sequence[Question], until: datetime
) -> dict[str, list[Declared]]:
    """What members had declared at a time that everybody may see, by member, in the order of the questions.

    What is declared after the time to correct is in the register; else a candidate could write to voters here.
    """
    newest = _newest(session, members, until)
    shown = [one for one in questions if one.published]
    return {
        member: [
            told for one in shown if (told := newest.get(member, {}).get(one.id)) is not None and _holds(told, one)
        ]
        for member in members
    }


def told(
    session: Session, members: Collection[str], questions: Collection[str]
) -> dict[str, dict[str, list[Declared]]]:
    """All that members have answered to questions, by member and question, the newest first.

    Whoever asks sees to what may be shown: of each answer `published` says it.
    """
    box, found = vault(session), dict[str, dict[str, list[Declared]]]()
    for row in reversed(session.scalars(_of(members).where(Declaration.question.in_(questions))).all()):
        found.setdefault(row.member_id, {}).setdefault(row.question, []).append(_told(box, row))
    return found


def _of(members: Collection[str]) -> Select[Declaration]:
    return select(Declaration).where(Declaration.member_id.in_(members)).order_by(Declaration.id)


def _newest(
    session: Session, members: Collection[str], until: datetime | None = None
) -> Mapping[str, Mapping[str, Declared]]:
    """By member and question; what was made before a time, if one is given."""
    box = vault(session)
    query = _of(members) if until is None else _of(members).where(Declaration.made < until)
    last = {(row.member_id, row.question): row for row in session.scalars(query).all()}
    found: dict[str, dict[str, Declared]] = {}
    for (member, question), row in last.items():
        found.setdefault(member, {})[question] = _told(box, row)
    return found


def _told(box: Vault, row: Declaration) -> Declared:
    told = json.loads(box.open(_SEALED, row.answer))
    return Declared(row.question, told["question"], told["yes"], told["text"], row.published, row.made)
