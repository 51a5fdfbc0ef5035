"""The table 1.1 of protocol.md, field by field: what each kind of entry holds, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from governance.verifier import canonical, group
from governance.verifier.form import Ballot, Entry, MalformedError, read_entry
from governance.verifier.transcript import ORDER

REF = {"sha256": "hex64", "size": "int"}
SCHNORR = {"commitment": "point", "response": "scalar"}
CONSTRAINT = {"attribute": "text", "value": "text", "min": "int", "max": "int", "candidates": ["id"], "seated": "int"}
CONTEST = {
    "id": "id",
    "title": "text",
    "seats": "int",
    "max_ranks": "int",
    "min_ballots": "int",
    "candidates": [{"id": "id", "name": "text", "reopen": "bool"}],
    "rule": {"id": "text"},
    "constraints": [CONSTRAINT],
    "after": ["id"],
}
CREDENTIALS = {
    "contests": ["id"],
    "count": "int",
    **REF,
    "roll": {"count": "int", "root": "hex64"},
    "signature": "hex128",
}
TABLE: dict[str, Any] = {
    "ceremony": {
        "election": "id",
        "threshold": "int",
        "registrar": {"name": "text", "identity": "hex64"},
        "trustees": [{"index": "int", "name": "text", "identity": "hex64", "box": "hex64"}],
    },
    "trustee-commit": {"index": "int", "commit": "hex128", "signature": "hex128"},
    "trustee-key": {"index": "int", "commitments": ["point"], "proof": SCHNORR, "signature": "hex128"},
    "trustee-confirm": {"index": "int", "keys": "hex128", "signature": "hex128"},
    "manifest": {
        "version": "int",
        "election": "id",
        "title": "text",
        "ceremony": "hex128",
        "public_key": "point",
        "opens": "time",
        "closes": "time",
        "revotes": "bool",
        "contests": [CONTEST],
        "credentials": [CREDENTIALS],
        "board": {"origin": "text", "key": "text", "witnesses": ["text"], "quorum": "int"},
    },
    "trustee-ready": {"index": "int", "manifest": "hex128", "proof": SCHNORR, "signature": "hex128"},
    "open": {"at": "time"},
    "extend": {"at": "time", "closes": "time", "reason": "text"},
    "close": {"at": "time", "ballots": "int"},
    "cancel": {"at": "time", "reason": "text"},
    "withdraw": {"contest": "id", "candidate": "id"},
    "notice": {"at": "time", "subject": "text", "body": "text"},
    "ballot": {
        "election": "id",
        "credential": "point",
        "previous": "hex64",
        "contests": [{"id": "id", "a": "point", "b": "point"}],
        "proof": {"commitments": ["point"], "responses": ["scalar"]},
    },
    "shuffle": {
        "contest": "id",
        "mixer": "int",
        "trustee": "int",
        "input": REF,
        "output": REF,
        "proof": REF,
        "signature": "hex128",
    },
    "decrypt": {
        "contest": "id",
        "trustee": "int",
        "input": REF,
        "factors": REF,
        "proofs": [{"c": "scalar", "s": "scalar"}],
        "signature": "hex128",
    },
    "result": {"contest": "id", "ballots": REF},
    "count": {"contest": "id", "rule": "text", "elected": ["id"], "stages": REF},
    "void": {"contest": "id", "ballots": "int"},
}


def little(number: int) -> str:
    return number.to_bytes(32, "little").hex()


POINT = group.encode(group.BASE).hex()
OTHER_TYPES: list[Any] = ["", 0, True, [], {}]
GOOD: dict[str, list[Any]] = {
    "text": ["t", "", "\u00e9\n"],
    "id": ["a", "Z", "9", "a" * 64, "A-_z0"],
    "int": [1, 0, -1, 99, 2**53 - 1],
    "bool": [True, False],
    "hex64": ["0f" * 32, "00" * 32],
    "hex128": ["0f" * 64, "00" * 64],
    "point": [POINT, "00" * 32],
    "scalar": [little(5), little(0), little(ORDER - 1)],
    "time": ["2026-03-01T09:00:00Z", "2028-02-29T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"],
}
HEX: list[Any] = [
    "0F" * 32,
    "0f" * 31,
    "0f" * 33,
    "0f" * 31 + "0g",
    "0f" * 31 + "0",
    "0x" + "0f" * 31,
    "0f" * 31 + "\n",
]
BAD: dict[str, list[Any]] = {
    "text": [0, True, [], {}],
    "id": [*OTHER_TYPES, "-a", "_a", "a" * 65, "a b", "\u00e9", "a\n", "a.b", "\u0661"],
    "int": ["", "1", True, False, [], {}],
    "bool": ["", 0, 1, "true", [], {}],
    "hex64": [*OTHER_TYPES, *HEX, "0f" * 64],
    "hex128": [*OTHER_TYPES, *(text + "0f" * 32 for text in HEX), "0f" * 32],
    "point": [*OTHER_TYPES, *HEX, "ff" * 32, "01" + "00" * 31, POINT.upper()],
    "scalar": [*OTHER_TYPES, *HEX, little(ORDER), "ff" * 32],
    "time": [
        *OTHER_TYPES,
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T00:60:00Z",
        "2026-03-01T00:00:60Z",
        "2026-03-01T00:00:00z",
        "2026-03-01T00:00:00",
        "2026-03-01T00:00:00+00:00",
        "2026-3-1T00:00:00Z",
        "2026-03-01T00:00:00Z\n",
        "\u0662026-03-01T00:00:00Z",
    ],
}


def example(form: Any) -> Any:
    """A good value of a form; a list has two members."""
    if isinstance(form, dict):
        return {name: example(inner) for name, inner in form.items()}
    return [example(form[0]) for _ in range(2)] if isinstance(form, list) else GOOD[form][0]


def varied(form: Any) -> Iterator[tuple[Any, bool]]:
    """Every value that differs in one place from the example, and whether it is still of the form."""
    good = example(form)
    if isinstance(form, str):
        yield from ((value, True) for value in GOOD[form])
        yield from ((value, False) for value in BAD[form])
        return
    for other in OTHER_TYPES:
        yield other, isinstance(form, list) and other == []
    if isinstance(form, list):
        for inner, holds in varied(form[0]):
            yield [good[0], inner], holds
            yield [inner], holds
        return
    for name in form:
        yield {other: value for other, value in good.items() if other != name}, False
        for inner, holds in varied(form[name]):
            yield good | {name: inner}, holds
    yield good | {"more": 1}, form == {"id": "text"}  # a rule's parameters are the manifest's check


def is_read(entry: Any) -> bool:
    try:
        read_entry(0, canonical.write(entry))
    except MalformedError:
        return False
    return True


@pytest.mark.parametrize("kind", TABLE)
def test_fields_and_types(kind: str) -> None:
    tried = [0, 0]
    for value, holds in varied(TABLE[kind]):
        if isinstance(value, dict) and "kind" not in value:
            assert is_read({"kind": kind} | value) == holds, value
            tried[holds] += 1
    assert tried[False] > 10
    assert tried[True] > 1
    assert not is_read(example(TABLE[kind]))
    for other in ["", kind + "x", kind.upper(), 1, [kind], {}]:
        assert not is_read(example(TABLE[kind]) | {"kind": other})


@pytest.mark.parametrize("kind", TABLE)
def test_what_is_kept_of_an_entry(kind: str) -> None:
    value = example(TABLE[kind]) | {"kind": kind}
    sizes = {"input": 1, "output": 2, "proof": 3, "factors": 4, "ballots": 5, "stages": 6}
    for name, size in sizes.items():
        if TABLE[kind].get(name) == REF:
            value[name] = {"sha256": f"{size:064x}", "size": size}
    raw = canonical.write(value)
    entry, references = read_entry(7, raw)
    wanted = [(f"{size:064x}", size) for name, size in sizes.items() if TABLE[kind].get(name) == REF]
    wanted += [("0f" * 32, 1)] * 2 if kind == "manifest" else []
    assert sorted(references) == wanted
    if kind == "notice":
        assert entry is None
    elif kind == "ballot":
        assert isinstance(entry, Ballot)
        assert (entry.index, entry.contests, entry.election) == (7, ("a", "a"), "a")
        assert (len(entry.ciphertexts), len(entry.ciphertexts_affine), len(entry.proof_affine)) == (128, 256, 192)
    else:
        assert entry == Entry(7, kind, raw)


@pytest.mark.parametrize("extra", [0, 1])
def test_an_entry_of_a_mebibyte(extra: int) -> None:
    notice = {"kind": "notice", "at": GOOD["time"][0], "subject": "", "body": ""}
    notice["body"] = "x" * (2**20 - len(canonical.write(notice)) + extra)
    assert is_read(notice) == (not extra)


@pytest.mark.parametrize("value", [[], "", "ballot", 1, True, {}, [{"kind": "open", "at": GOOD["time"][0]}]])
def test_what_is_no_object_with_a_kind(value: Any) -> None:
    assert not is_read(value)


@pytest.mark.parametrize("raw", [b"", b"{", b'{"kind":"open"', b'{"kind": "open"}', b"\xff"])
def test_what_is_no_canonical_json(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        read_entry(0, raw)
