"""What is handed in, and the private roll: read strictly, whatever comes."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import canonical, contribution, making
from governance.board import entries as e
from governance.board.contribution import MAGIC, Contribution, Rolls
from governance.board.making import Voter
from governance.crypto import ceremony, group, signature
from governance.errors import MalformedError, ProofError

SEED = bytes(range(32))
BOX = ceremony.box_key(bytes(31) + b"\1")
CER = sha256(b"cer").digest() * 2
TRUSTEE = e.Trustee(2, "Bo", signature.public_key(SEED), BOX)
SHARE = making.share_message(CER, 1, TRUSTEE, 5, SEED)
KEY = e.dump(making.trustee_key(CER, 1, [3, 4], 5, SEED))


def ref(blob: bytes) -> e.Ref:
    return e.Ref(sha256(blob).digest(), len(blob))


def a_shuffle() -> tuple[bytes, tuple[bytes, ...]]:
    output, proof = b"output", b"proof"
    entry = e.Shuffle("board", 1, 1, ref(b"input"), ref(output), ref(proof), making.UNSIGNED)
    return e.dump(making.sign(entry, SEED)), (output, proof)


def lists() -> tuple[e.Credentials, bytes]:
    voters = [Voter("m1", "Ada", bytes(16)), Voter("m2", "Bo", bytes(16))]
    return making.credentials("fifth", CER, ["board"], [group.G, group.H], making.roll(voters), SEED)


def a_mix() -> Contribution:
    raw, blobs = a_shuffle()
    return Contribution(entries=(raw,), blobs=blobs)


def an_opening() -> Contribution:
    factors = b"factors"
    entry = e.Decrypt("board", 1, ref(b"input"), ref(factors), (e.Equality(1, 2),), making.UNSIGNED)
    return Contribution(entries=(e.dump(making.sign(entry, SEED)),), blobs=(factors,))


def all_kinds() -> list[Contribution]:
    one, blob = lists()
    return [
        a_mix(),
        an_opening(),
        Contribution(entries=(KEY,), shares=(SHARE, SHARE)),
        Contribution(credentials=(one,), blobs=(blob,)),
    ]


@pytest.mark.parametrize("number", range(4))
def test_what_is_written_is_read(number: int) -> None:
    made = all_kinds()[number]

    assert contribution.read(made.dump()) == made


@pytest.mark.parametrize(
    "entry",
    [
        e.TrusteeCommit(1, bytes(64), bytes(64)),
        e.TrusteeConfirm(1, bytes(64), bytes(64)),
        e.TrusteeReady(1, bytes(64), e.Knowledge(group.G, 5), bytes(64)),
    ],
    ids=lambda entry: entry.kind,
)
def test_every_kind_that_a_trustee_signs_may_be_handed_in(entry: e.Entry) -> None:
    made = Contribution(entries=(e.dump(entry),))

    assert contribution.read(made.dump()) == made


@pytest.mark.parametrize("number", range(4))
def test_every_changed_byte_is_noticed(number: int) -> None:
    data = all_kinds()[number].dump()
    for at in range(len(data)):
        with pytest.raises(MalformedError):
            contribution.read(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("cut", [1, 5, 6, 100, 300])
def test_cut_or_longer(cut: int) -> None:
    data = a_mix().dump()

    for wrong in (data[:-cut], data + b"x" * cut, b"x" * cut + data):
        with pytest.raises(MalformedError):
            contribution.read(wrong)


@given(st.binary(max_size=200))
def test_anything_else_is_refused(tail: bytes) -> None:
    for data in (tail, MAGIC + tail, MAGIC + tail + b"\n"):
        with pytest.raises(MalformedError):
            contribution.read(data)


def head(*parts: object, **more: object) -> bytes:
    return MAGIC + canonical.dump({"parts": list(parts), **more}) + b"\n"


def part(kind: object = "entry", data: bytes = KEY, **other: object) -> dict[str, object]:
    return {"kind": kind, "sha256": sha256(data).hexdigest(), "size": len(data), **other}


def test_a_part_is_what_it_should_be() -> None:
    assert contribution.read(head(part()) + KEY).entries == (KEY,)


@pytest.mark.parametrize(
    "data",
    [
        head(),
        *(MAGIC + canonical.dump({"parts": wrong}) + b"\n" + KEY for wrong in (5, True, "x", {"kind": 1})),
        *(MAGIC + canonical.dump(wrong) + b"\n" + KEY for wrong in (5, [part()], {"part": [part()]})),
        head(part(), more=1) + KEY,
        head(part(more=1)) + KEY,
        head(5),
        head(part("file")) + KEY,
        head(part(5)) + KEY,
        head(part(["entry"])) + KEY,
        head(part(size=len(KEY) + 1)) + KEY,
        head(part(size=0)) + KEY,
        head(part(size=True)) + KEY,
        head(part(size=-1)) + KEY,
        head(part(size="5")) + KEY,
        head(part(sha256=5)) + KEY,
        head(part(sha256=sha256(KEY).hexdigest().upper())) + KEY,
        head(*[part()] * 1025) + KEY * 1025,
        head(part("share", SHARE), part()) + SHARE + KEY,
        head(part("share", b"{}")) + b"{}",
        head(part("share", b"x" * 5000)) + b"x" * 5000,
        head(part("credentials", b"[]")) + b"[]",
        head(part("credentials", b"{}")) + b"{}",
        head(part("credentials", b"5")) + b"5",
        head(part("credentials", b"true")) + b"true",
        head(part("credentials", b"[{}]")) + b"[{}]",
        head(part("entry", b"{}")) + b"{}",
        head(part("entry", KEY + b" ")) + KEY + b" ",
    ],
)
def test_a_part_that_is_not(data: bytes) -> None:
    with pytest.raises(MalformedError):
        contribution.read(data)


def test_a_file_begins_with_its_kind_and_version() -> None:
    assert a_mix().dump().startswith(b'governance-contribution/1\n{"parts":[{"kind":"entry",')


def test_a_part_of_one_byte_has_the_size_one() -> None:
    entry = e.Shuffle("board", 1, 1, ref(b"input"), ref(b"o"), ref(b"p"), making.UNSIGNED)
    raw = e.dump(entry)
    named = [part("entry", raw), part("blob", b"o"), part("blob", b"p")]

    assert contribution.read(head(*named) + raw + b"op").blobs == (b"o", b"p")
    with pytest.raises(MalformedError, match="a part's size"):
        contribution.read(head(*named[:2], {**named[2], "size": True}) + raw + b"op")


def test_a_part_is_not_empty() -> None:
    raw = e.dump(e.Shuffle("board", 1, 1, ref(b"input"), ref(b"o"), ref(b""), making.UNSIGNED))

    with pytest.raises(MalformedError, match="a part's size"):
        contribution.read(head(part("entry", raw), part("blob", b"o"), part("blob", b"")) + raw + b"o")


def test_as_many_parts_as_may_be() -> None:
    assert contribution.read(head(*[part()] * 1024) + KEY * 1024).entries == (KEY,) * 1024


def test_a_file_as_large_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    data = a_mix().dump()
    monkeypatch.setattr(contribution, "MAX_SIZE", len(data))
    assert contribution.read(data) == a_mix()
    monkeypatch.setattr(contribution, "MAX_SIZE", len(data) - 1)
    with pytest.raises(MalformedError, match="too large"):
        contribution.read(data)


@pytest.mark.parametrize("kind", [e.Open("2026-03-01T09:00:00Z"), e.Notice("2026-03-01T09:00:00Z", "a", "b")])
def test_a_trustee_makes_no_other_entries(kind: e.Entry) -> None:
    with pytest.raises(MalformedError, match="no trustee makes"):
        contribution.read(Contribution(entries=(e.dump(kind),)).dump())


@pytest.mark.parametrize("change", ["missing", "stray", "twice", "none"])
def test_blobs_are_those_that_are_spoken_of(change: str) -> None:
    good = a_mix()
    blobs = {
        "missing": good.blobs[:1],
        "stray": (*good.blobs, b"stray"),
        "twice": (*good.blobs, good.blobs[0]),
        "none": (),
    }

    with pytest.raises(MalformedError, match="blob"):
        contribution.read(replace(good, blobs=blobs[change]).dump())


def test_two_lists_of_credentials() -> None:
    one, blob = lists()
    raw = canonical.dump([e.to_json(one)])
    data = head(part("credentials", raw), part("credentials", raw), part("blob", blob)) + raw + raw + blob

    with pytest.raises(MalformedError, match="twice"):
        contribution.read(data)


# ---- shares ----------------------------------------------------------------------------------------------------------


def test_a_share_says_whose_it_is() -> None:
    share = contribution.read_share(SHARE)
    share.check(signature.public_key(SEED))

    assert (share.sender, share.to, share.ceremony) == (1, 2, CER)
    assert ceremony.open_share(share.enc, share.ct, CER, 1, 2, bytes(31) + b"\1") == 5
    with pytest.raises(ProofError):
        share.check(signature.public_key(bytes(32)))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "share"},
        {"from": 0},
        {"from": True},
        {"to": "2"},
        {"to": -1},
        {"enc": "00"},
        {"enc": "0" * 63 + "G"},
        {"enc": "0" * 63 + "x"},
        {"ct": ""},
        {"signature": 5},
        {"ceremony": "A" * 128},
        {"more": 1},
    ],
    ids=str,
)
def test_a_share_of_another_form(change: dict[str, object]) -> None:
    value = canonical.parse(SHARE) | change

    with pytest.raises(MalformedError):
        contribution.read_share(canonical.dump(value))


@pytest.mark.parametrize("data", [b"", b"5", b"[]", b'"share"', b"true", SHARE + b" ", SHARE[:-1]])
def test_what_is_no_share(data: bytes) -> None:
    with pytest.raises(MalformedError):
        contribution.read_share(data)


# ---- the private roll ------------------------------------------------------------------------------------------------

ROLLS = Rolls(
    "fifth",
    CER,
    {
        ("board",): (Voter("m1", "Ada", bytes(16)), Voter("m2", "Bo", bytes(16))),
        ("chair", "board"): (Voter("é", "Cy", bytes(16)),),
    },
)


def test_rolls_are_read_as_they_were_written() -> None:
    assert contribution.read_rolls(ROLLS.dump()) == ROLLS


def test_rolls_are_those_that_the_registrar_signed() -> None:
    one, _ = lists()
    mine = Rolls("fifth", CER, {("board",): ROLLS.styles[("board",)]})
    mine.check([one])

    for wrong in (ROLLS, Rolls("fifth", CER, {}), Rolls("fifth", CER, {("board",): ROLLS.styles[("board",)][:1]})):
        with pytest.raises(MalformedError, match="not the one"):
            wrong.check([one])


def test_a_roll_as_large_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ROLLS.dump()
    monkeypatch.setattr(contribution, "MAX_ROLL", len(data))
    assert contribution.read_rolls(data) == ROLLS
    monkeypatch.setattr(contribution, "MAX_ROLL", len(data) - 1)
    with pytest.raises(MalformedError, match="no private roll"):
        contribution.read_rolls(data)


def rolls_json() -> dict[str, object]:
    value: dict[str, object] = canonical.parse(ROLLS.dump())
    return value


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "roll"},
        {"election": 5},
        {"ceremony": "00"},
        {"styles": {}},
        {"styles": [5]},
        {"more": 1},
        {"styles": [{"contests": [1], "voters": []}]},
        {"styles": [{"contests": ["a", 1], "voters": []}]},
        {"styles": [{"contests": ["a"], "voters": [{"member": "m", "name": "n", "salt": "00" * 16, "more": 1}]}]},
        {"styles": [{"contests": ["a"], "voters": [{"member": "m", "name": "n"}]}]},
        {"styles": [{"contests": ["a"], "voters": {}}]},
        {"styles": [{"contests": ["a"], "voters": [5]}]},
        {"styles": [{"contests": ["a"]}]},
        {"styles": [{"contests": "a", "voters": []}]},
        {"styles": [{"contests": ["a"], "voters": []}] * 2},
        {"styles": [{"contests": ["a"], "voters": [{"member": "m", "name": "n", "salt": "00"}]}]},
        {"styles": [{"contests": ["a"], "voters": [{"member": 5, "name": "n", "salt": "00" * 16}]}]},
        {"styles": [{"contests": ["a"], "voters": [{"member": "m", "name": 5, "salt": "00" * 16}]}]},
        {"styles": [{"contests": ["a"], "voters": [{"member": "m", "name": "n", "salt": "00" * 16}] * 2}]},
        {
            "styles": [
                {"contests": ["a"], "voters": [{"member": m, "name": "n", "salt": "00" * 16} for m in ("b", "a")]}
            ]
        },
    ],
    ids=str,
)
def test_rolls_of_another_form(change: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        contribution.read_rolls(canonical.dump(rolls_json() | change))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"5"])
def test_what_is_no_roll(data: bytes) -> None:
    with pytest.raises(MalformedError):
        contribution.read_rolls(data)
