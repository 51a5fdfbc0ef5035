"""What is asked for about seats, encrypted: the clock encrypts what was asked for before."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("seat_request", sa.Column("sealed", sa.LargeBinary(), nullable=True))
