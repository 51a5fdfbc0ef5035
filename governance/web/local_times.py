"""The script that puts the reader's own time beside UTC: a page loads it, if it was built."""

from flask import Flask

from governance.web.files import integrity

NAME = "times.js"


def register(app: Flask) -> None:
    app.context_processor(lambda: {"times_script": integrity(NAME)})
