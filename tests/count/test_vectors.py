"""The counts of the contract's vectors and of the records that a verifier must accept, byte for byte."""

import json
from hashlib import sha512
from typing import Any
from zipfile import ZipFile

import pytest

from governance.count import rules
from governance.count.ballots import profile
from tests.shared import PROTOCOL, VECTORS, needs_shared

COUNTS = PROTOCOL["count"]["cases"] if PROTOCOL else []
RECORDS = sorted((VECTORS / "protocol-v1" / "good").glob("*.zip"))


@needs_shared
def test_no_vector_is_missing() -> None:
    assert len(COUNTS) == 12
    assert len(RECORDS) == 4


@needs_shared
@pytest.mark.parametrize("vector", COUNTS)
def test_a_vector_is_met_field_by_field_and_in_its_order(vector: Any) -> None:
    count = rules.count(
        PROTOCOL["count"]["rule"],
        profile(vector["candidates"], vector["papers"]),
        seats=vector["seats"],
        order=vector["order"],
        withdrawn=vector["withdrawn"],
        reopen=next(iter(vector["reopen"]), None),
    )

    assert json.dumps(count.as_dict()) == json.dumps(vector["count"])


def lots(contest: str, ctx: bytes, result: bytes, ids: list[str]) -> list[str]:
    """docs/protocol.md 11."""
    name = contest.encode()
    seed = sha512(b"governance/v1/lots" + ctx + len(name).to_bytes(4, "big") + name + result).digest()
    return sorted(ids, key=lambda candidate: sha512(seed + candidate.encode()).digest())


@needs_shared
def test_every_count_of_the_good_records_is_met() -> None:
    counted = 0
    for path in RECORDS:
        with ZipFile(path) as record:
            lines = record.read("entries.jsonl").splitlines()
            entries = [json.loads(line) for line in lines]
            manifest = next(entry for entry in entries if entry["kind"] == "manifest")
            ctx = sha512(lines[entries.index(manifest)]).digest()
            contests = {contest["id"]: contest for contest in manifest["contests"]}
            results: dict[str, bytes] = {}
            elected: dict[str, list[str]] = {}
            for entry in entries:
                if entry["kind"] == "result":
                    results[entry["contest"]] = record.read(f"blobs/{entry['ballots']['sha256']}")
                if entry["kind"] == "count":
                    contest, result = contests[entry["contest"]], results[entry["contest"]]
                    ids = [candidate["id"] for candidate in contest["candidates"]]
                    gone = {
                        e["candidate"] for e in entries if e["kind"] == "withdraw" and e["contest"] == contest["id"]
                    }
                    gone.update(winner for before in contest["after"] for winner in elected.get(before, []))
                    reopen = [candidate["id"] for candidate in contest["candidates"] if candidate["reopen"]]
                    count = rules.count(
                        entry["rule"],
                        profile(ids, json.loads(result)["papers"]),
                        seats=contest["seats"],
                        order=lots(contest["id"], ctx, result, ids),
                        withdrawn=gone.intersection(ids),
                        reopen=next(iter(reopen), None),
                    ).as_dict()
                    blob = json.dumps(count, sort_keys=True, separators=(",", ":")).encode()

                    assert blob == record.read(f"blobs/{entry['stages']['sha256']}")
                    assert count["elected"] == entry["elected"]
                    elected[contest["id"]] = count["elected"]
                    counted += 1
    assert counted == 6
