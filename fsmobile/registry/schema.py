"""The registry's tables, one set for SQLite and PostgreSQL.

No serial column and the unit in the scope of every op, so that they can be sharded.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

epoch = Table(
    "epoch",
    metadata,
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("epoch", LargeBinary, nullable=False, unique=True),
    # Last gsn of the history that this epoch goes on from.
    Column("cut", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
)

device = Table(
    "device",
    metadata,
    Column("device_id", LargeBinary, primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("box_key", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("counter", BigInteger, nullable=False),
    Column("app", Text, nullable=False),
    Column("last_seen_at", BigInteger),
    # What it said of itself then: its writer, how far that goes, how far its clock is ahead.
    Column("declared_writer", LargeBinary),
    Column("declared_seq", BigInteger),
    Column("clock_ahead_ms", BigInteger),
    # Every order to erase up to this gsn is carried out there, by its own word.
    Column("erased_upto", BigInteger),
    # The same of bodies past their age, and of scopes it has left.
    Column("policy_upto", BigInteger),
    Column("dropped_upto", BigInteger),
    # What it signed with before, 32 bytes each, the newest first.
    Column("former_keys", LargeBinary),
    Index("device_agency", "agency", "unit"),
    Index("device_name", "unit", "name", unique=True),
)

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("code_id", LargeBinary, primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("agency", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

writer = Table(
    "writer",
    metadata,
    Column("writer", LargeBinary, primary_key=True),
    Column("device_id", LargeBinary, nullable=False),
    Column("acked_seq", BigInteger, nullable=False),
    Column("parent", LargeBinary),
    Column("parent_seq", BigInteger),
    Column("opened_at", BigInteger, nullable=False),
    Index("writer_device", "device_id", "opened_at"),
)

link = Table(
    "link",
    metadata,
    Column("writer", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("op_id", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
)

op = Table(
    "op",
    metadata,
    Column("gsn", BigInteger, primary_key=True, autoincrement=False),
    Column("op_id", Text, nullable=False, unique=True),
    Column("writer", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("body", LargeBinary),
    Column("hash", LargeBinary, nullable=False),
    # What is handed to other laptops; a refused op is kept, with its outcome, but not forwarded.
    Column("is_forwarded", Integer, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    # Names all ops up to this one (`protocol.history`).
    Column("history", LargeBinary, nullable=False),
    Index("op_scope", "scope", "gsn"),
    Index("op_kind", "kind"),
    # The days of a scope: an op's id begins with its instant.
    Index("op_day", "scope", "op_id"),
)

moved = Table(
    # What stood at a number before its row was lost; the op was given back, under another.
    "moved",
    metadata,
    Column("gsn", BigInteger, primary_key=True, autoincrement=False),
    Column("op_id", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("scope", Text, nullable=False),
)

outcome = Table(
    "outcome",
    metadata,
    Column("op_id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("outcome_code", "code"),
)

rejected_body = Table(
    # Same id, other content: nobody's words are thrown away, a person can look.
    "rejected_body",
    metadata,
    Column("writer", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("op_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

schedule_part = Table(
    "schedule_part",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("parts", Integer, nullable=False),
    Column("text", Text, nullable=False),
)

schedule_revision = Table(
    "schedule_revision",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("op_id", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
)

snapshot = Table(
    # The history of a scope in one compressed file, for laptops that have none of it.
    "snapshot",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("gsn", BigInteger, nullable=False),
    Column("ops", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("plain", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

snapshot_piece = Table(
    "snapshot_piece",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("gsn", BigInteger, primary_key=True, autoincrement=False),
    Column("piece", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

event = Table(
    # What an administrator must hear of; no content of a visit.
    "event",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("device_id", LargeBinary),
    Column("detail", Text, nullable=False),
    # Place in the journal, and the chain up to there (`protocol.event_chain`).
    Column("seq", BigInteger, unique=True),
    Column("chain", LargeBinary),
)

quarantine = Table(
    # Unsent work of a revoked laptop: kept apart, handed to nobody until a person has looked.
    "quarantine",
    metadata,
    Column("writer", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, primary_key=True),
    Column("device_id", LargeBinary, nullable=False),
    Column("op_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    # What a person decided: null, `taken_in`, `refused`; the body stays in each case.
    Column("decision", Text),
    Column("decided_at", BigInteger),
    Column("decided_by", Text),
    Column("reason", Text),
    Index("quarantine_device", "device_id"),
)

erased = Table(
    "erased",
    metadata,
    Column("op_id", Text, primary_key=True),
    Column("erased_at", BigInteger, nullable=False),
    Column("ground", Text, nullable=False),
    # Where the order goes, when the op itself is not held (any more); empty if nobody knows.
    Column("scope", Text, nullable=False),
)

former_scope = Table(
    # What a laptop worked for before: what it recorded there is taken in until it has sent all.
    "former_scope",
    metadata,
    Column("device_id", LargeBinary, primary_key=True),
    Column("scope", Text, primary_key=True),
    # Of the order that told it.
    Column("gsn", BigInteger, nullable=False),
)

retention = Table(
    # How long bodies are kept, by structure and first part of their kind.
    "retention",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("family", Text, primary_key=True),
    Column("months", Integer, nullable=False),
    # Month up to which it was last carried out, ms; 0: never.
    Column("done_before", BigInteger, nullable=False),
)

closed_risk = Table(
    # Revoked laptops that will never confirm an erasure, and why a person accepts it.
    "closed_risk",
    metadata,
    Column("device_id", LargeBinary, primary_key=True),
    Column("closed_at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

account = Table(
    # Who may read the fleet pages; a laptop is a device, never an account.
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    # Null: every structure.
    Column("agency", Text),
    Column("passphrase_hash", Text, nullable=False),
    Column("second_factor", Text),
    # Greatest 30-second step whose code was used: no code is good twice.
    Column("last_step", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # INSEE code, of a town hall's account.
    Column("commune", Text),
)

account_session = Table(
    "account_session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("account", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

sign_in_attempt = Table(
    # Failures of one account or one address since the first of them.
    "sign_in_attempt",
    metadata,
    Column("source", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
)
