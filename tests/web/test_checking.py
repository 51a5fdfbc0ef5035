"""“Check it yourself”: a stranger learns where the verifier is, that it is not here, and what to ask for if nobody said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from governance.errors import NotPermittedError, RuleError
from governance.services import members, officers
from tests.services.a_record import write_record
from tests.services.stage import Stage, a_stage
from tests.web.browser import AT, Someone, application, words

ELSEWHERE = "https://elsewhere.example/software"
DIGEST = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("checking")) as stage:
        stage.until_open(8)
        with stage.writing() as session:
            for member in ("m1", "m2"):
                stage.troupe.vote(session, member, [(0, 1)], stage.now)
        stage.close()
        with stage.writing() as session:
            stage.troupe.tally(session, stage.now)
        yield stage


@pytest.fixture(params=["board", "result"])
def page(finished: Stage, request: pytest.FixtureRequest) -> Iterator[tuple[Someone, str]]:
    yield Someone(application(finished), finished), f"{AT}/{request.param}"
    tell(finished, "", "")


def tell(stage: Stage, address: str | None, digest: str | None, by: str = officers.COMMAND) -> None:
    with stage.writing() as session:
        members.set_software(session, by, address, digest, now=stage.now)


def test_where_nobody_said_it_the_page_says_what_to_ask_for(page: tuple[Someone, str]) -> None:
    reader, address = page

    told = words(reader.get(address))

    assert "This server does not hand it out" in told
    assert "has not said here where to get it" in told
    assert "“Where can I get governance-verify.pyz, and what is its SHA-256?”" in told
    assert "help@example.org" in told


def test_address_and_digest_stand_there_and_that_they_come_from_this_server(
    page: tuple[Someone, str], finished: Stage
) -> None:
    reader, address = page
    tell(finished, ELSEWHERE, DIGEST)

    answer = reader.get(address)

    assert f'<a href="{ELSEWHERE}" rel="external noreferrer">' in answer.text
    assert f"<code>{DIGEST}</code>" in answer.text
    assert "You read these two lines on this server too." in words(answer)
    assert "has not said" not in words(answer)


def test_an_address_without_a_digest_says_to_ask_for_it(page: tuple[Someone, str], finished: Stage) -> None:
    reader, address = page
    tell(finished, ELSEWHERE, "")

    assert "Ask for the SHA-256 of the file" in words(reader.get(address))


def test_an_address_runs_nothing(page: tuple[Someone, str], finished: Stage) -> None:
    reader, address = page
    tell(finished, ELSEWHERE + '/"><script>x</script>', "")

    text = reader.get(address).text

    assert "<script>x" not in text
    assert "/&#34;&gt;&lt;script&gt;x" in text


def test_every_step_is_there_in_order(page: tuple[Someone, str]) -> None:
    reader, address = page
    told = words(reader.get(address))

    steps = [
        "Get the program, and not from here.",
        "sha256sum governance-verify.pyz",
        "Download the record",
        "python3 -I governance-verify.pyz board-2026.record.zip On Windows",
        "The last line says ALL HOLDS",
        "Compare the fingerprints",
        "--earlier board-2026.checkpoint",
        "keep today's checkpoint",
        "What if it is refused?",
    ]

    places = [told.find(one) for one in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_no_file_of_ours_is_the_verifier(finished: Stage) -> None:
    reader = Someone(application(finished), finished)

    for address in ("/governance-verify.pyz", "/static/governance-verify.pyz", "/dist/governance-verify.pyz"):
        assert reader.get(address).status_code == 404


def test_a_server_without_a_database_says_what_to_ask_for(client: FlaskClient, folder: Path) -> None:
    write_record(folder)

    told = words(client.get("/"))

    assert "has not said here where to get it. Ask the organisation" in told
    assert "--earlier" not in told


def test_the_address_is_said_by_those_who_may_and_another_one_takes_its_digest_anew(finished: Stage) -> None:
    tell(finished, ELSEWHERE, DIGEST)
    tell(finished, None, None)
    with finished.reading() as session:
        row = officers.organisation(session)
        assert (row.software, row.software_hash) == (ELSEWHERE, DIGEST)
        assert officers.log(session, "officer")[0].what == (
            f"said that the software can be had at {ELSEWHERE}, SHA-256 {DIGEST}"
        )

    tell(finished, ELSEWHERE + "/2", None, by="officer")
    with finished.reading() as session:
        assert officers.organisation(session).software_hash == ""
    with pytest.raises(NotPermittedError):
        tell(finished, ELSEWHERE, None, by="m1")
    with pytest.raises(RuleError):
        tell(finished, "http://elsewhere.example", None)
    tell(finished, "", None)
    with finished.reading() as session:
        assert officers.organisation(session).software == ""
