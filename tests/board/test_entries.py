"""Entries: every kind is read back as it was written, and every field of every kind matters."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from governance.board import entries
from governance.board.record import RecordFile
from governance.errors import MalformedError
from tests.shared import VECTORS, needs_shared

pytestmark = needs_shared
EXTRA: dict[str, dict[str, Any]] = {
    "cancel": {"kind": "cancel", "at": "2026-03-01T09:00:00Z", "reason": "r"},
    "extend": {"kind": "extend", "at": "2026-03-01T09:00:00Z", "closes": "2026-03-01T09:00:00Z", "reason": "r"},
}


def _dump(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def samples() -> dict[str, dict[str, Any]]:
    """One entry of each kind, from the good records."""
    found = dict(EXTRA)
    for path in sorted((VECTORS / "protocol-v1/good").glob("*.zip")):
        with path.open("rb") as file:
            for raw in RecordFile(file).entries():
                value = json.loads(raw)
                found[value["kind"]] = value
    return found


SAMPLES = samples()


def test_there_is_a_sample_of_every_kind() -> None:
    assert SAMPLES.keys() == entries.KINDS.keys() or not VECTORS.is_dir()


def test_every_entry_of_the_good_records_is_written_as_it_was_read() -> None:
    count = 0
    for path in sorted((VECTORS / "protocol-v1/good").glob("*.zip")):
        with path.open("rb") as file:
            for raw in RecordFile(file).entries():
                assert entries.dump(entries.parse(raw)) == raw
                count += 1
    assert count == 184


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the fields are: of lists, the first item stands for all."""
    if isinstance(value, dict):
        for key in value:
            yield (*path, key)
            yield from paths(value[key], (*path, key))
    elif isinstance(value, list) and value:
        yield from paths(value[0], (*path, 0))


def changed(value: Any, path: tuple[Any, ...], change: Any) -> Any:
    """A copy with one place changed: `change` gets the container and the key."""
    copy = json.loads(json.dumps(value))
    place = copy
    for step in path[:-1]:
        place = place[step]
    change(place, path[-1])
    return copy


FIELDS = [(kind, path) for kind in sorted(SAMPLES) for path in paths(SAMPLES[kind]) if path[:1] != ("rule",)]


def refuses(data: bytes) -> bool:
    try:
        entries.parse(data)
    except MalformedError:
        return True
    return False


def _replace(other: Any) -> Any:
    def change(place: Any, key: Any) -> None:
        place[key] = other

    return change


def _remove(place: Any, key: Any) -> None:
    del place[key]


def _add(place: Any, _key: Any) -> None:
    place["zzz"] = 1


@pytest.mark.parametrize(
    ("kind", "path"), FIELDS, ids=lambda item: str(item) if isinstance(item, str) else ".".join(map(str, item))
)
def test_every_field_is_needed_and_has_its_type(kind: str, path: tuple[Any, ...]) -> None:
    sample = SAMPLES[kind]
    entries.parse(_dump(sample))
    changes = [("missing", _remove), ("a float", _replace(1.5)), ("null", _replace(None))]
    if "rule" not in path[:-1]:
        changes.append(("unknown field", _add))
    place: Any = sample
    for step in path:
        place = place[step]
    changes += [("a big integer", _replace(2**53))]
    if not isinstance(place, bool):
        changes.append(("a boolean", _replace(other=True)))
    if not isinstance(place, int) or isinstance(place, bool):
        changes.append(("a number", _replace(7)))
    if not isinstance(place, dict):
        changes.append(("an object", _replace({})))
    if not isinstance(place, list):
        changes.append(("an array", _replace([])))
    if not isinstance(place, str):
        changes.append(("a string", _replace("x")))
    for name, change in changes:
        assert refuses(_dump(changed(sample, path, change))), name


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(("election",), "", id="empty id"),
        pytest.param(("election",), "-a", id="id with a hyphen first"),
        pytest.param(("election",), "a" * 65, id="id of 65"),
        pytest.param(("election",), "é", id="id not in ASCII"),
        pytest.param(("election",), "a\n", id="id with a line feed"),
        pytest.param(("opens",), "2026-02-30T09:00:00Z", id="no such day"),
        pytest.param(("opens",), "2026-03-01T24:00:00Z", id="no such hour"),
        pytest.param(("opens",), "2026-03-01T09:00:60Z", id="leap second"),
        pytest.param(("opens",), "2026-03-01 09:00:00Z", id="no T"),
        pytest.param(("opens",), "2026-03-01T09:00:00+00:00", id="no Z"),
        pytest.param(("opens",), "2026-03-01T09:00:00Z\n", id="line feed"),
        pytest.param(("ceremony",), "AB" * 64, id="upper case"),
        pytest.param(("ceremony",), "ab" * 63, id="too short"),
        pytest.param(("public_key",), "01" + "00" * 31, id="no element"),
        pytest.param(("public_key",), "zz" * 32, id="no hex"),
    ],
)
def test_text_that_is_not_of_the_form_is_refused(path: tuple[str, ...], text: str) -> None:
    with pytest.raises(MalformedError):
        entries.parse(_dump(changed(SAMPLES["manifest"], path, _replace(text))))


@pytest.mark.parametrize("data", [b"[]", b'{"kind":"vote"}', b'{"kind":1}', b"{}", b'"ballot"', b"7", b"true"])
def test_what_is_no_entry_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="no entry"):
        entries.parse(data)


def test_an_entry_of_more_than_a_mebibyte_is_refused() -> None:
    sample = dict(SAMPLES["notice"], body="")
    room = 1_048_576 - len(_dump(sample))
    entries.parse(_dump(dict(sample, body="x" * room)))
    with pytest.raises(MalformedError, match="1 MiB"):
        entries.parse(_dump(dict(sample, body="x" * (room + 1))))


@pytest.mark.parametrize("kind", [kind.kind for kind in get_args(entries.Signed)])
def test_what_a_trustee_signs_is_all_but_the_signature(kind: str) -> None:
    entry: Any = entries.parse(_dump(SAMPLES[kind]))
    assert entries.signed_bytes(entry) == _dump(
        {key: SAMPLES[kind][key] for key in SAMPLES[kind] if key != "signature"}
    )


def test_what_the_tracker_is_of_is_all_but_the_proof() -> None:
    entry: Any = entries.parse(_dump(SAMPLES["ballot"]))
    bare = {key: SAMPLES["ballot"][key] for key in SAMPLES["ballot"] if key != "proof"}
    assert entries.unproven_bytes(entry) == _dump(bare)


def test_what_the_registrar_signs_names_ceremony_and_election() -> None:
    entry: Any = entries.parse(_dump(SAMPLES["manifest"]))
    plain = dict(SAMPLES["manifest"]["credentials"][0], kind="credentials", ceremony="ab" * 64, election="e")
    del plain["signature"]
    assert entries.credentials_bytes("e", b"\xab" * 64, entry.credentials[0]) == _dump(plain)


def test_a_refusal_names_the_field() -> None:
    sample = dict(SAMPLES["notice"])
    with pytest.raises(MalformedError, match="unknown field 'zzz'"):
        entries.parse(_dump(dict(sample, zzz=1)))
    del sample["body"]
    with pytest.raises(MalformedError, match="the field 'body' is missing"):
        entries.parse(_dump(sample))
