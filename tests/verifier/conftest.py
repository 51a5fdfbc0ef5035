"""The tests that take minutes run only where GOVERNANCE_LONG asks for them."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the long ones unless asked."""
    for item in items:
        if item.get_closest_marker("long") and not os.environ.get("GOVERNANCE_LONG"):
            item.add_marker(pytest.mark.skip(reason="long: set GOVERNANCE_LONG=1"))
