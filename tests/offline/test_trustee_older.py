"""A trustee's older copy of the file of secrets: noticed, refused, and bound by what the record shows."""

import shutil

import pytest

from tests.offline.conftest import At
from tests.offline.stage import ok, refused
from tests.offline.test_trustee_tally import mixed_again

# ---- an older copy of the file was put back --------------------------------------------------------------------------

STEPS = [("commits", "key"), ("keys", "confirm"), ("manifest", "ready"), ("closed", "mix"), ("mixed", "decrypt")]


@pytest.mark.parametrize(("step", "command"), STEPS)
def test_an_older_copy_is_noticed(at: At, step: str, command: str) -> None:
    stage = at(step)
    stage.put_back(at("people"), 1, alone=True)

    refused(stage.trustee(1, command), "an older copy", "stored here again since", "--restored", "is forgotten")
    (stage.folder / "1.secret.newest").unlink()
    refused(stage.trustee(1, command), "may be an older copy", "1.secret.newest", "--restored")


def test_the_record_says_what_an_older_copy_does_not_know(at: At) -> None:
    stage = at("opened")
    stage.put_back(at("confirmed"), 3)  # with what says that it is the newest

    said = refused(stage.trustee(3, "decrypt", "--expect", stage.close_root()), "--restored")
    assert "does not know: ready, mix of chair, mix of board, opening of chair, opening of board" in said


def test_an_older_copy_goes_by_the_word_in_the_record_once_somebody_says_so(at: At) -> None:
    stage = at("mixed")
    stage.put_back(at("confirmed"), 1)
    refused(stage.trustee(1, "decrypt", "--expect", stage.close_root()), "does not know: ready.")

    told = ok(stage.trustee(1, "decrypt", "--expect", stage.close_root(), "--restored"))
    assert "Warning" in told.stderr
    assert stage.keyring(1).context == stage.ledger().judge.ctx
    ok(stage.trustee(1, "decrypt"))


def test_an_older_copy_opens_no_second_list_where_the_record_has_the_first(at: At) -> None:
    """Opened, and on the board; then an older copy is put back, and the server shows a board with another mix."""
    stage, closed = at("opened"), at("closed")
    stage.put_back(closed, 1)
    before = stage.trustee(1, "decrypt", "--expect", stage.close_root(), "--restored")
    assert "you have given your part" in before.stdout
    assert before.stderr.endswith("Error: there is nothing for you to open now\n")
    for index in (2, 3):
        ok(closed.trustee(index, "mix", "--expect", closed.close_root()))
        ledger = closed.ledger()
        ledger.put(*(one.last for one in ledger.judge.tallies.values()))
        closed.take(ledger, closed.out(index, "mix"))
        closed.publish(ledger, closed.folder / f"other{index}.zip")
        shutil.copy(closed.folder / f"other{index}.zip", closed.record)
    mine = stage.keyring(1)
    mine.seen_size, mine.seen_root = 0, b""  # else it is refused by (b)
    mine.store()

    refused(stage.trustee(1, "decrypt", path=closed.record), "one list is opened, ever")


def test_an_older_copy_opens_what_a_server_hides_only_if_somebody_answers_for_it(at: At) -> None:
    """docs/threat-model.md, section 4: this is what is not promised."""
    stage = at("mixed")
    older = at("closed")
    ok(stage.trustee(1, "decrypt", "--expect", stage.close_root()))  # the server takes it, and shows nothing of it
    path = mixed_again(stage, 1)
    stage.put_back(older, 1, alone=True)

    refused(stage.trustee(1, "decrypt", "--expect", stage.close_root(), path=path), "an older copy", "lists you opened")
    told = ok(stage.trustee(1, "decrypt", "--expect", stage.close_root(), "--restored", path=path))
    assert "which lists you opened since is forgotten" in told.stderr
