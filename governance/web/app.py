"""Makes the web application."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from governance.web import errors, filters, headers, results
from governance.web.access import private_by_default, public

HERE = Path(__file__).parent


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """The application; it reads instance/config.py unless a test hands it a configuration.

    It is named after the package, so that Flask finds instance/ in a checkout and under var/ of an installed wheel.
    """
    app = Flask("governance", template_folder=_templates(), static_folder=HERE / "static", static_url_path="/static")
    app.config.from_mapping(
        RECORDS=Path(app.instance_path) / "demonstration",
        ORGANISATION="Global Mental Health Action Network",
        DEMONSTRATION=True,  # says on the page that the people and votes are made up
        CONTACT=None,  # an address or a sentence, shown on every page
        PSEUDO_RTL=False,  # lay the pages out from right to left, to see whether they hold
    )
    if config is None:
        app.config.from_pyfile(Path(app.instance_path) / "config.py", silent=True)
    else:
        app.config.from_mapping(config)

    app.jinja_env.undefined = StrictUndefined
    public(app.view_functions["static"])
    app.before_request(private_by_default)
    app.context_processor(lambda: _locale(app))
    for part in (errors, filters, headers):
        part.register(app)
    app.register_blueprint(results.bp)
    return app


def _templates() -> Path:
    """Inside the package in a wheel, beside it in a checkout."""
    installed = HERE / "templates"
    return installed if installed.is_dir() else HERE.parents[1] / "templates"


def _locale(app: Flask) -> dict[str, str]:
    return {"lang": "ar-XB", "dir": "rtl"} if app.config["PSEUDO_RTL"] else {"lang": "en", "dir": "ltr"}
