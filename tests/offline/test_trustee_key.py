"""The trustees' key ceremony and readiness: what each step gives, and what it refuses."""

import json
import shutil
from dataclasses import replace
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest

from governance.board import contribution, making
from governance.board import entries as e
from governance.board.ledger import Ledger
from governance.crypto import ceremony, group
from governance.offline import trustee
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import Stage, ok, refused, run

# ---- identity --------------------------------------------------------------------------------------------------------


def test_the_public_file_has_the_name_and_two_keys(at: At) -> None:
    public = json.loads((at("people").folder / "1.public.json").read_text("utf-8"))

    assert public["name"] == "Trustee 1"
    assert {len(public.pop(name)) for name in ("identity", "box")} == {64}
    assert public == {"name": "Trustee 1"}


def test_an_identity_never_takes_the_place_of_another(at: At) -> None:
    stage = at("people")
    before = (stage.folder / "1.secret").read_bytes()
    again = run(trustee.main, "identity", *stage.secret(1), "--name", "Me", "--out", stage.folder / "new.json")
    over = run(trustee.main, "identity", *stage.secret(9), "--name", "Me", "--out", stage.folder / "1.public.json")

    refused(again, "already there", code=2)
    refused(over, "already there", code=2)
    assert (stage.folder / "1.secret").read_bytes() == before
    assert not (stage.folder / "9.secret").exists()


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[2Jb"])
def test_a_name_is_a_name(tmp_path: Path, name: str) -> None:
    words = ("--secret", tmp_path / "s", "--out", tmp_path / "p", "--name", name)

    refused(run(trustee.main, "identity", *words), "name", code=2)


# ---- commit ----------------------------------------------------------------------------------------------------------


def test_commit_shows_the_ceremony_and_asks(at: At) -> None:
    stage = at("ceremony")
    stage.out(1, "commit").unlink(missing_ok=True)
    words = (*stage.secret(1), "--record", stage.record, "--out", stage.out(1, "commit"))
    result = ok(run(trustee.main, "commit", *words, typed="y\n"))

    assert stage.cer() in result.output
    assert "2 of 3 trustees" in result.output
    assert "Trustee 1  (you)" in result.output
    assert "Rea Gistrar" in result.output
    (raw,) = contribution.read(stage.out(1, "commit").read_bytes()).entries
    assert isinstance(e.parse(raw), e.TrusteeCommit)


@pytest.mark.parametrize("words", [(), ("--expect", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"), ("--expect", "")])
def test_nothing_is_made_before_the_ceremony_was_compared(at: At, words: tuple[str, ...]) -> None:
    stage = at("ceremony")
    before = (stage.folder / "1.secret").read_bytes()
    given = (*stage.secret(1), "--record", stage.record, "--out", stage.out(1, "commit"))
    result = run(trustee.main, "commit", *given, *words, typed="n\n")

    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert (stage.folder / "1.secret").read_bytes() == before
    assert not stage.out(1, "commit").exists()


def test_a_tracker_may_be_typed_in_any_case_without_hyphens(at: At) -> None:
    stage = at("ceremony")

    ok(stage.trustee(1, "commit", "--expect", stage.cer().replace("-", " ").lower()))


def test_commit_refuses_a_ceremony_without_these_keys(at: At) -> None:
    stage = at("ceremony")
    ok(run(trustee.main, "identity", *stage.secret(9), "--name", "Nobody", "--out", stage.folder / "9.json"))

    refused(stage.trustee(9, "commit", "--expect", stage.cer()), "does not list your keys")


def test_commit_gives_the_same_entry_again(at: At) -> None:
    stage = at("ceremony")
    ok(stage.trustee(1, "commit", "--expect", stage.cer()))
    first = stage.out(1, "commit").read_bytes()
    ok(stage.trustee(1, "commit"))

    assert stage.out(1, "commit").read_bytes() == first
    refused(stage.trustee(1, "commit", "--expect", "0000-0000-0000-0000-0000-0000"), "another one")


def test_commit_refuses_a_record_whose_commit_this_file_did_not_make(at: At) -> None:
    stage = at("people")
    shutil.copy(at("commits").record, stage.record)

    refused(stage.trustee(1, "commit", "--expect", stage.cer()), "older copy")


@pytest.mark.parametrize("step", ["keys", "confirmed", "ready"])
def test_commit_is_over_once_keys_stand(at: At, step: str) -> None:
    refused(at(step).trustee(1, "commit"), "past this step")


def test_a_file_serves_one_ceremony(at: At) -> None:
    stage = at("commits")
    ledger = Ledger("log.example/other", stages.LOG_SEED)
    ledger.append(replace(stages.ceremony_entry(stage), election="other"))
    stage.publish(ledger)

    for step in ("commit", "key", "confirm"):
        refused(stage.trustee(1, step), "belongs to the ceremony", "other")


def test_a_record_without_a_ceremony(at: At) -> None:
    stage = at("ceremony")
    stage.publish(stage.ledger(without=1))

    refused(stage.trustee(1, "commit"), "past this step")
    refused(stage.trustee(1, "key"), "begin with commit")


def test_a_record_that_is_all_notices(at: At) -> None:
    stage = at("commits")
    stage.publish(stage.ledger(without=4))

    refused(stage.trustee(1, "key"), "no ceremony yet")


def test_every_trustee_is_needed_is_said(at: At) -> None:
    stage = at("people")
    ledger = stage.ledger()
    ledger.append(replace(stages.ceremony_entry(stage), threshold=3))
    stage.publish(ledger)

    assert "if one key is lost" in ok(stage.trustee(1, "commit", "--expect", stage.cer())).output


# ---- key -------------------------------------------------------------------------------------------------------------


def test_no_key_before_all_have_committed(at: At) -> None:
    stage = at("commits")
    stage.publish(stage.ledger(without=1))

    refused(stage.trustee(1, "key"), "missing: 3")
    assert not stage.out(1, "key").exists()


def test_key_gives_the_same_entry_and_shares_again(at: At) -> None:
    stage = at("commits")
    ok(stage.trustee(1, "key"))
    first = stage.out(1, "key").read_bytes()
    ok(stage.trustee(1, "key"))
    made = contribution.read(first)

    assert stage.out(1, "key").read_bytes() == first
    assert [contribution.read_share(raw).to for raw in made.shares] == [2, 3]
    commit = next(
        entry
        for raw in stage.ledger().entries()
        if isinstance(entry := e.parse(raw), e.TrusteeCommit) and entry.index == 1
    )
    assert sha512(made.entries[0]).digest() == commit.commit


def test_key_refuses_a_commit_that_this_file_did_not_make(at: At) -> None:
    stage = at("ceremony")
    ok(stage.trustee(1, "commit", "--expect", stage.cer()))  # draws another polynomial than the one committed to
    shutil.copy(at("commits").record, stage.record)

    refused(stage.trustee(1, "key"), "older copy")


# ---- confirm ---------------------------------------------------------------------------------------------------------


def shares(stage: Stage, *senders: int) -> list[object]:
    return [word for j in senders for word in ("--shares", stage.out(j, "key"))]


def altered(stage: Stage, sender: int, raw: bytes) -> list[object]:
    """Trustee 1's shares, that of one sender replaced."""
    path = stage.folder / "altered.shares"
    good = [one for j in (2, 3) if j != sender for one in contribution.read(stage.out(j, "key").read_bytes()).shares]
    path.write_bytes(b"\n".join([*good, raw]) + b"\n")
    return ["--shares", path]


def message(
    stage: Stage, *, sender: int = 2, to: int = 1, add: int = 0, seed: bytes = b"", cer: bytes = b"", claim: int = 0
) -> bytes:
    """A share message from a trustee."""
    theirs = stage.keyring(sender)
    recipient = stages.ceremony_entry(stage).trustees[to - 1]
    share = (ceremony.share_for(theirs.coefficients, to) + add) % group.ORDER
    return making.share_message(cer or theirs.ceremony, claim or sender, recipient, share, seed or theirs.identity)


def test_confirm_keeps_the_share_and_forgets_the_polynomial(at: At) -> None:
    stage = at("keys")
    ok(stage.trustee(1, "confirm", *shares(stage, 2, 3)))
    mine = stage.keyring(1)

    assert mine.coefficients == []
    assert group.multiply_base(mine.secret) == stages.keys(stage.ledger()).shares[1]


def test_confirm_gives_the_same_entry_again_without_shares(at: At) -> None:
    stage = at("keys")
    ok(stage.trustee(1, "confirm", *shares(stage, 1, 2, 3)))
    first = stage.out(1, "confirm").read_bytes()
    ok(stage.trustee(1, "confirm"))

    assert stage.out(1, "confirm").read_bytes() == first


def test_confirm_takes_shares_as_lines(at: At) -> None:
    stage = at("keys")

    ok(stage.trustee(1, "confirm", *altered(stage, 2, message(stage))))


def test_confirm_needs_all_keys(at: At) -> None:
    stage = at("keys")
    stage.publish(stage.ledger(without=1))

    refused(stage.trustee(1, "confirm", *shares(stage, 2, 3)), "not all trustees")


def test_a_missing_share(at: At) -> None:
    stage = at("keys")

    refused(stage.trustee(1, "confirm", *shares(stage, 2)), "trustee 3 (Trustee 3)", "missing", "ceremony must end")


def test_a_share_that_does_not_fit(at: At) -> None:
    stage = at("keys")
    given = altered(stage, 2, message(stage, add=1))

    refused(stage.trustee(1, "confirm", *given), "does not fit", "ceremony must end", "trustee 2 (Trustee 2)")
    assert stage.keyring(1).secret == 0


FOREIGN = pytest.mark.parametrize(
    ("bogus", "why"),
    [
        ({"seed": bytes(32)}, "it says that it is from trustee 2, who did not sign it"),
        ({"cer": bytes(64)}, "it is of another ceremony"),
        ({"claim": 9}, "it says that it is from trustee 9, and there are 3"),
    ],
    ids=str,
)


@FOREIGN
def test_what_no_trustee_signed_is_passed_over(at: At, bogus: dict[str, Any], why: str) -> None:
    """Anybody can send a file: it ends nothing, and is nobody's fault (protocol.md, section 6)."""
    stage = at("keys")
    given = [*altered(stage, 0, message(stage, **bogus)), *shares(stage, 2, 3)]
    told = ok(stage.trustee(1, "confirm", *given)).stderr

    assert told.startswith("Warning: a share in ")
    assert f"altered.shares is passed over: {why}." in told
    assert "must end" not in told
    assert stage.keyring(1).secret


@FOREIGN
def test_it_does_not_stand_in_for_the_share_that_is_missing(at: At, bogus: dict[str, Any], why: str) -> None:
    stage = at("keys")
    told = stage.trustee(1, "confirm", *altered(stage, 2, message(stage, **bogus)))

    assert told.exit_code == 1
    assert f"{why}.\nError: the share for you from trustee 2 (Trustee 2) is missing: ask for it" in told.stderr
    assert stage.keyring(1).secret == 0


def test_a_share_that_cannot_be_opened(at: At) -> None:
    stage = at("keys")
    theirs = stage.keyring(2)
    other = replace(stages.ceremony_entry(stage).trustees[0], box=ceremony.box_key(bytes(31) + b"\1"))
    raw = making.share_message(theirs.ceremony, 2, other, 5, theirs.identity)

    refused(stage.trustee(1, "confirm", *altered(stage, 2, raw)), "does not fit", "trustee 2")


def test_two_shares_from_one_trustee(at: At) -> None:
    stage = at("keys")
    given = [*shares(stage, 2, 3), *altered(stage, 2, message(stage))]

    refused(stage.trustee(1, "confirm", *given), "two different shares", "ceremony must end", "trustee 2")


def test_a_share_for_somebody_else_is_none(at: At) -> None:
    stage = at("keys")
    given = altered(stage, 2, message(stage, to=3))

    refused(stage.trustee(1, "confirm", *given), "trustee 2 (Trustee 2) is missing")


@pytest.mark.parametrize("data", [b"", b"{}", b"nothing\n", b'{"kind":"trustee-share"}\n', b"x" * 5000])
def test_a_file_that_holds_no_shares(at: At, data: bytes) -> None:
    stage = at("keys")
    (stage.folder / "none").write_bytes(data)

    refused(stage.trustee(1, "confirm", "--shares", stage.folder / "none"), code=2)


def test_confirm_for_one_set_of_keys_ever(at: At) -> None:
    stage, other = at("keys"), at("ceremony")
    ok(stage.trustee(1, "confirm", *shares(stage, 2, 3)))
    for index in (1, 3):
        other.put_back(stage, index)
    ledger = other.ledger()
    raws = {index: e.parse(stage.keyring(index).key) for index in (1, 3)}
    ok(other.trustee(2, "commit", "--expect", other.cer()))  # another key of trustee 2's
    raws[2] = e.parse(other.keyring(2).key)
    for step in ("commit", "key"):
        for index in (1, 2, 3):
            entry = raws[index]
            assert isinstance(entry, e.TrusteeKey)
            ledger.append(making.trustee_commit(entry, other.keyring(index).identity) if step == "commit" else entry)
    other.publish(ledger)

    refused(stage.trustee(1, "confirm", path=other.record), "confirmed other keys", "must end")


def test_confirm_refuses_a_key_that_this_file_did_not_make(at: At) -> None:
    stage = at("ceremony")
    ok(stage.trustee(1, "commit", "--expect", stage.cer()))
    shutil.copy(at("keys").record, stage.record)

    refused(stage.trustee(1, "confirm"), "older copy")
