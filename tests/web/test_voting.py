"""The election's pages and the board's answers: the right status, one plain sentence, and nothing changed."""

import io
import json
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from governance.board import canonical, checkpoint, merkle, verify
from governance.board import entries as e
from governance.board.record import RecordFile
from governance.offline.letters import Letter
from governance.services import boards, elections, release, running, voting
from governance.store.elections import RollLine, Statement
from tests.services.stage import ELECTION, OPEN, Stage, a_stage
from tests.web.browser import AT, Someone, csrf, staged


class World(NamedTuple):
    stage: Stage
    app: Flask

    def client(self, member: str) -> FlaskClient:
        return Someone(self.app, self.stage).let_in(member).client

    def sealed(self, member: str, *rankings: tuple[int, ...]) -> bytes:
        with self.stage.reading() as session:
            return self.stage.troupe.seal(session, member, rankings)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An election that is open; each test has a copy."""
    with a_stage(tmp_path_factory.mktemp("opened")) as stage:
        stage.until_open()
        yield stage


@pytest.fixture
def world(tmp_path: Path, opened: Stage) -> Iterator[World]:
    with staged(tmp_path, opened) as (stage, app):
        yield World(stage, app)


def hand_in(client: FlaskClient, raw: bytes, **headers: str) -> TestResponse:
    given = {"X-CSRF-Token": csrf(client), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.post(f"{AT}/ballots", data=raw, headers=given, content_type="application/octet-stream")


def check_receipt(receipt: bytes, raw: bytes) -> int:
    """The place of a ballot, once its receipt was checked."""
    got = json.loads(receipt)
    assert list(got) == ["checkpoint", "index", "proof"]
    head = checkpoint.parse(got["checkpoint"].encode())
    path = [bytes.fromhex(one) for one in got["proof"]]
    merkle.check_inclusion(merkle.leaf(raw), got["index"], head.size, path, head.root)
    return int(got["index"])


# ---- casting ---------------------------------------------------------------------------------------------------------


def test_a_ballot_gets_a_receipt_that_holds_and_the_same_one_again(world: World) -> None:
    raw, client = world.sealed("m1", (2, 0)), world.client("m1")

    first = hand_in(client, raw)
    size = world.stage.size()
    again = hand_in(client, raw)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.data == again.data
    assert check_receipt(first.data, raw) == size - 1
    assert world.stage.size() == size


def refused(world: World, answer: TestResponse, status: int, sentence: str, size: int) -> None:
    said = answer.get_json()["error"]
    assert (answer.status_code, world.stage.size()) == (status, size)
    assert sentence in said
    assert said.endswith(".")
    assert "<" not in said


def test_what_is_no_ballot_is_refused_and_changes_nothing(world: World) -> None:
    client, raw, size = world.client("m1"), world.sealed("m1", (0,)), world.stage.size()
    other = json.loads(raw) | {"election": "another"}
    bent = json.loads(raw)
    bent["proof"]["responses"][0] = "00" * 32

    for bad in (b"", b"{}", b"no json", raw + b" ", raw[:-1], canonical.dump(other), canonical.dump(bent)):
        refused(world, hand_in(client, bad), 422, "cannot read this ballot", size)
    refused(world, hand_in(client, b"x" * (voting.MAX_BALLOT + 1)), 413, "at most 64 KiB", size)


def test_the_wrong_person_is_refused(world: World) -> None:
    raw, size = world.sealed("m1", (0,)), world.stage.size()

    refused(world, hand_in(world.client("m3"), raw), 403, "other contests", size)
    assert hand_in(world.client("m1"), raw).status_code == 200
    refused(world, hand_in(world.client("m2"), world.sealed("m1", (1,))), 403, "another member's", size + 1)


def test_nobody_votes_without_a_sign_in_or_from_another_site(world: World) -> None:
    raw, size = world.sealed("m1", (0,)), world.stage.size()
    client = world.client("m1")
    stranger = world.app.test_client().post(f"{AT}/ballots", data=raw, content_type="application/octet-stream")

    assert stranger.status_code in (401, 403)
    assert stranger.get_json()["error"]
    refused(world, hand_in(client, raw, X_CSRF_Token="forged"), 403, "too long", size)
    refused(world, hand_in(client, raw, Origin="https://elsewhere.example"), 403, "not sent from a page of ours", size)
    wrong = client.post(f"{AT}/ballots", data=raw, headers={"X-CSRF-Token": csrf(client)}, content_type="text/plain")
    refused(world, wrong, 415, "application/octet-stream", size)


def test_a_second_tab_s_ballot_does_not_slip_in_behind_a_newer_one(world: World) -> None:
    client, old, new = world.client("m1"), world.sealed("m1", (0,)), world.sealed("m1", (1,))
    assert hand_in(client, new).status_code == 200

    refused(world, hand_in(client, old), 409, "A newer ballot of yours is in the box", world.stage.size())


def test_after_the_close_nothing_is_taken_but_the_receipt_stays(world: World) -> None:
    raw, late = world.sealed("m1", (0,)), world.sealed("m2", (0,))
    first = hand_in(world.client("m1"), raw)
    world.stage.close()
    size = world.stage.size()

    assert hand_in(world.client("m1"), raw).data == first.data
    refused(world, hand_in(world.client("m2"), late), 409, "Voting has closed", size)


# ---- the board -------------------------------------------------------------------------------------------------------


def test_a_credential_shows_its_contests_and_its_last_ballot(world: World) -> None:
    raw, anybody = world.sealed("m3", (0,), (1,)), world.app.test_client()
    entry = e.parse(raw)
    assert isinstance(entry, e.Ballot)
    address = f"{AT}/credentials/{bytes(entry.credential).hex()}"

    before = anybody.get(address).get_json()
    hand_in(world.client("m3"), raw)
    after = anybody.get(address).get_json()

    assert before == {"contests": ["board", "africa"], "index": -1, "ballot": ""}
    assert after["index"] == world.stage.size() - 1
    assert b64decode(after["ballot"]) == raw
    for unknown in ("00" * 32, "zz", "ff" * 32, "00"):
        answer = anybody.get(f"{AT}/credentials/{unknown}")
        assert (answer.status_code, answer.get_json()["error"][:16]) == (404, "This code is not")


def test_every_code_of_the_registrar_is_found(world: World) -> None:
    with world.stage.reading() as session:
        cer = boards.cer(session, ELECTION)
        for member in world.stage.troupe.registrar.codes:
            credential = world.stage.troupe.registrar.credential(member, cer)
            both = ("board", "africa") if member[0] == "m" and int(member[1:]) % 3 == 0 else ("board",)
            assert voting.contests_of(session, ELECTION, credential.public) == both


def test_witnesses_and_verifiers_get_what_stands(world: World) -> None:
    client = world.app.test_client()
    hand_in(world.client("m1"), world.sealed("m1", (0,)))
    size = world.stage.size()

    lines = client.get(f"{AT}/entries?from=0&to={size}").data.split(b"\n")
    signed = client.get(f"{AT}/checkpoint").data
    head = checkpoint.parse(signed)
    tree = merkle.Tree()
    for raw in lines[:-1]:
        tree.append(merkle.leaf(raw))
    assert (lines[-1], head.size, head.root) == (b"", size, tree.root())
    assert client.get(f"{AT}/entries?from={size}&to={size + 5}").data == b""
    grown = client.get(f"{AT}/consistency?from=3").get_json()
    assert grown["checkpoint"].encode() == signed
    older = merkle.Tree()
    for raw in lines[:3]:
        older.append(merkle.leaf(raw))
    path = [bytes.fromhex(one) for one in grown["proof"]]
    merkle.check_consistency(3, size, older.root(), head.root, path)
    newest = client.get(f"{AT}/ballots/{size - 1}/receipt").data
    assert check_receipt(newest, lines[size - 1]) == size - 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("entries?from=x&to=2", 400),
        ("entries", 400),
        ("entries?from=0&to=99999999999999", 400),
        ("consistency?from=0", 404),
        ("consistency?from=9999", 404),
        ("ballots/0/receipt", 404),
        ("ballots/99999/receipt", 404),
        ("ballots/99999999999999999999999/receipt", 400),
        ("ballots/one/receipt", 400),
    ],
)
def test_odd_questions_get_one_sentence(world: World, path: str, status: int) -> None:
    answer = world.app.test_client().get(f"{AT}/{path}")

    assert answer.status_code == status
    assert answer.get_json()["error"].endswith(".")


def test_the_record_is_downloaded_and_verifies(world: World) -> None:
    with world.stage.writing() as session:
        for i in range(1, 7):
            choice = [(i % 4,), (0,)] if i % 3 == 0 else [(i % 4,)]
            world.stage.troupe.vote(session, f"m{i}", choice, world.stage.now)
    world.stage.close()
    with world.stage.writing() as session:
        world.stage.troupe.tally(session, world.stage.now)

    answer = world.app.test_client().get(f"{AT}/record")

    assert f"{ELECTION}.record.zip" in answer.headers["Content-Disposition"]
    assert verify.check(RecordFile(io.BytesIO(answer.data))).failure is None
    answer.close()


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_an_election_s_page_says_who_may_vote_and_who_stands(world: World) -> None:
    anybody, member = world.app.test_client().get(AT).text, world.client("m1").get(AT).text

    assert "Voting is open until" in anybody
    assert "Candidate A1" in anybody
    assert "May I vote?" not in anybody
    assert "This is for members whose region is Africa; the list says Americas." in member
    assert "My line on the roll" in member
    assert "Member 2" not in member


def test_statements_are_text_and_never_markup(world: World) -> None:
    with world.stage.writing() as session:
        row = elections.get(session, ELECTION)
        session.add(Statement(election_id=row.id, candidate="a1", language="en", text="<b>I</b>", changed=OPEN))

    page, sent = world.app.test_client().get(AT), world.app.test_client().get(f"{AT}/statements")

    assert "&lt;b&gt;I&lt;/b&gt;" in page.text
    assert sent.get_json() == {"a1": "<b>I</b>"}
    assert sent.mimetype == "application/json"


def test_the_booth_is_for_members_on_the_roll_while_voting_is_open(world: World) -> None:
    stranger = world.app.test_client().get(f"{AT}/vote")
    member = world.client("m1").get(f"{AT}/vote")
    world.stage.now += timedelta(days=30)
    late = world.client("m1").get(f"{AT}/vote")

    assert 'data-member=""' in stranger.text
    assert 'data-token=""' in stranger.text
    assert 'data-member="m1"' in member.text
    assert 'integrity="sha384-' in member.text
    assert "needs JavaScript" in member.text
    assert member.headers["Cache-Control"] == "no-store"
    assert "Voting has closed" in late.text


def test_the_receipt_page_can_hand_in_for_whoever_is_signed_in_and_nobody_else(world: World) -> None:
    stranger, member = world.app.test_client().get(f"{AT}/receipt"), world.client("m1").get(f"{AT}/receipt")
    world.stage.close()
    late = world.client("m1").get(f"{AT}/vote")

    assert 'data-member=""' in stranger.text
    assert 'data-token=""' in stranger.text
    assert 'data-member="m1"' in member.text
    assert 'data-token=""' not in member.text
    assert member.headers["Cache-Control"] == "no-store"
    assert f'href="{AT}/receipt">See whether it is in the box' in late.text


def test_the_address_in_the_registrar_s_mail_is_the_booth(world: World) -> None:
    letter = Letter(ELECTION, "A title", "http://localhost", "help", "The registrar")
    address = urlsplit(letter.link("0" * 26))

    page = world.client("m1").get(address.path)

    assert (page.status_code, address.fragment) == (200, "code=" + "0" * 26)
    assert 'data-member="m1"' in page.text


def test_who_is_not_on_the_roll_reads_why(world: World) -> None:
    with world.stage.writing() as session:
        session.execute(delete(RollLine).filter_by(election_id=ELECTION, member_id="m1"))
    page = world.client("m1").get(f"{AT}/vote").text

    assert "You are not on the roll" in page
    assert "help@example.org" in page


def test_the_board_tells_every_entry_in_words(world: World) -> None:
    hand_in(world.client("m1"), world.sealed("m1", (0,)))
    size = world.stage.size()
    with world.stage.writing() as session:
        running.notice(session, "officer", ELECTION, "A <notice>", "Its text.", now=world.stage.now)
        tracker = voting.receipt(session, ELECTION, size - 1).tracker

    page = world.app.test_client().get(f"{AT}/board?from=zzz").text

    assert tracker in page
    assert "A &lt;notice&gt;" in page
    assert "Voting opens, " in page
    assert "UTC" in page.partition("Voting opens, ")[2].partition("<")[0]
    assert f"governance check-booth http://localhost{AT}/vote" in page
    assert "Trustee 3 has proven" in page


def test_a_long_board_is_shown_in_parts_and_a_number_leads_to_its_part(world: World) -> None:
    with world.stage.writing() as session:
        for number in range(100):
            running.notice(session, "officer", ELECTION, f"Notice {number}", "", now=world.stage.now)
    size = world.stage.size()

    first = world.app.test_client().get(f"{AT}/board").text
    assert f'max="{size - 1}"' in first
    assert "Notice 99" not in first

    there = world.app.test_client().get(f"{AT}/board?from={size - 1}").text
    assert f'id="e{size - 1}"' in there
    assert "Notice 99" in there
    assert "Notice 0<" not in there


def test_a_draft_is_nobody_s_business_and_strange_addresses_are_not_found(world: World) -> None:
    world.stage.draft(election="next")
    client = world.app.test_client()
    for path in ("/elections/next", "/elections/next/vote", "/elections/none", "/elections/none/board"):
        assert client.get(path).status_code == 404
    for path in ("/elections/none/manifest", "/elections/next/checkpoint", "/elections/none/record"):
        assert client.get(path).status_code == 404
        assert client.get(path).get_json()["error"]


def test_a_practice_ballot_knows_no_election(world: World) -> None:
    page = world.app.test_client().get("/practice").text

    assert "data-practice=" in page
    assert "data-base" not in page
    assert ELECTION not in page


def test_from_practice_there_is_a_way_back_to_an_election_that_is_there(world: World) -> None:
    client = world.app.test_client()

    assert f"/practice?election={ELECTION}" in world.client("m1").get(f"{AT}/vote").text
    assert f'<a href="{AT}">Back to the election</a>' in client.get(f"/practice?election={ELECTION}").text
    assert client.get("/practice?election=none").status_code == 404


def test_a_contact_is_a_link_to_write_a_mail(world: World) -> None:
    contact = world.app.test_client().get(AT).text

    assert "mailto:" in contact


# ---- which scripts seal ----------------------------------------------------------------------------------------------


def test_the_board_tells_which_scripts_seal_and_whether_they_changed_since_the_announcement(world: World) -> None:
    client, address = world.app.test_client(), f"{AT}/board"
    never_told = client.get(address).text
    assert all(f"<code>{value}</code>" in never_told for value in release.scripts().values())
    assert release.name() in never_told
    assert "announcement.</strong>" not in never_told

    def told(body: str) -> str:
        with world.stage.writing() as session:
            boards.opened(session, ELECTION).append(e.Notice("2026-03-03T09:00:00Z", release.SUBJECT, body))
        return client.get(address).text

    older = release.body().replace(release.scripts()["sealing.js"], "sha384-" + "A" * 64)
    assert "They are not those of the announcement" in told(older)
    assert "They are not those of the announcement" in told(release.body())  # the first one counts


def test_the_board_says_that_the_scripts_are_those_of_the_announcement(world: World) -> None:
    with world.stage.writing() as session:
        boards.opened(session, ELECTION).append(e.Notice("2026-03-03T09:00:00Z", release.SUBJECT, release.body()))

    told = world.app.test_client().get(f"{AT}/board").text

    assert "They are those that a notice on this board named" in told
    assert "not those of the announcement" not in told


# ---- times -----------------------------------------------------------------------------------------------------------


def test_nothing_says_when_a_ballot_came(world: World) -> None:
    """Neither the record nor an answer; who asks all the time sees the board grow (docs/threat-model.md, section 4)."""
    client = world.client("m1")
    raw = world.sealed("m1", (2, 0))
    index = check_receipt(hand_in(client, raw).data, raw)
    stranger = world.app.test_client()
    addresses = ["checkpoint", f"entries?from={index}&to={index + 1}", f"ballots/{index}/receipt", "board"]
    addresses += [f"ballots/{index}/receipt.json", f"credentials/{json.loads(raw)['credential']}", "consistency?from=1"]

    for one in addresses:
        answer = stranger.get(f"{AT}/{one}")
        assert answer.status_code == 200, one
        assert "Last-Modified" not in answer.headers
        if one != "board":  # it has older entries, whose times are the officials'
            assert not re.search(rb"\d{4}-\d\d-\d\d|\d\d:\d\d", answer.data), one
    with zipfile.ZipFile(io.BytesIO(stranger.get(f"{AT}/record", buffered=True).data)) as record:
        assert len({one.date_time for one in record.infolist()}) == 1
    assert not {"at", "time", "received"} & json.loads(raw).keys()


# ---- who needs help --------------------------------------------------------------------------------------------------


def test_whoever_never_got_a_code_reads_what_to_do_on_the_election_s_page_and_in_the_booth(world: World) -> None:
    client = world.client("m1")
    for page in (AT, f"{AT}/vote"):
        told = client.get(page).text
        details = re.search(r"<details>\s*<summary>I never got my code</summary>(.*?)</details>", told, re.DOTALL)
        assert details, page
        assert "Look among unwanted mail too" in details[1]
        assert 'href="mailto:help@example.org"' in details[1]
        assert "Never give it to anybody" in details[1]
    assert "I never got my code" in world.app.test_client().get(f"{AT}/vote").text


def test_without_javascript_the_booth_says_why_and_how_to_vote_otherwise(world: World) -> None:
    for client in (world.client("m1"), world.app.test_client()):
        page = client.get(f"{AT}/vote").text
        told = re.search(r'<div class="note unscripted">(.*?)</div>', page, re.DOTALL)
        assert told
        assert "Only a script can do that." in told[1]
        assert "on another phone or computer" in told[1]
        assert 'href="mailto:help@example.org"' in told[1]
