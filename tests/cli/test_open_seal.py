"""An opened seal is checked away from the booth: what the booth hands out, and everything that it may not."""

import base64
import json
import subprocess
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import hatch_build
from governance.board import canonical
from governance.board import entries as e
from governance.cli.main import main
from governance.crypto import ballot, group, ranking
from governance.services import boards, publication
from tests.conftest import MISSING
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import AT, application
from tests.web.serving import serving

ROOT = Path(__file__).parents[2]
NONCES = (12345, 67890)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Voting is open; m3 votes in two contests."""
    with a_stage(tmp_path_factory.mktemp("seals")) as made:
        made.until_open(6)
        yield made


@pytest.fixture(scope="module")
def record(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "r.record.zip"
    with stage.reading() as session, path.open("wb") as file:
        publication.write(session, ELECTION, file)
    return path


def manifest_of(stage: Stage) -> bytes:
    with stage.reading() as session:
        return boards.manifest(session, ELECTION)


def an_opening(stage: Stage, *choice: tuple[int, ...], member: str = "m3") -> dict[str, Any]:
    """What a booth hands out that seals what it is told."""
    manifest = e.parse(manifest_of(stage))
    assert isinstance(manifest, e.Manifest)
    with stage.reading() as session:
        mine = stage.troupe.registrar.credential(member, boards.cer(session, ELECTION))
    votes, rankings = [], []
    for contest, numbers, nonce in zip(manifest.contests, choice, NONCES, strict=False):
        plain = ranking.seal_code(numbers, len(contest.candidates), contest.max_ranks)
        sealed = ballot.encrypt(plain, manifest.public_key, nonce)
        votes.append({"id": contest.id, "a": sealed.a.hex(), "b": sealed.b.hex()})
        rankings.append([contest.candidates[number].id for number in numbers])
    sealed_ballot = {"kind": "ballot", "election": ELECTION, "credential": mine.public.hex(), "previous": "00" * 32}
    nonces = [group.encode_scalar(nonce).hex() for nonce in NONCES[: len(choice)]]
    return {"ballot": {**sealed_ballot, "contests": votes}, "nonces": nonces, "rankings": rankings}


def run(record: Path, opening: object, *words: str) -> Result:
    data = opening if isinstance(opening, bytes) else canonical.dump(opening)
    return CliRunner().invoke(main, ["open-seal", "-", "--record", str(record), *words], input=data)


def test_an_honest_seal_holds_and_its_ranking_is_told_by_name(stage: Stage, record: Path) -> None:
    opening = an_opening(stage, (2, 0), ())
    tracker = ballot.tracker(canonical.dump(opening["ballot"]))

    told = run(record, opening)
    as_json = json.loads(run(record, opening, "--json").output)

    assert told.exit_code == 0
    assert tracker in told.output
    assert "At large:\n  1. Candidate A3\n  2. Candidate A1\nAfrica:\n  (blank)" in told.output
    assert as_json == {
        "ok": True,
        "tracker": tracker,
        "election": ELECTION,
        "manifest": sha512(manifest_of(stage)).hexdigest(),
        "rankings": {"board": ["a3", "a1"], "africa": []},
    }


def changed(opening: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**opening, **changes}


def test_a_booth_that_sealed_something_else_is_found_out(stage: Stage, record: Path) -> None:
    opening = an_opening(stage, (2, 0), (1,))
    more = opening["ballot"]
    other = an_opening(stage, (0, 2), (1,))
    stranger = changed(more, credential=group.multiply_base(5).hex())
    elsewhere = changed(more, election="another")

    for bad, why in [
        (changed(opening, rankings=[["a1", "a3"], ["b2"]]), "board: this seal does not hold the ranking"),
        (changed(opening, rankings=[["a3", "a1"], []]), "africa: this seal does not hold the ranking"),
        (changed(opening, nonces=opening["nonces"][::-1]), "board: this seal does not hold the ranking"),
        (changed(opening, nonces=["00" * 32, opening["nonces"][1]]), "its nonce is zero"),
        (changed(opening, nonces=opening["nonces"][:1]), "not one nonce"),
        (changed(opening, ballot=other["ballot"]), "does not hold"),
        (changed(opening, rankings=[["a3", "a3"], ["b2"]]), "at most once"),
        (changed(opening, rankings=[["nobody"], ["b2"]]), "somebody who does not stand"),
        (changed(opening, ballot=changed(more, contests=more["contests"][:1])), "other contests"),
        (changed(opening, ballot=stranger), "on no list"),
        (changed(opening, ballot=elsewhere), "of the election another"),
    ]:
        told = run(record, bad)
        assert (told.exit_code, told.output.count("\n")) == (1, 1), told.output
        assert told.output.startswith("REFUSED: section 8, ballot: ")
        assert why in told.output
        assert json.loads(run(record, bad, "--json").output)["ok"] is False


def test_what_is_no_opened_seal_is_a_wrong_call(stage: Stage, record: Path, tmp_path: Path) -> None:
    opening = an_opening(stage, (2, 0), (1,))
    proven = changed(opening["ballot"], proof={"commitments": [], "responses": []})
    for bad in (
        b"",
        b"{}",
        b"[]",
        b"no json",
        canonical.dump(opening) + b" ",
        changed(opening, more=1),
        changed(opening, ballot=proven),
        changed(opening, ballot="proof"),
        changed(opening, ballot=[]),
        changed(opening, nonces=7),
        changed(opening, nonces=["ff" * 32, "00" * 32]),
        changed(opening, nonces=[1, 2]),
        changed(opening, nonces=["zz", "00" * 32]),
        changed(opening, rankings=[1, []]),
        changed(opening, rankings=[[1], []]),
        b"[" * 100_000,
    ):
        told = run(record, bad)
        assert (told.exit_code, told.stdout) == (2, ""), told.output
        assert "Traceback" not in told.stderr
    nothing = tmp_path / "nothing.zip"
    nothing.write_bytes(b"PK")
    assert run(nothing, opening).exit_code == 2
    neither = CliRunner().invoke(main, ["open-seal", "-"], input=canonical.dump(opening))
    assert (neither.exit_code, "--record or --url" in neither.stderr) == (2, True)


def test_a_seal_that_was_cast_although_it_was_opened_is_found(tmp_path: Path) -> None:
    with a_stage(tmp_path) as made:
        made.until_open(6)
        opening = an_opening(made, (1,), member="m1")
        manifest = e.parse(manifest_of(made))
        assert isinstance(manifest, e.Manifest)
        vote = opening["ballot"]["contests"][0]
        with made.writing() as session:
            secret = made.troupe.registrar.credential("m1", boards.cer(session, ELECTION))
            sealed = ballot.Ciphertext(bytes.fromhex(vote["a"]), bytes.fromhex(vote["b"]))  # type: ignore[arg-type]
            ctx = sha512(manifest_of(made)).digest()
            statement = ballot.Statement(ctx, secret.public, bytes(32), manifest.public_key, (sealed,))
            proof = ballot.prove(statement, secret.secret, NONCES[:1], (11, 12))
            whole = {
                "commitments": [one.hex() for one in proof.commitments],
                "responses": [group.encode_scalar(one).hex() for one in proof.responses],
            }
            boards.opened(session, ELECTION).append(canonical.dump({**opening["ballot"], "proof": whole}))
        path = tmp_path / "r.record.zip"
        with made.reading() as session, path.open("wb") as file:
            publication.write(session, ELECTION, file)

        told = run(path, opening)

    assert told.exit_code == 1
    assert "was cast as well, though it had been opened" in told.output


def test_the_record_can_be_fetched(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "opened.json"
    file.write_bytes(canonical.dump(an_opening(stage, (2, 0), ())))
    with serving(application(stage)) as address:
        told = CliRunner().invoke(main, ["open-seal", str(file), "--url", f"{address}{AT}"])
        nowhere = CliRunner().invoke(main, ["open-seal", str(file), "--url", f"{address}/elections/none"])

    assert told.exit_code == 0, told.output
    assert "Candidate A3" in told.output
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")


BOOTH = """
import { seal, NONE } from "./governance/web/client/ballot.js";
import { deriveCredential } from "./governance/web/client/credentials.js";
import { readElection } from "./governance/web/client/election.js";
import { nonces } from "./governance/web/client/random.js";
import { readFileSync } from "node:fs";
const { manifest, code, rankings } = JSON.parse(readFileSync(0));
const election = readElection(Buffer.from(manifest, "base64"));
const credential = deriveCredential(election.ceremony, code);
const style = election.styles.find(({ contests }) => contests.length === 2);
const sealed = seal({ election, style, credential, previous: NONE, rankings, nonces: nonces(2) });
process.stdout.write(sealed.open());
"""


def test_what_the_booth_s_own_code_hands_out_holds(stage: Stage, record: Path) -> None:
    try:
        program = hatch_build.find_node().program
    except hatch_build.NodeMissingError as error:
        pytest.skip(f"{MISSING} node ({error})")
    hatch_build.install()
    rankings = {"board": ["a4", "a1", "a2"], "africa": ["b2"]}
    given = {
        "manifest": base64.b64encode(manifest_of(stage)).decode(),
        "code": stage.troupe.registrar.codes["m3"],
        "rankings": rankings,
    }

    made = subprocess.run(
        [program, "--input-type=module", "-e", BOOTH],
        input=json.dumps(given).encode(),
        check=True,
        capture_output=True,
        cwd=ROOT,
    ).stdout
    told = run(record, made, "--json")

    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["rankings"] == rankings
    swapped = json.loads(made) | {"rankings": [["a1", "a4", "a2"], ["b2"]]}
    assert run(record, swapped).exit_code == 1
