"""A receipt is confirmed once enough witnesses have cosigned the board, and stays so while the board grows."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from governance.board import canonical
from governance.services import running, voting, witnesses
from tests.services.stage import ELECTION, a_draft, a_stage
from tests.services.test_witnesses import THREE
from tests.web.browser import AT, application
from tests.web.serving import serving

pytestmark = pytest.mark.browser


def test_a_receipt_is_confirmed_by_the_witnesses(browser: Browser, tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open(6, a_draft(witnesses=tuple(one.key for one in THREE), quorum=2))
        with stage.writing() as session:
            raw = stage.troupe.seal(session, "m1", [(0,)])
            got = voting.cast(session, "m1", ELECTION, raw, now=stage.now)
        told = {"checkpoint": got.checkpoint.decode(), "index": got.index, "proof": [one.hex() for one in got.path]}
        kept = {"election": ELECTION, "ballot": b64encode(raw).decode(), "receipt": canonical.dump(told).decode()}
        file = tmp_path / "receipt.json"
        file.write_text(json.dumps(kept), "utf-8")
        app = application(stage)
        with serving(app) as address:
            page = browser.new_context().new_page()

            def check(sentence: str) -> None:
                page.goto(f"{address}{AT}/receipt")
                page.get_by_label("A saved receipt").set_input_files(file)
                expect(page.get_by_role("heading", name="Yes, your vote is in the ballot box")).to_be_visible()
                expect(page.get_by_text(sentence)).to_be_visible()

            check("The independent witnesses have not confirmed")
            for one in THREE[:2]:
                with stage.writing() as session:
                    signed = one.cosign(witnesses.head(session, ELECTION))
                    witnesses.take(session, ELECTION, signed, now=stage.now)
            check("The board has only grown since you voted")
            with stage.writing() as session:
                running.notice(session, "officer", ELECTION, "A notice", "", now=stage.now)
            check("The board has only grown since you voted")
            page.context.close()
