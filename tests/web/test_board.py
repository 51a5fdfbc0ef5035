"""The board's answers cost little, however often they are asked for; witnesses are heard without a sign-in."""

import io
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from governance.board import checkpoint, merkle, verify
from governance.board import entries as e
from governance.board.checkpoint import WITNESS, VerifierKey
from governance.board.record import RecordFile
from governance.crypto import signature
from governance.offline import witness
from governance.services import publication, shelf
from tests.services.stage import Stage, a_draft, a_stage
from tests.web.browser import AT, Someone, application, staged, words
from tests.web.serving import serving

SEED = secrets.token_bytes(32)
WITNESS_KEY = VerifierKey("witness.example/one", WITNESS, signature.public_key(SEED))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("board")) as stage:
        stage.until_open(8, a_draft(witnesses=(str(WITNESS_KEY),), quorum=1))
        yield stage


@pytest.fixture
def world(tmp_path: Path, opened: Stage) -> Iterator[tuple[Stage, Flask]]:
    with staged(tmp_path, opened) as made:
        yield made


def vote(stage: Stage, i: int) -> None:
    with stage.writing() as session:
        stage.troupe.vote(session, f"m{i}", [(0,), (1,)] if i % 3 == 0 else [(0,)], stage.now)


def size_of(client: FlaskClient) -> int:
    """How many entries the record has that is handed out."""
    answer = client.get(f"{AT}/record", buffered=True)
    report = verify.check(RecordFile(io.BytesIO(answer.data)), whole=False)
    assert report.manifest
    return checkpoint.size_of(RecordFile(io.BytesIO(answer.data)).checkpoint())


def test_while_people_vote_the_record_is_written_once_in_a_while(
    world: tuple[Stage, Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, app = world
    client, start = app.test_client(), stage.size()
    written, write = [], publication.write

    def counting(session: Session, election: str, file: BinaryIO) -> None:
        written.append(election)
        write(session, election, file)

    monkeypatch.setattr(publication, "write", counting)

    first = size_of(client)
    for i in range(1, 4):
        vote(stage, i)
        assert size_of(client) == start
    stage.now += timedelta(minutes=6)
    later = size_of(client)
    stage.close()
    closed = size_of(client)

    assert (first, later, closed) == (start, start + 3, stage.size())
    assert len(written) == 3


def test_files_of_a_board_do_not_pile_up(world: tuple[Stage, Flask]) -> None:
    stage, app = world
    folder = Path(app.config["RECORDS"]) / "published"
    for i in range(1, 8):
        vote(stage, i)
        stage.now += timedelta(minutes=6)
        size_of(app.test_client())

    assert len(list(folder.glob("*.record.zip"))) == shelf.KEPT


@pytest.mark.parametrize("path", ["record", "checkpoint", "consistency?from=4", "entries?from=0&to=9", "manifest"])
def test_who_has_it_already_is_told_so(world: tuple[Stage, Flask], path: str) -> None:
    stage, app = world
    client = app.test_client()
    first = client.get(f"{AT}/{path}", buffered=True)
    known = {"If-None-Match": first.headers["ETag"]}

    same = client.get(f"{AT}/{path}", headers=known, buffered=True)
    vote(stage, 1)
    stage.now += timedelta(minutes=6)
    grown = client.get(f"{AT}/{path}", headers=known, buffered=True)

    assert (first.status_code, same.status_code, same.data) == (200, 304, b"")
    changes = path.startswith(("record", "checkpoint", "consistency"))
    assert grown.status_code == (200 if changes else 304)
    assert (grown.headers["ETag"] != first.headers["ETag"]) == changes


def test_the_mark_of_a_checkpoint_begins_with_its_root(world: tuple[Stage, Flask]) -> None:
    _, app = world
    answer = app.test_client().get(f"{AT}/consistency?from=3")
    root = checkpoint.parse(answer.get_json()["checkpoint"].encode()).root

    assert answer.headers["ETag"].startswith(f'"3-{root.hex()}-')


def cosigned(client: FlaskClient) -> bytes:
    signed = client.get(f"{AT}/checkpoint?for=witness").data
    return checkpoint.cosign(signed, WITNESS_KEY.name, 1_700_000_000, SEED)


def test_a_witness_hands_in_without_a_sign_in_and_receipts_are_confirmed(world: tuple[Stage, Flask]) -> None:
    stage, app = world
    client = app.test_client()
    before = client.get(f"{AT}/consistency?from=3").get_json()

    answer = client.post(f"{AT}/cosignatures", data=cosigned(client))
    vote(stage, 1)
    after = client.get(f"{AT}/consistency?from=3").get_json()

    assert (answer.status_code, answer.get_json()) == (200, {"witnesses": [WITNESS_KEY.name]})
    assert checkpoint.cosigners(checkpoint.parse(before["checkpoint"].encode()), [WITNESS_KEY]) == 0
    head = checkpoint.parse(after["checkpoint"].encode())
    assert checkpoint.cosigners(head, [WITNESS_KEY]) == 1
    assert head.size == stage.size() - 1
    assert len(merkle.EMPTY) == len(bytes.fromhex(after["proof"][0]))


def test_what_a_witness_signed_can_be_handed_in_by_page(world: tuple[Stage, Flask]) -> None:
    stage, app = world
    someone = Someone(app, stage).let_in("m1")
    data = cosigned(someone.client)

    answer = someone.post(f"{AT}/cosignatures", {"file": data})
    page = someone.get(answer.headers["Location"])

    assert answer.status_code == 302
    assert f"Confirmed by: {WITNESS_KEY.name}." in words(page)
    assert f"{WITNESS_KEY.name} : has confirmed the newest state" in words(page)
    assert f"Enough of them have confirmed the first {stage.size()} of {stage.size()} entries." in words(page)


@pytest.mark.parametrize(
    ("data", "status", "why"),
    [(b"", 422, "origin"), (b"x" * 2**15, 413, "8"), (b"a\n1\n" + b"A" * 43 + b"=\n\nx\n", 422, "signature")],
)
def test_what_is_no_cosigned_checkpoint_is_refused_in_words(
    world: tuple[Stage, Flask], data: bytes, status: int, why: str
) -> None:
    stage, app = world
    client = app.test_client()

    answer = client.post(f"{AT}/cosignatures", data=data)
    by_page = Someone(app, stage).client.post(f"{AT}/cosignatures", data={"file": (io.BytesIO(data[:9]), "a")})

    assert answer.status_code == status
    assert why in answer.get_json()["error"]
    assert "ballot box cannot read" not in answer.text
    assert (by_page.status_code, "Nothing was changed." in words(by_page)) == (422, True)
    assert client.post("/elections/none/cosignatures", data=data[:9]).status_code == 404


def test_the_board_says_how_anybody_can_check_it(world: tuple[Stage, Flask]) -> None:
    stage, app = world

    page = words(app.test_client().get(f"{AT}/board"))

    assert f"all that stands on the board, up to entry {stage.size() - 1}" in page
    assert "python3 -I governance-verify.pyz board-2026.record.zip --earlier board-2026.checkpoint" in page
    assert "one line with FAIL says that the record ends too early" in page
    assert f"{WITNESS_KEY.name} : has not confirmed the newest state yet" in page
    assert "Not enough of them have confirmed anything yet." in page


def test_the_witness_s_own_tool_confirms_the_board_over_the_network(tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text("correct horse battery staple", "utf-8")
    secret = ("--secret", str(tmp_path / "w"), "--passphrase-file", str(tmp_path / "passphrase"))
    made = CliRunner().invoke(witness.main, ["key", *secret, "--name", "witness.example/tool"])
    assert made.exit_code == 0, made.output
    with a_stage(tmp_path) as stage:
        stage.until_open(6, a_draft(witnesses=(made.stdout.strip(),), quorum=1))
        app, size = application(stage), stage.size()
        client = app.test_client()
        manifest = e.parse(client.get(f"{AT}/manifest").data)
        assert isinstance(manifest, e.Manifest)

        with serving(app) as address:
            words_ = ("cosign", *secret, "--url", f"{address}{AT}", "--log-key", manifest.board.key, "--post")
            told = CliRunner().invoke(witness.main, words_)
            vote(stage, 1)
            again = CliRunner().invoke(witness.main, words_)

        assert (told.exit_code, again.exit_code) == (0, 0), told.output + again.output
        keys = [checkpoint.read_key(one, WITNESS) for one in manifest.board.witnesses]
        for at, told_size in ((3, size + 1), (size + 1, size + 1)):
            head = checkpoint.parse(client.get(f"{AT}/consistency?from={at}").get_json()["checkpoint"].encode())
            assert (head.size, checkpoint.cosigners(head, keys)) == (told_size, 1)
