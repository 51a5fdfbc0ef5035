"""A ballot that was sealed elsewhere: the page takes it as the booth's are taken, and from nobody else, and never on a GET."""

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from governance.board import canonical, verify
from governance.board import entries as e
from governance.board.record import RecordFile
from governance.crypto import ballot as sealing
from governance.offline import vote
from governance.services import post as post_office
from governance.services import voting
from governance.store.elections import RollLine
from governance.verifier.__main__ import main as independent
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import AT, Someone, csrf, staged, words

PAGE = f"{AT}/sealed"


@dataclass(frozen=True, slots=True)
class World:
    stage: Stage
    app: Flask
    folder: Path

    def client(self, member: str) -> FlaskClient:
        return Someone(self.app, self.stage).let_in(member).client

    def record(self) -> Path:
        """The public file, fetched from the website once what it has on its shelf is old."""
        self.stage.now += timedelta(minutes=6)
        path = self.folder / "fetched.record.zip"
        path.write_bytes(self.app.test_client().get(f"{AT}/record", buffered=True).data)
        return path

    def sealed(self, member: str, *lines: str) -> bytes:
        """A ballot by the program that a member has at home."""
        out, paper = self.folder / "sealed-ballot.json", self.folder / "paper.txt"
        out.unlink(missing_ok=True)
        paper.write_text("\n".join(lines))
        code = self.stage.troupe.registrar.codes[member]
        told = run("seal", self.record(), "--ranking", paper, "--out", out, typed=f"{code}\ny\ny\n")
        assert told.exit_code == 0, told.output
        return out.read_bytes()


def run(*call: object, typed: str = "") -> Result:
    return CliRunner().invoke(vote.main, [str(word) for word in call], input=typed)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("opened")) as stage:
        stage.until_open()
        yield stage


@pytest.fixture
def world(tmp_path: Path, opened: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with staged(tmp_path, opened) as (stage, app):
        monkeypatch.setattr(vote, "now", lambda: stage.now)
        yield World(stage, app, tmp_path)


def hand_in(client: FlaskClient, raw: bytes | None, **headers: str) -> TestResponse:
    """Send the form as a browser without JavaScript does."""
    page = client.get(PAGE).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    data: dict[str, object] = {"csrf_token": unescape(found[1]) if found else csrf(client)}
    if raw is not None:
        data["file"] = (io.BytesIO(raw), "sealed-ballot.json")
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(PAGE, data=data, headers=given, content_type="multipart/form-data")


def tracker(raw: bytes) -> str:
    entry = e.parse(raw)
    assert isinstance(entry, e.Ballot)
    return sealing.tracker(e.unproven_bytes(entry))


# ---- what is taken ---------------------------------------------------------------------------------------------------


def test_a_sealed_file_is_cast_and_the_same_file_again_is_the_same_ballot(world: World) -> None:
    raw, client = world.sealed("m3", "[board]", "a2", "[africa]", "(blank)"), world.client("m3")
    size = world.stage.size()

    first, again = hand_in(client, raw), hand_in(client, raw)

    assert (first.status_code, again.status_code, world.stage.size()) == (200, 200, size + 1)
    assert "Your vote is in the ballot box" in words(first)
    assert words(again) == words(first)
    assert f"entry number {size}." in words(first)
    assert tracker(raw) in first.text
    assert first.headers["Cache-Control"] == "no-store"
    assert "<script" not in first.text


def test_the_member_is_told_by_mail_as_after_the_booth(world: World) -> None:
    hand_in(world.client("m1"), world.sealed("m1", "[board]", "a2"))
    with world.stage.reading() as session:
        letter = post_office.outbox(session)[0]

    assert (letter.recipient, "Your ballot was taken" in letter.subject) == ("m1@example.org", True)


def test_the_saved_receipt_is_what_the_program_checks(world: World) -> None:
    raw, client = world.sealed("m1", "[board]", "a4"), world.client("m1")
    page = hand_in(client, raw)
    address = re.search(r'href="([^"]+receipt\.json)"', page.text)
    assert address
    answer = world.app.test_client().get(address[1])
    receipt = world.folder / "receipt.json"
    receipt.write_bytes(answer.data)

    told = run("check", receipt, world.record())

    assert f"{ELECTION}-receipt.json" in answer.headers["Content-Disposition"]
    assert json.loads(answer.data).keys() == {"ballot", "election", "receipt"}
    assert (told.exit_code, "Yes, your ballot is in the ballot box." in told.output) == (0, True)
    assert "The board has only grown since your receipt" in told.output
    for odd in ("0", "99999", "x", "9" * 30, "-1", "٣"):
        assert world.app.test_client().get(f"{AT}/ballots/{odd}/receipt.json").status_code == 404


def test_ballots_of_program_and_booth_replace_each_other_and_are_counted_by_both_verifiers(world: World) -> None:
    stage = world.stage
    hand_in(world.client("m3"), world.sealed("m3", "[board]", "a1", "a2", "[africa]", "b3"))
    with stage.writing() as session:  # the booth's way: a replacement, and three first ballots
        stage.troupe.vote(session, "m3", [(2,), (0, 1)], stage.now)
        for i in (1, 2, 6):
            stage.troupe.vote(session, f"m{i}", [(0,), (2,)] if i == 6 else [(0,)], stage.now)
    again = hand_in(world.client("m1"), world.sealed("m1", "[board]", "a4", "a3"))
    blank = hand_in(world.client("m4"), world.sealed("m4", "[board]", "(blank)"))
    assert (again.status_code, blank.status_code) == (200, 200)
    stage.close()
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)
    record = world.record()

    with record.open("rb") as file:
        source = RecordFile(file)
        assert verify.check(source).failure is None
        assert papers(source) == {
            "board": Counter({("a3",): 1, ("a1",): 2, ("a4", "a3"): 1, (): 1}),
            "africa": Counter({("b1", "b2"): 1, ("b3",): 1}),
        }
    with pytest.raises(SystemExit) as ended:
        sys.exit(independent([str(record)]))
    assert ended.value.code == 0


def papers(source: RecordFile) -> dict[str, Counter[tuple[str, ...]]]:
    found = {}
    for raw in source.entries():
        entry = e.parse(raw)
        if isinstance(entry, e.Result):
            blob = canonical.parse(b"".join(source.chunks(entry.ballots.sha256)))
            found[entry.contest] = Counter({tuple(ids): number for number, ids in blob["papers"]})
            found[entry.contest] += Counter({(): blob["blank"]})
    return found


# ---- what is refused -------------------------------------------------------------------------------------------------


def refused(world: World, answer: TestResponse, status: int, sentence: str, size: int) -> None:
    """Told in a sentence, on the page where the next file can be chosen; nothing was changed."""
    assert (answer.status_code, world.stage.size()) == (status, size), words(answer)
    assert sentence in words(answer)
    assert "The ballot box did not take this ballot" in words(answer)
    assert 'type="file"' in answer.text


def test_what_is_no_ballot_is_refused_and_changes_nothing(world: World) -> None:
    client, raw, size = world.client("m1"), world.sealed("m1", "[board]", "a1"), world.stage.size()
    bent = json.loads(raw)
    bent["proof"]["responses"][0] = "00" * 32

    for bad in (b"{}", b"<script>", raw + b"\n", raw[:-1], canonical.dump(json.loads(raw) | {"election": "another"})):
        refused(world, hand_in(client, bad), 422, "cannot read this file, so nothing was cast", size)
    refused(world, hand_in(client, canonical.dump(bent)), 422, "cannot read this file, so nothing was cast", size)
    for nothing in (b"", None):
        refused(world, hand_in(client, nothing), 400, "Choose the file with your sealed vote first.", size)
    refused(world, hand_in(client, b"x" * (voting.MAX_BALLOT + 1)), 422, "at most 64 KiB", size)
    assert hand_in(client, b"x" * 2 * voting.MAX_BALLOT).status_code == 413
    assert world.stage.size() == size


def test_another_members_code_other_contests_and_an_older_ballot_are_refused(world: World) -> None:
    mine, older = world.sealed("m1", "[board]", "a1"), world.sealed("m1", "[board]", "a2")
    size = world.stage.size()

    refused(world, hand_in(world.client("m3"), mine), 403, "other contests", size)
    assert hand_in(world.client("m1"), mine).status_code == 200
    refused(world, hand_in(world.client("m1"), older), 409, "A newer ballot of yours is in the box", size + 1)
    other = world.sealed("m1", "[board]", "a2")
    refused(world, hand_in(world.client("m2"), other), 403, "another member's", size + 1)


def test_nobody_casts_without_a_sign_in_from_another_site_or_by_looking(world: World) -> None:
    raw, client, size = world.sealed("m1", "[board]", "a1"), world.client("m1"), world.stage.size()
    stranger = world.app.test_client()

    assert stranger.get(PAGE).headers["Location"].startswith("/sign-in?next=")
    assert hand_in(stranger, raw).status_code == 401
    assert hand_in(client, raw, Origin="https://elsewhere.example").status_code == 403
    assert hand_in(client, raw, Sec_Fetch_Site="cross-site").status_code == 403
    form = {"csrf_token": "forged", "file": (io.BytesIO(raw), "b")}
    assert client.post(PAGE, data=form, content_type="multipart/form-data").status_code == 403
    assert client.get(PAGE, query_string={"file": raw}).status_code == 200
    assert world.stage.size() == size


def test_after_the_close_nothing_is_taken_but_the_receipt_stays(world: World) -> None:
    mine, late = world.sealed("m1", "[board]", "a1"), world.sealed("m2", "[board]", "a1")
    first = hand_in(world.client("m1"), mine)
    world.stage.close()
    size = world.stage.size()

    assert "Voting has closed" in words(world.client("m2").get(PAGE))
    answer = hand_in(world.client("m2"), late)
    assert (answer.status_code, "Voting has closed: this ballot was not taken." in words(answer)) == (409, True)
    assert 'type="file"' not in answer.text
    again = hand_in(world.client("m1"), mine)
    assert (again.status_code, world.stage.size()) == (200, size)
    assert tracker(mine) in first.text
    assert tracker(mine) in again.text


# ---- the page --------------------------------------------------------------------------------------------------------


def test_the_ways_to_the_page_say_that_most_people_do_not_need_it(world: World) -> None:
    member = world.client("m1")
    booth, election, page = member.get(f"{AT}/vote"), member.get(AT), member.get(PAGE)

    assert f'<a href="{PAGE}">hand in the sealed file</a>' in booth.text
    assert f'<a href="{PAGE}">I sealed my vote with my own program</a>' in election.text
    assert "Most people do not need this page." in words(page)
    assert "<script" not in page.text
    assert f"governance-vote seal {ELECTION}.record.zip" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_who_votes_in_nothing_reads_why(world: World) -> None:
    with world.stage.writing() as session:
        session.execute(delete(RollLine).filter_by(election_id=ELECTION, member_id="m1"))
    raw, client, size = world.sealed("m1", "[board]", "a1"), world.client("m1"), world.stage.size()

    assert "You are not on the roll" in words(client.get(PAGE))
    answer = hand_in(client, raw)
    assert (answer.status_code, world.stage.size()) == (403, size)
    assert "You are not on the roll of this election." in words(answer)
    assert client.get("/elections/none/sealed").status_code == 404
