"""What a web server runs: `flask --app wsgi run`, `gunicorn wsgi:app`."""

from governance.web.app import create_app

app = create_app()
