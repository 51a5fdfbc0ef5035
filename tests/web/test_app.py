"""Where the application looks for its configuration, templates and records."""

from pathlib import Path

import pytest
from flask import Flask

from governance.web import app as module
from governance.web.app import create_app

ROOT = Path(__file__).parents[2]


def test_a_checkout_has_its_instance_and_templates_at_the_top() -> None:
    app = create_app({})

    assert Path(app.instance_path) == ROOT / "instance"
    assert app.config["RECORDS"] == ROOT / "instance" / "demonstration"
    assert Path(str(app.template_folder)) == ROOT / "templates"


def test_a_wheel_has_its_templates_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(module, "HERE", tmp_path)

    assert create_app({}).template_folder == tmp_path / "templates"


def test_an_operator_configures_it_in_the_instance_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.py").write_text("CONTACT = 'Ask the secretariat.'\n")
    monkeypatch.setattr(Flask, "auto_find_instance_path", lambda _: str(tmp_path))

    assert create_app().config["CONTACT"] == "Ask the secretariat."
    assert create_app({}).config["CONTACT"] is None
