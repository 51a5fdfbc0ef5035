"""The first tables, and the triggers by which a board and the officers' log only grow."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

GROWS_ONLY = ("board_entry", "deed")


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_due"), "letter", ["due"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("attributes", sa.LargeBinary(), nullable=False),
        sa.Column("joined", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("address", name=op.f("uq_member_address")),
    )
    op.create_table(
        "often",
        sa.Column("who", sa.LargeBinary(length=32), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("who", "start", name=op.f("pk_often")),
    )
    op.create_index(op.f("ix_often_until"), "often", ["until"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "election",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body_id", sa.String(length=64), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_election_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
    )
    op.create_table(
        "member_role",
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_role_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", "role", name=op.f("pk_member_role")),
    )
    op.create_table(
        "sign_in",
        sa.Column("ticket", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digits", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sign_in_member_id_member")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("link", name=op.f("uq_sign_in_link")),
    )
    op.create_index(op.f("ix_sign_in_expires"), "sign_in", ["expires"], unique=False)
    op.create_index(op.f("ix_sign_in_member_id"), "sign_in", ["member_id"], unique=False)

    op.create_table(
        "signed_in",
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_signed_in_member_id_member")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_signed_in")),
    )
    op.create_index(op.f("ix_signed_in_expires"), "signed_in", ["expires"], unique=False)
    op.create_index(op.f("ix_signed_in_member_id"), "signed_in", ["member_id"], unique=False)

    op.create_table(
        "ballot_link",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("member", sa.LargeBinary(length=32), nullable=False),
        sa.Column("credential", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_ballot_link_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "member", name=op.f("pk_ballot_link")),
        sa.UniqueConstraint("election_id", "credential", name=op.f("uq_ballot_link_election_id_credential")),
    )
    op.create_table(
        "blob",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_blob_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "board_entry",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("credential", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_board_entry_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "seq", name=op.f("pk_board_entry")),
    )
    op.create_index(
        op.f("ix_board_entry_election_id_credential"), "board_entry", ["election_id", "credential"], unique=False
    )
    op.create_index(op.f("ix_board_entry_election_id_kind"), "board_entry", ["election_id", "kind"], unique=False)
    op.create_index(op.f("ix_board_entry_election_id_leaf"), "board_entry", ["election_id", "leaf"], unique=False)

    op.create_table(
        "checkpoint",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_checkpoint_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("election_id", sa.String(length=64), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_deed_election_id_election")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    op.create_index(op.f("ix_deed_election_id"), "deed", ["election_id"], unique=False)

    op.create_table(
        "identity",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("box", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_identity_election_id_election")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_identity_member_id_member")),
        sa.PrimaryKeyConstraint("election_id", "member_id", name=op.f("pk_identity")),
    )
    op.create_table(
        "log",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_log_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_log")),
        sa.UniqueConstraint("origin", name=op.f("uq_log_origin")),
    )
    op.create_table(
        "receipt",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("ballot", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_receipt_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "ballot", name=op.f("pk_receipt")),
    )
    op.create_table(
        "roll_line",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("style", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_roll_line_election_id_election")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_roll_line_member_id_member")),
        sa.PrimaryKeyConstraint("election_id", "member_id", name=op.f("pk_roll_line")),
    )
    op.create_index(op.f("ix_roll_line_style"), "roll_line", ["style"], unique=False)

    op.create_table(
        "share",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Integer(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_share_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "sender", "recipient", name=op.f("pk_share")),
    )
    op.create_table(
        "statement",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("candidate", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_statement_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "candidate", "language", name=op.f("pk_statement")),
    )
    op.create_table(
        "style",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contests", sa.Text(), nullable=False),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("listed", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_style_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "number", name=op.f("pk_style")),
        sa.UniqueConstraint("election_id", "contests", name=op.f("uq_style_election_id_contests")),
    )
    for table in GROWS_ONLY:
        _only_grows(table)


def _only_grows(table: str) -> None:
    """Refuse every UPDATE and DELETE, in the words of the database."""
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
