"""The schema of the laptop's store, as an append-only list of migrations.

They run in one transaction, after a backup beside the file (statement by statement:
`executescript` would commit it). The first release
freezes what is here: from then on, only new functions are added at the end.
"""

from sqlite_utils.db import Database
from sqlite_utils.migrations import Migrations

laptop = Migrations("fsmobile")


@laptop()
def facts(db: Database) -> None:
    """Own ops, pulled ops, writers, outcomes and cursors."""
    for statement in (
        """
        CREATE TABLE op (
          writer BLOB NOT NULL,
          seq INTEGER NOT NULL,
          op_id TEXT NOT NULL UNIQUE,
          kind TEXT NOT NULL,
          entity TEXT NOT NULL,
          scope TEXT NOT NULL,
          hlc TEXT NOT NULL,
          recorded_at INTEGER NOT NULL,
          body BLOB,
          hash BLOB NOT NULL,
          chain BLOB NOT NULL,
          PRIMARY KEY (writer, seq)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX op_entity ON op (entity) WHERE entity <> op_id",
        """
        CREATE TABLE remote (
          op_id TEXT NOT NULL PRIMARY KEY,
          gsn INTEGER NOT NULL,
          kind TEXT NOT NULL,
          entity TEXT NOT NULL,
          scope TEXT NOT NULL,
          hlc TEXT NOT NULL,
          body BLOB,
          hash BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX remote_entity ON remote (entity) WHERE entity <> op_id",
        """
        CREATE TABLE writer (
          writer BLOB NOT NULL PRIMARY KEY,
          opened_at INTEGER NOT NULL,
          why TEXT NOT NULL,
          parent BLOB,
          parent_seq INTEGER,
          acked_seq INTEGER NOT NULL DEFAULT 0,
          is_current INTEGER NOT NULL DEFAULT 1,
          must_verify INTEGER NOT NULL DEFAULT 0,
          receipt BLOB
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE outcome (
          op_id TEXT NOT NULL PRIMARY KEY,
          code TEXT NOT NULL,
          detail TEXT NOT NULL,
          seen INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE cursor (
          scope TEXT NOT NULL PRIMARY KEY,
          gsn INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE meta (
          key TEXT NOT NULL PRIMARY KEY,
          value ANY
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@laptop()
def projections(db: Database) -> None:
    """Visits and passages as their facts leave them; all of it can be made again."""
    for statement in (
        """
        CREATE TABLE visit (
          visit_id TEXT NOT NULL PRIMARY KEY,
          service_date TEXT NOT NULL,
          passage_id TEXT,
          starts TEXT NOT NULL,
          is_void INTEGER NOT NULL,
          state BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX visit_day ON visit (service_date, passage_id)",
        """
        CREATE TABLE enquiry (
          visit_id TEXT NOT NULL,
          position INTEGER NOT NULL,
          procedure TEXT NOT NULL,
          stop TEXT NOT NULL,
          PRIMARY KEY (visit_id, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE passage (
          passage_id TEXT NOT NULL PRIMARY KEY,
          service_date TEXT NOT NULL,
          state BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX passage_day ON passage (service_date)",
        """
        CREATE TABLE unreadable (
          op_id TEXT NOT NULL PRIMARY KEY,
          why TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@laptop()
def drafts(db: Database) -> None:
    """Unfinished visits, one row each, written at every key."""
    for statement in (
        """
        CREATE TABLE draft (
          draft_id TEXT NOT NULL PRIMARY KEY,
          started_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          state TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@laptop()
def schedule_trees(db: Database) -> None:
    """The published schedule tree, and the parts of the next one as they arrive."""
    for statement in (
        """
        CREATE TABLE schedule_part (
          sha256 TEXT NOT NULL,
          part INTEGER NOT NULL,
          parts INTEGER NOT NULL,
          text TEXT NOT NULL,
          PRIMARY KEY (sha256, part)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE schedule_revision (
          agency TEXT NOT NULL,
          revision INTEGER NOT NULL,
          op_id TEXT NOT NULL,
          agent_id TEXT NOT NULL,
          published_at INTEGER NOT NULL,
          why TEXT NOT NULL,
          manifest TEXT NOT NULL,
          PRIMARY KEY (agency, revision)
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@laptop()
def schedule_merges(db: Database) -> None:
    """Merges of a folder that wait for a coordinator to settle their conflicts."""
    db.execute(
        """
        CREATE TABLE schedule_merge (
          agency TEXT NOT NULL,
          folder TEXT NOT NULL,
          base INTEGER NOT NULL,
          theirs INTEGER NOT NULL,
          started_at INTEGER NOT NULL,
          mine TEXT NOT NULL,
          settlements TEXT NOT NULL,
          PRIMARY KEY (agency, folder)
        ) STRICT, WITHOUT ROWID
        """
    )


@laptop()
def sticks(db: Database) -> None:
    """The ledger of files written for a stick, and whether their answer came back."""
    db.execute(
        """
        CREATE TABLE stick (
          file_id BLOB NOT NULL PRIMARY KEY,
          made_at INTEGER NOT NULL,
          ops INTEGER NOT NULL,
          visits INTEGER NOT NULL,
          size INTEGER NOT NULL,
          cursors TEXT NOT NULL,
          acked_at INTEGER
        ) STRICT, WITHOUT ROWID
        """
    )


@laptop()
def carried(db: Database) -> None:
    """Requests of the other laptop of the bus, carried to the registry, and their answers."""
    db.execute(
        """
        CREATE TABLE carried (
          digest BLOB NOT NULL PRIMARY KEY,
          device_id BLOB NOT NULL,
          taken_at INTEGER NOT NULL,
          envelope BLOB NOT NULL,
          answer BLOB
        ) STRICT, WITHOUT ROWID
        """
    )


@laptop()
def histories(db: Database) -> None:
    """Points of the registry's history that the cursors were read in."""
    for statement in (
        """
        CREATE TABLE history (
          gsn INTEGER NOT NULL PRIMARY KEY,
          history BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "ALTER TABLE stick ADD COLUMN gsn INTEGER",
        "ALTER TABLE stick ADD COLUMN history BLOB",
    ):
        db.execute(statement)


@laptop()
def promises(db: Database) -> None:
    """Appointments and follow-ups as their facts leave them; all of it can be made again."""
    for statement in (
        """
        CREATE TABLE appointment (
          appointment_id TEXT NOT NULL PRIMARY KEY,
          passage_id TEXT NOT NULL,
          service_date TEXT NOT NULL,
          state BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX appointment_day ON appointment (service_date, passage_id)",
        """
        CREATE TABLE follow_up (
          follow_up_id TEXT NOT NULL PRIMARY KEY,
          is_open INTEGER NOT NULL,
          place_id TEXT,
          due TEXT,
          state BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX follow_up_due ON follow_up (is_open, due)",
    ):
        db.execute(statement)


@laptop()
def peer_ops(db: Database) -> None:
    """Finds at once the few ops that only another laptop has given, not yet the registry."""
    db.execute("CREATE INDEX remote_unproven ON remote (entity) WHERE gsn = 0")


@laptop()
def stick_spans(db: Database) -> None:
    """From when to when the acts on a stick were recorded; unknown of older ones."""
    db.execute("ALTER TABLE stick ADD COLUMN first_at INTEGER")
    db.execute("ALTER TABLE stick ADD COLUMN last_at INTEGER")


@laptop()
def erasures(db: Database) -> None:
    """What must never be held again, and the registry's orders that were carried out."""
    for statement in (
        "CREATE TABLE erased (op_id TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE applied_order (
          op_id TEXT NOT NULL PRIMARY KEY,
          kind TEXT NOT NULL,
          gsn INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@laptop()
def reports(db: Database) -> None:
    """Figures of each day once they are counted, and the index that searches look into."""
    for statement in (
        """
        CREATE TABLE figure_day (
          day TEXT NOT NULL PRIMARY KEY,
          figures BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE VIRTUAL TABLE search USING fts5 (
          kind UNINDEXED,
          entity UNINDEXED,
          words,
          detail = none,
          columnsize = 0,
          prefix = '1 2 3 4 5 6 7 8',
          tokenize = "unicode61 remove_diacritics 2 tokenchars '=/@_-'"
        )
        """,
        """
        CREATE TABLE export (
          made_at INTEGER NOT NULL,
          agent_id TEXT NOT NULL,
          what TEXT NOT NULL,
          rows INTEGER NOT NULL
        ) STRICT
        """,
    ):
        db.execute(statement)


@laptop()
def logbook(db: Database) -> None:
    """The logbook as its facts leave it, and who has read what; all of it can be made again."""
    for statement in (
        """
        CREATE TABLE log_entry (
          entry_id TEXT NOT NULL PRIMARY KEY,
          kind TEXT NOT NULL,
          place_id TEXT,
          is_open INTEGER NOT NULL,
          state BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX log_entry_open ON log_entry (is_open, kind, place_id)",
        """
        CREATE TABLE log_read (
          entity TEXT NOT NULL,
          agent_id TEXT NOT NULL,
          unit TEXT NOT NULL,
          read_at INTEGER NOT NULL,
          PRIMARY KEY (entity, agent_id, unit)
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@laptop()
def exchanges(db: Database) -> None:
    """Where and when an exchange went through, or did not: this laptop's memory of networks."""
    db.execute(
        """
        CREATE TABLE exchange (
          at INTEGER NOT NULL PRIMARY KEY,
          place_id TEXT,
          minute INTEGER NOT NULL,
          is_good INTEGER NOT NULL,
          seconds REAL NOT NULL
        ) STRICT, WITHOUT ROWID
        """
    )


@laptop()
def orders(db: Database) -> None:
    """What may not be seen any more, revoked keys, and when each stretch was received."""
    for statement in (
        """
        CREATE TABLE dropped_scope (
          scope TEXT NOT NULL PRIMARY KEY,
          gsn INTEGER NOT NULL,
          ordered_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE revoked_key (device_id BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE receipted (
          writer BLOB NOT NULL,
          seq INTEGER NOT NULL,
          gsn INTEGER NOT NULL,
          PRIMARY KEY (writer, seq)
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@laptop()
def names(db: Database) -> None:
    """Which facts still hold a name: looked for at each opening, so that none outlives its day."""
    for table in ("op", "remote"):
        db.execute(
            f"CREATE INDEX {table}_named ON {table} (op_id)"
            " WHERE kind = 'followup.name' AND body IS NOT NULL"
        )


@laptop()
def visits_of_a_passage(db: Database) -> None:
    """What was recorded at a passage is asked for at each key that changes the day."""
    db.execute("CREATE INDEX visit_passage ON visit (passage_id)")


@laptop()
def certificates_of_those_who_left(db: Database) -> None:
    """Of a laptop that went to another bus, only the certificates of before are revoked here."""
    db.execute("ALTER TABLE revoked_key ADD COLUMN issued_before INTEGER")
