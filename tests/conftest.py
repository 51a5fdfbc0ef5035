"""Fixtures for every test, and one rule: under CI=true a test skipped for want of a program has failed."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.shared import SHARED, VECTORS

MISSING = "program missing:"
"""How a skip for want of a program begins."""

# A busy machine is not a failure; `make long` asks for the second profile.
settings.register_profile("default", deadline=None)
settings.register_profile("long", deadline=None, max_examples=10_000)
settings.load_profile("default")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    if reason.startswith(f"Skipped: {MISSING}") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{reason} (CI has to have it)"
    return report


def program(*names: str) -> str:
    """The path of the first of these programs that there is; the test is skipped, by name, if there is none."""
    paths = (shutil.which(name) for name in names if name)
    return next(filter(None, paths), None) or pytest.skip(f"{MISSING} {names[-1]}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of other people's test data, beside the checkout or at GOVERNANCE_SHARED; never copied."""
    if not VECTORS.is_dir():
        pytest.skip(f"the test data of other people is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser that the browser tests drive; CHROMIUM names another."""
    return program(os.environ.get("CHROMIUM", ""), "google-chrome", "chromium-browser", "chromium")
