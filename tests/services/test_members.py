"""The members' list: nothing changes that was not shown, and what is special stays encrypted."""

import pytest
from sqlalchemy import text

from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import members, officers
from governance.store.vault import Vault, VaultError
from tests.services.stage import START, Stage, a_list, people


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up(4)
    return stage


def only(*changes: tuple[str, str]) -> bytes:
    lines = people(4)
    for old, new in changes:
        lines = [line.replace(old, new) for line in lines]
    return a_list(lines)


def test_a_preview_changes_nothing_and_is_then_applied(ready: Stage) -> None:
    data = only(("Member 2", "Member Two"), ("m4,m4@", "m5,m5@"))
    with ready.writing() as session:
        seen = members.preview(session, "secretary", data)
        assert members.facts(session, "m2").name == "Member 2"
        plan = members.apply(session, "secretary", data, seen.digest, now=START)

    assert [change.fields for change in plan.changes] == [("name",)]
    with ready.reading() as session:
        assert members.facts(session, "m2").name == "Member Two"
        assert members.facts(session, "m5").attributes == {"lived_experience": "yes", "kind": "individual"}
        assert members.facts(session, "m4").active


def test_whoever_is_missing_leaves_only_if_that_was_asked_for(ready: Stage) -> None:
    data = only(("m4,m4@", "m5,m5@"))
    with ready.writing() as session:
        seen = members.preview(session, "secretary", data)
        gone = {row.id for row in seen.plan.removals}
        assert "m4" in gone
        assert "officer" not in gone  # whoever has a role stays
        members.apply(session, "secretary", data, seen.digest, now=START, remove_missing=True)

    with ready.reading() as session:
        assert not members.facts(session, "m4").active
        with pytest.raises(NotPermittedError):
            officers.person(session, "m4")


def test_addresses_of_those_with_a_role_change_by_command_alone(ready: Stage) -> None:
    line = "secretary,mine@example.org,Official secretary,France,Europe,2020-01-01,"
    data = a_list([line])
    with ready.writing() as session:
        seen = members.preview(session, "officer", data)
        assert "has a role" in seen.plan.conflicts[0].why
        with pytest.raises(RuleError, match="mended first"):
            members.apply(session, "officer", data, seen.digest, now=START)
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=START)

        assert officers.person(session, "secretary").email == "mine@example.org"


def test_what_was_not_seen_is_not_applied(ready: Stage) -> None:
    data = only(("Member 2", "Member Two"))
    with ready.reading() as session:
        seen = members.preview(session, "secretary", data)
    other = only(("Member 3", "Member Three"))
    with ready.writing() as session:
        members.apply(session, "secretary", other, members.preview(session, "secretary", other).digest, now=START)

    with ready.writing() as session, pytest.raises(RuleError, match="changed since the preview"):
        members.apply(session, "secretary", data, seen.digest, now=START)


def test_a_file_with_a_mistake_changes_nothing(ready: Stage) -> None:
    data = only(("m2@example.org", "no address"))
    with ready.writing() as session:
        seen = members.preview(session, "secretary", data)

        assert [mistake.line for mistake in seen.plan.mistakes] == [3]
        with pytest.raises(RuleError, match="1 lines"):
            members.apply(session, "secretary", data, seen.digest, now=START)


def test_only_the_secretariat_and_officers_see_the_list(ready: Stage) -> None:
    with ready.writing() as session:
        for by in ("m1", "registrar", "t1"):
            with pytest.raises(NotPermittedError, match="Only"):
                members.preview(session, by, only())
            with pytest.raises(NotPermittedError):
                members.listed(session, by)
            with pytest.raises(NotPermittedError):
                members.export(session, by, now=START)


def test_an_export_has_declarations_only_for_a_reason(ready: Stage) -> None:
    with ready.writing() as session:
        plain = members.export(session, "secretary", now=START)
        with pytest.raises(RuleError, match="Say why"):
            members.export(session, "secretary", now=START, attributes=True)
        whole = members.export(session, "secretary", now=START, attributes=True, why="report on diversity")
        log = officers.log(session, "officer")

    assert b"lived_experience" not in plain
    assert b"lived_experience" in whole
    assert log[0].why == "report on diversity"


def test_an_export_can_be_imported_and_changes_nothing(ready: Stage) -> None:
    with ready.writing() as session:
        data = members.export(session, "secretary", now=START, attributes=True, why="a test")

        plan = members.preview(session, "secretary", data).plan
    assert (plan.additions, plan.changes, plan.removals, plan.unchanged) == ((), (), (), 10)


def test_declarations_are_not_readable_in_the_database(ready: Stage) -> None:
    with ready.reading() as session:
        rows = session.execute(text("SELECT attributes FROM member")).all()
        assert not any(b"lived" in row[0] for row in rows)
        session.info["vault"] = Vault(bytes(32))
        with pytest.raises(VaultError):
            members.facts(session, "m1")


def test_members_are_found_by_their_address_and_listed_without_declarations(ready: Stage) -> None:
    with ready.reading() as session:
        assert members.find(session, " M1@example.ORG ") == "m1"
        assert members.find(session, "x@example.org") is None
        assert [row.id for row in members.listed(session, "secretary", limit=2)] == ["m1", "m2"]
        assert members.how_many(session) == 10
        assert members.bodies(session) == [("group", "Advisory group")]
        with pytest.raises(NotFoundError):
            members.facts(session, "nobody")


def test_a_new_member_without_an_id_is_given_one(ready: Stage) -> None:
    data = b"email,name,country,region,joined\nnew@example.org,New,Peru,Americas,2025-01-01\n"
    with ready.writing() as session:
        seen = members.preview(session, "secretary", data)
        members.apply(session, "secretary", data, seen.digest, now=START)

        assert (members.find(session, "new@example.org") or "").startswith("m-")


def test_an_installation_is_set_up_once_and_a_body_added_once(ready: Stage) -> None:
    with ready.writing() as session:
        with pytest.raises(RuleError, match="no spaces"):
            members.set_up(session, "X", "a b", "")
        with pytest.raises(RuleError, match="already"):
            members.add_body(session, "officer", "group", "Again", now=START)


def test_nothing_can_be_done_before_the_installation_is_set_up(stage: Stage) -> None:
    with stage.reading() as session, pytest.raises(NotFoundError, match="not been set up"):
        officers.organisation(session)
