"""Rules of eligibility, every version of them, and which one was frozen; both tables only grow."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

GROWS_ONLY = ("rule_version", "frozen_rules")


def upgrade() -> None:
    op.create_table(
        "rule_version",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_rule_version_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "number", name=op.f("pk_rule_version")),
    )
    op.create_table(
        "frozen_rules",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id", "number"],
            ["rule_version.election_id", "rule_version.number"],
            name=op.f("fk_frozen_rules_election_id_number_rule_version"),
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_frozen_rules")),
    )
    for table in GROWS_ONLY:
        _grow_only(table)


def _grow_only(table: str) -> None:
    why = f"{table} only grows"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
