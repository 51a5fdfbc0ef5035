"""Roles: who gives and takes them, and who cannot have them."""

from dataclasses import replace

import pytest

from governance.domain.draft import Candidate
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import consents, elections, officers, roles
from governance.services.consents import Act, Wish
from governance.services.officers import COMMAND, Two
from tests.services.stage import ELECTION, START, TWO, Stage, a_draft


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up()
    return stage


def held(stage: Stage, member: str) -> frozenset[Role]:
    with stage.reading() as session:
        return officers.person(session, member).roles - {Role.MEMBER}


def test_a_role_that_decides_is_given_by_two(ready: Stage) -> None:
    wish = Wish(Act.GRANT, member="m1", role="officer")
    with ready.writing() as session:
        with pytest.raises(NotPermittedError, match="two people"):
            roles.grant(session, "officer", "m1", Role.OFFICER, now=START)
        number = consents.ask(session, "secretary", wish, "One more.", now=START)
        assert (
            consents.show(session, "officer", number, now=START).what
            == "Give Member 1 (m1@example.org) the role of officer"
        )
        consents.approve(session, "officer", number, now=START)

    assert held(ready, "m1") == {Role.OFFICER}
    with ready.reading() as session:
        line = officers.log(session, "officer")[0]
    assert (line.who, line.second) == ("Official secretary", "Official officer")


def test_and_taken_away_by_two_others(ready: Stage) -> None:
    with ready.writing() as session:
        roles.grant(session, COMMAND, "m1", Role.OFFICER, now=START)
        wish = Wish(Act.REVOKE, member="m1", role="officer")
        with pytest.raises(NotPermittedError, match="Somebody else has to change your roles"):
            consents.ask(session, "m1", wish, "I go.", now=START)
        number = consents.ask(session, "officer", wish, "Moved on.", now=START)
        with pytest.raises(NotPermittedError, match="Somebody else has to change your roles"):
            consents.approve(session, "m1", number, now=START)
        consents.approve(session, "secretary", number, now=START)

    assert held(ready, "m1") == frozenset()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECRETARIAT])
def test_the_last_one_stays(ready: Stage, role: Role) -> None:
    member = {Role.OFFICER: "officer", Role.SECRETARIAT: "secretary"}[role]
    with ready.writing() as session:
        for one in ("m1", "m2"):
            other = Role.SECRETARIAT if role is Role.OFFICER else Role.OFFICER
            roles.grant(session, COMMAND, one, other, now=START)
        asking = "m1" if role is Role.SECRETARIAT else "secretary"
        with pytest.raises(RuleError, match=f"Nobody else has the role of {role}"):
            consents.ask(session, asking, Wish(Act.REVOKE, member=member, role=role), "Gone.", now=START)

    assert held(ready, member) == {role}


def test_whoever_stands_or_makes_the_codes_does_not_become_an_officer(ready: Stage) -> None:
    first = a_draft().contests[0]
    mine = replace(first, candidates=(*first.candidates, Candidate("m", "Member 1", member="m1")))
    ready.draft(a_draft(contests=(mine,)))
    with ready.writing() as session:
        with pytest.raises(RuleError, match="a returning officer cannot stand"):
            roles.grant(session, COMMAND, "m1", Role.OFFICER, now=START)
        with pytest.raises(RuleError, match="apart from those who decide"):
            roles.grant(session, TWO, "registrar", Role.OFFICER, now=START)
        roles.grant(session, COMMAND, "m2", Role.OFFICER, now=START)
        elections.edit(session, "m2", ELECTION, a_draft(registrar="m2"), 2, now=START)

        assert any("stays apart" in one for one in elections.problems(session, ELECTION))


def test_a_role_that_does_not_decide_takes_one_person(ready: Stage) -> None:
    with ready.writing() as session:
        roles.grant(session, "secretary", "m1", Role.TRUSTEE, now=START)
        roles.grant(session, "secretary", "m1", Role.TRUSTEE, now=START)
        with pytest.raises(NotPermittedError):
            roles.revoke(session, "t1", "m1", Role.TRUSTEE, now=START)
        with pytest.raises(NotPermittedError):
            roles.grant(session, Two("officer", "officer"), "m2", Role.TRUSTEE, now=START)

    assert held(ready, "m1") == {Role.TRUSTEE}
