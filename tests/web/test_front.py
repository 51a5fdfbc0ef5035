"""The front page says who was elected, how, and how to check it."""

import re
from hashlib import sha512
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from governance.board import entries
from governance.board.record import RecordFile
from governance.web.app import create_app
from tests.services.a_record import NAMES, a_contest, a_count, a_manifest, write_record


def words(client: FlaskClient) -> str:
    """The page as a reader meets it: no tags, one space between words and between blocks."""
    response = client.get("/")
    assert response.status_code == 200
    blocks = re.sub(r"</?(a|abbr|b|bdi|code|span|strong|time)\b[^>]*>", "", response.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", blocks)).split())


def test_without_a_record_the_page_says_so_kindly(client: FlaskClient) -> None:
    assert "No results yet" in words(client)


def test_the_winners_come_first(client: FlaskClient, folder: Path) -> None:
    write_record(folder)

    text = words(client)

    assert f"Elected {NAMES[0]} {NAMES[1]} {NAMES[2]} How the places were filled" in text


def test_a_contest_named_like_its_election_is_not_named_twice(client: FlaskClient, folder: Path) -> None:
    write_record(folder, manifest=a_manifest(contests=(a_contest(title=a_manifest().title),)))

    assert f"{a_manifest().title} Result Elected {NAMES[0]}" in words(client)


def test_the_rule_is_told_with_the_numbers_of_this_election(client: FlaskClient, folder: Path) -> None:
    write_record(folder)

    text = words(client)

    assert "57 ballots were counted, to fill 3 places." in text
    assert "a candidate needed 15 votes: 3 candidates can have that many, but not 4." in text
    assert "This rule is called Scottish STV" in text


@pytest.mark.parametrize("rule", ["meek-prf", "wigm-prf", "wigm-prf-batch", "ers97", "irv", "a-rule-of-next-year"])
def test_every_rule_has_its_words(client: FlaskClient, folder: Path, rule: str) -> None:
    write_record(folder, manifest=a_manifest(contests=(a_contest(rule={"id": rule}),)))

    assert f"its name in the record is {rule}." in words(client)


def test_each_round_is_told_and_accounts_for_every_vote(client: FlaskClient, folder: Path) -> None:
    write_record(folder)

    text = words(client)

    assert f"Round 4. {NAMES[4]} had the fewest votes and was out" in text
    assert f"{NAMES[1]} is elected with 15.28558 votes." in text
    assert f"{NAMES[4]} and {NAMES[5]} had equally many votes; their votes in round 2 decided." in text
    assert "All votes 57 57.00000 57.00000 57.00000 57.00000" in text


def test_a_tie_by_lot_is_told(client: FlaskClient, folder: Path) -> None:
    tie = {"stage": 4, "among": ["c4", "c5"], "chosen": "c4", "by": "lot"}
    write_record(folder, count=a_count(ties=[tie]))

    assert f"{NAMES[4]} and {NAMES[5]} had equally many votes; the draw decided." in words(client)


def test_the_table_can_be_heard(client: FlaskClient, folder: Path) -> None:
    write_record(folder)

    page = client.get("/").text

    assert page.count('<th scope="col">') == 6
    assert page.count('<th scope="row">') == len(NAMES) + 3
    assert '<caption id="board-votes">' in page
    assert '<div class="scroll" role="region" aria-labelledby="board-votes board" tabindex="0">' in page


def test_ballots_are_accounted_for(client: FlaskClient, folder: Path) -> None:
    write_record(folder)

    text = words(client)

    assert "People who could vote 112 Ballots in the count 60" in text
    assert "ranking somebody 57 of these, blank 2 of these, invalid 1" in text
    assert "3 ballots were replaced by a later one" in text


def test_who_withdrew_is_named_and_has_no_votes(client: FlaskClient, folder: Path) -> None:
    write_record(folder, count=a_count(withdrawn=["c3"], valid=50))

    text = words(client)

    assert f"because they withdrew or already hold another place: {NAMES[3]}." in text
    assert f"{NAMES[3]} not counted not counted" in text
    assert "ranking only people who were passed over 7" in text


def test_reopened_nominations_leave_places_empty(client: FlaskClient, folder: Path) -> None:
    write_record(folder, count=a_count(elected=["c0", "c6"]))

    text = words(client)

    assert f"Elected {NAMES[0]} The voters chose to open nominations again. 2 places stay empty." in text


def test_a_void_contest_stays_sealed(client: FlaskClient, folder: Path) -> None:
    write_record(folder, more=(entries.Void("board", 3),))

    assert "the votes stay sealed, and nobody is elected here" in words(client)


def test_a_cancelled_election_has_no_result(client: FlaskClient, folder: Path) -> None:
    write_record(folder, more=(entries.Cancel("2026-03-05T00:00:00Z", "The roll was wrong."),))

    text = words(client)

    assert "This election was cancelled. It has no result. The reason that was given: The roll was wrong." in text
    assert NAMES[0] not in text


def test_a_contest_that_is_not_counted_yet_says_so(client: FlaskClient, folder: Path) -> None:
    write_record(folder, manifest=a_manifest(contests=(a_contest(id="later"),)))

    assert "This record has no result for this contest." in words(client)


def test_a_record_that_cannot_be_read_is_not_the_visitors_fault(client: FlaskClient, folder: Path) -> None:
    (folder / "x.record.zip").write_bytes(b"no zip")

    response = client.get("/")

    assert response.status_code == 503
    assert "It was not your doing" in response.text


def test_a_new_record_is_shown_at_once(client: FlaskClient, folder: Path) -> None:
    write_record(folder)
    words(client)
    write_record(folder, manifest=a_manifest(title="The second election"))

    assert "The second election" in words(client)


def test_markup_in_a_record_stays_text(client: FlaskClient, folder: Path) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    people = (entries.Candidate("c0", hostile, reopen=False), *a_contest().candidates[1:])
    contest = a_contest(title=hostile, candidates=people, rule={"id": hostile})
    write_record(folder, manifest=a_manifest(title=hostile, contests=(contest,)))

    page = client.get("/").text

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_right_to_left_is_said_to_the_browser(folder: Path) -> None:
    client = create_app({"RECORDS": folder, "PSEUDO_RTL": True}).test_client()

    assert '<html lang="ar-XB" dir="rtl">' in client.get("/").text


def test_a_contact_stands_on_every_page(folder: Path) -> None:
    client = create_app({"RECORDS": folder, "CONTACT": "elections@example.org"}).test_client()

    for address in ("/", "/nowhere"):
        assert "elections@example.org" in client.get(address).text


@pytest.mark.parametrize("name", ["ref-extended", "ref-tiny", "ref-two", "ref-void"])
def test_the_fingerprints_are_those_of_the_record(client: FlaskClient, folder: Path, shared: Path, name: str) -> None:
    path = folder / f"{name}.record.zip"
    path.symlink_to(shared / "vectors" / "protocol-v1" / "good" / path.name)
    with path.open("rb") as file:
        told = list(RecordFile(file).entries())
    ceremony, manifest = (
        next(data for data in told if f'"kind":"{kind}"'.encode() in data) for kind in ("ceremony", "manifest")
    )

    text = words(client)

    assert sha512(ceremony).hexdigest() in text
    assert sha512(manifest).hexdigest() in text
    assert "Round 1. The first choices were counted." in text
