"""How long what is known of people is kept; the hash of a line of the roll, for when the name in it is erased."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

DAYS = {"keep_declared": 30, "keep_people": 365, "keep_candidacy": 90, "keep_interests": 365, "keep_roll": 180}


def upgrade() -> None:
    for name, days in DAYS.items():
        op.add_column("organisation", sa.Column(name, sa.Integer(), nullable=False, server_default=str(days)))
    op.add_column("roll_line", sa.Column("leaf", sa.LargeBinary(length=32), nullable=True))
