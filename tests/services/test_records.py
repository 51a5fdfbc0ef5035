"""What a page is told of a record, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import entries
from governance.errors import MalformedError
from governance.services import records
from tests.services.a_record import a_count, a_manifest, write_record


def test_a_folder_without_a_record_has_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "folder.record.zip").mkdir()

    assert records.find_record(tmp_path) is None
    assert records.find_record(tmp_path / "missing") is None


def test_of_several_records_the_first_by_name_is_found(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.record.zip").write_bytes(b"")

    assert records.find_record(tmp_path) == tmp_path / "a.record.zip"


def test_the_last_ballot_of_a_credential_counts(tmp_path: Path) -> None:
    summary = records.read_summary(write_record(tmp_path))

    assert summary.replaced == 3
    assert summary.contests[0].ballots == 60
    assert summary.contests[0].voters == 112


def test_the_last_announced_close_is_the_close(tmp_path: Path) -> None:
    later = entries.Extend("2026-03-08T17:00:00Z", "2026-03-10T18:00:00Z", "Mail was down.")

    summary = records.read_summary(write_record(tmp_path, more=(later,)))

    assert summary.closes == datetime(2026, 3, 10, 18, tzinfo=UTC)


def test_every_round_adds_up(tmp_path: Path) -> None:
    count = records.read_summary(write_record(tmp_path)).contests[0].count

    assert count is not None
    assert {stage.total for stage in count.stages} == {count.valid}


@pytest.mark.parametrize(
    "count",
    [
        pytest.param([], id="no object"),
        pytest.param(a_count(elected=["nobody"]), id="somebody who did not stand"),
        pytest.param(a_count(quota="many"), id="words for votes"),
        pytest.param(a_count(quota="1E+999999"), id="a number that would fill the memory"),
        pytest.param(a_count(quota="NaN"), id="no number"),
        pytest.param(a_count(stages=[{}]), id="an empty round"),
        pytest.param(a_count(ties=[{"stage": 4, "among": [], "chosen": "c1", "by": "my brother"}]), id="an odd tie"),
        pytest.param(a_count(stages=7), id="no rounds"),
    ],
)
def test_a_count_of_another_form_is_refused(tmp_path: Path, count: Any) -> None:
    path = write_record(tmp_path, count=count or [1])

    with pytest.raises(MalformedError, match="not of the form that a count has"):
        records.read_summary(path)


def test_a_file_that_is_no_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.record.zip"
    path.write_bytes(b"PK\5\6" + bytes(18))

    with pytest.raises(MalformedError):
        records.read_summary(path)


def test_a_blob_too_large_for_a_page_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_record(tmp_path)
    monkeypatch.setattr(records, "BLOB_LIMIT", 100)

    with pytest.raises(MalformedError, match="too large"):
        records.read_summary(path)


def test_a_record_without_a_manifest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_record(tmp_path)
    monkeypatch.setattr(entries, "parse", lambda _: entries.Open("2026-03-01T09:00:00Z"))

    with pytest.raises(MalformedError, match="no manifest"):
        records.read_summary(path)


json = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(a_count())), inner, max_size=9),
    max_leaves=12,
)


@given(result=json, changes=st.dictionaries(st.sampled_from(sorted(a_count())), json, max_size=3))
def test_any_other_shape_is_refused_and_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, result: Any, changes: dict[str, Any]
) -> None:
    path = write_record(tmp_path_factory.getbasetemp(), manifest=a_manifest(), result=result, count=a_count(**changes))

    try:
        summary = records.read_summary(path)
    except MalformedError:
        return
    assert summary.contests[0].count is not None
