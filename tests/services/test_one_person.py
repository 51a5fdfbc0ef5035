"""One person alone does not become two: not by ids, addresses, names or roles that they can change by themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import accounts, consents, elections, members, officers, post, roles, running
from governance.services.consents import Act, Wish
from governance.store.members import Member
from tests.services import devices
from tests.services.stage import ELECTION, START, Stage, a_calendar, a_draft, a_list

LATER = START + timedelta(hours=1)


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    stage.set_up()
    stage.draft()
    stage.now = LATER
    return stage


def imported(stage: Stage, *lines: str, by: str = "officer") -> None:
    with stage.writing() as session:
        data = a_list(lines)
        seen = members.preview(session, by, data)
        members.apply(session, by, data, seen.digest, now=stage.now)


def asked(stage: Stage, wish: Wish, by: str = "officer") -> int:
    with stage.writing() as session:
        return consents.ask(session, by, wish, "It is time.", now=stage.now)


def approve(stage: Stage, number: int) -> None:
    with stage.writing() as session:
        consents.approve(session, "secretary", number, now=stage.now)


@pytest.mark.parametrize("name", ["command", "clock"])
def test_no_member_is_the_command_or_the_clock(drafted: Stage, name: str) -> None:
    with pytest.raises(RuleError, match="need to be mended"):
        imported(drafted, f"{name},mallory@example.org,Mallory,Peru,Americas,2020-01-01,")
    with pytest.raises(RuleError, match="need to be mended"):
        imported(drafted, f"x1,mallory@example.org,{name.title()},Peru,Americas,2020-01-01,")

    with drafted.writing() as session:  # one who was there before it was refused
        there = session.get_one(Member, "m1")
        row = {one.name: getattr(there, one.name) for one in Member.__table__.columns}
        session.add(Member(**row | {"id": name, "address": "x@example.org"}))
    with drafted.reading() as session, pytest.raises(NotPermittedError):
        officers.person(session, name)


def test_a_role_is_given_to_whom_it_was_asked_for_and_no_other_mailbox(drafted: Stage) -> None:
    number = asked(drafted, Wish(Act.GRANT, member="m1", role=Role.SECRETARIAT))
    imported(drafted, "m1,mallory@example.org,Member 1,Peru,Americas,2020-01-02,")

    with pytest.raises(RuleError, match="something has changed"):
        approve(drafted, number)

    with drafted.reading() as session:
        assert officers.person(session, "m1").roles == {Role.MEMBER}


def test_whoever_approves_a_role_sees_the_mailbox(drafted: Stage) -> None:
    asked(drafted, Wish(Act.GRANT, member="m1", role=Role.SECRETARIAT))

    with drafted.reading() as session:
        (one,) = consents.waiting(session, now=drafted.now)
        seen = consents.show(session, "officer", one.number, now=drafted.now)

    assert one.what == "Give Member 1 the role of secretariat"  # a list names nobody's mailbox
    assert seen.what == "Give Member 1 (m1@example.org) the role of secretariat"


def test_officials_are_not_renamed_by_one_another(drafted: Stage) -> None:
    with pytest.raises(RuleError, match="need to be mended"):
        imported(drafted, "secretary,secretary@example.org,Official officer,France,Europe,2020-01-01,")


@pytest.mark.parametrize("official", ["t1", "registrar"])
def test_an_official_of_an_election_keeps_the_mailbox_while_the_role_is_away(drafted: Stage, official: str) -> None:
    role = Role.TRUSTEE if official == "t1" else Role.REGISTRAR
    with drafted.writing() as session:
        roles.revoke(session, "officer", official, role, now=drafted.now)

    with pytest.raises(RuleError, match="need to be mended"):
        imported(drafted, f"{official},mallory@example.org,Official {official},France,Europe,2020-01-01,")


def test_a_roll_that_grew_meanwhile_is_not_frozen(drafted: Stage) -> None:
    number = asked(drafted, Wish(Act.FREEZE, ELECTION))
    imported(drafted, "x1,mallory@example.org,Somebody,Peru,Americas,2020-01-01,")

    with pytest.raises(RuleError, match="something has changed"):
        approve(drafted, number)


def test_another_address_ends_sessions_and_links_and_the_old_one_is_told(drafted: Stage) -> None:
    with drafted.writing() as session:
        one = accounts.invite(session, "m1", now=drafted.now)
        token = accounts.redeem_link(session, one.link, one.ticket, now=drafted.now)
        under_way = accounts.invite(session, "m1", now=drafted.now)

    imported(drafted, "m1,new@example.org,Member 1,Peru,Americas,2020-01-02,")

    with drafted.reading() as session:
        assert devices.signed_in(session, token, now=drafted.now) is None
        with pytest.raises(NotFoundError):
            accounts.look_at_link(session, under_way.link, under_way.ticket, now=drafted.now)
        mails = post.outbox(session)
    assert [mail.recipient for mail in mails] == ["m1@example.org"]
    assert "new@example.org" not in mails[0].text
    assert "help@example.org" in mails[0].text


def test_an_address_is_one_mailbox(drafted: Stage) -> None:
    """`x:m1@example.org` is a group of addresses (RFC 5322, section 3.4): mail to it would go to m1."""
    with pytest.raises(RuleError, match="need to be mended"):
        imported(drafted, "x1,x:m1@example.org,Somebody,Peru,Americas,2020-01-01,")


def test_a_title_is_one_line_that_can_be_shown(stage: Stage) -> None:
    stage.set_up()
    draft = a_draft()
    contests = (replace(draft.contests[0], title="Board\u202e"), *draft.contests[1:])
    stage.draft(replace(draft, title="Election\nBcc: everybody@example.org", contests=contests))

    with stage.reading() as session:
        problems = elections.problems(session, ELECTION)
    assert "The title has signs in it that cannot be shown." in problems
    assert any("its title has signs" in one for one in problems)


def test_two_approvals_at_once_are_one(drafted: Stage) -> None:
    """Real threads on one database: eight people press the button at the same moment."""
    number = asked(drafted, Wish(Act.FREEZE, ELECTION))
    start, told = Barrier(8), list[str]()

    def press() -> None:
        start.wait()
        try:
            approve(drafted, number)
            told.append("done")
        except RuleError as error:
            told.append(str(error))

    threads = [Thread(target=press) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(told) == ["This was approved already."] * 7 + ["done"]
    with drafted.reading() as session:
        assert sum(line.what.startswith("froze the roll") for line in officers.log(session, "officer")) == 1


def test_no_request_can_spoil_the_list_of_what_waits(stage: Stage) -> None:
    """The year 9 is written shorter than others, and so seemed later than any of ours."""
    stage.until_open(6)

    with pytest.raises(RuleError, match="only to a later time"):
        asked(stage, Wish(Act.EXTEND, ELECTION, closes=datetime(9, 1, 1, tzinfo=UTC)))

    with stage.reading() as session:
        assert consents.waiting(session, now=stage.now) == []


def test_no_draft_can_spoil_the_list_of_elections(stage: Stage) -> None:
    stage.set_up()
    stage.draft()
    early = a_calendar(cutoff=datetime(9, 1, 1, tzinfo=UTC))
    with stage.writing() as session:
        elections.edit(session, "officer", ELECTION, replace(a_draft(), calendar=early), 2, now=stage.now)

    with stage.reading() as session:
        assert [one.draft.calendar.cutoff.year for one in elections.every(session)] == [9]


def test_who_makes_the_codes_does_not_look_after_the_members(drafted: Stage) -> None:
    """Else one person could send a member's mail elsewhere, and knows the member's code."""
    wish = Wish(Act.GRANT, member="registrar", role=Role.SECRETARIAT)
    with pytest.raises(RuleError, match="makes its codes apart"):
        asked(drafted, wish)

    with drafted.writing() as session:
        roles.grant(session, officers.COMMAND, "secretary", Role.REGISTRAR, now=drafted.now)
        draft = replace(elections.show(session, ELECTION).draft, registrar="secretary")
        elections.edit(session, "officer", ELECTION, draft, 2, now=drafted.now)
        problems = elections.problems(session, ELECTION)
    assert any("Official secretary is a returning officer or of the secretariat" in one for one in problems)


def test_the_registrar_of_another_election_announces_nothing_here(stage: Stage) -> None:
    stage.until_open(6)
    with stage.writing() as session:
        roles.grant(session, officers.COMMAND, "m1", Role.REGISTRAR, now=stage.now)

    with stage.writing() as session, pytest.raises(NotPermittedError):
        running.notice(session, "m1", ELECTION, "Voting is over", "Go home.", now=stage.now)
    with stage.writing() as session:
        running.notice(session, "registrar", ELECTION, "Codes", "They are on their way.", now=stage.now)
