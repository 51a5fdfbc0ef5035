"""What a report says besides yes and no: the entry that failed, and the checks that held before it."""

import io
from typing import Any

import pytest

from governance.board import verify
from governance.board.checks import Check
from governance.board.record import RecordFile
from tests.forge.forgery import next_scalar
from tests.forge.maker import base
from tests.forge.record import Record

BEFORE = {Check.FORM, Check.TREE, Check.CEREMONY, Check.CODEC, Check.MANIFEST, Check.CLOSE}
"""The checks that are made before the first ballot."""


def report_of(record: Record) -> verify.Report:
    return verify.check(RecordFile(io.BytesIO(record.zip())))


def held(report: verify.Report) -> set[Check]:
    return {line.check for line in report.lines if line.ok}


@pytest.mark.parametrize("number", range(6))
def test_the_ballot_that_fails_is_named_by_its_place(number: int) -> None:
    record = base("tiny")
    at = record.find("ballot", number)
    responses = record.value(at)["proof"]["responses"]
    record.edit(at, lambda v: {**v, "proof": {**v["proof"], "responses": [next_scalar(responses[0]), *responses[1:]]}})

    failure = report_of(record).failure

    assert failure is not None
    assert failure.check is Check.BALLOT
    assert failure.detail.startswith(f"entry {at}: ")


@pytest.mark.parametrize(
    ("kind", "check", "before"),
    [
        ("shuffle", Check.SHUFFLE, BEFORE | {Check.BALLOT}),
        ("decrypt", Check.DECRYPT, BEFORE | {Check.BALLOT, Check.MIX_INPUT, Check.SHUFFLE}),
        ("count", Check.COUNT, BEFORE | {Check.BALLOT, Check.MIX_INPUT, Check.SHUFFLE, Check.DECRYPT, Check.RESULT}),
    ],
)
def test_the_checks_that_held_before_a_failure_are_listed(kind: str, check: Check, before: set[Check]) -> None:
    record = base("tiny")
    at = record.find(kind)
    changes: dict[str, dict[str, Any]] = {
        "shuffle": {"mixer": 2},
        "decrypt": {"proofs": []},
        "count": {"elected": ["c"]},
    }
    record.edit(at, lambda v: {**v, **changes[kind]})

    report = report_of(record)

    assert report.failure is not None
    assert report.failure.check is check
    assert report.failure.detail.startswith(f"entry {at}: ")
    assert held(report) == before
