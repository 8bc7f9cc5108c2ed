"""The schema of the laptop's store, as an append-only table of migrations.

They run in this order, all in one transaction, after the store was copied beside itself.
The first release freezes what is here: from then on, only new entries are added at the end.
"""

from collections.abc import Mapping

MIGRATIONS: Mapping[str, tuple[str, ...]] = {
    # Own ops, pulled ops, writers, outcomes and cursors.
    "facts": (
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
    ),
    # Visits and passages as their facts leave them; all of it can be made again.
    "projections": (
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
    ),
    # Unfinished visits, one row each, written at every key.
    "drafts": (
        """
        CREATE TABLE draft (
          draft_id TEXT NOT NULL PRIMARY KEY,
          started_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          state TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # The published schedule tree, and the parts of the next one as they arrive.
    "schedule_trees": (
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
    ),
    # Merges of a folder that wait for a coordinator to settle their conflicts.
    "schedule_merges": (
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
        """,
    ),
    # The ledger of files written for a stick, and whether their answer came back.
    "sticks": (
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
        """,
    ),
    # Requests of the other laptop of the bus, carried to the registry, and their answers.
    "carried": (
        """
        CREATE TABLE carried (
          digest BLOB NOT NULL PRIMARY KEY,
          device_id BLOB NOT NULL,
          taken_at INTEGER NOT NULL,
          envelope BLOB NOT NULL,
          answer BLOB
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # The points of the registry's history at which the cursors stand.
    "histories": (
        """
        CREATE TABLE history (
          gsn INTEGER NOT NULL PRIMARY KEY,
          history BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "ALTER TABLE stick ADD COLUMN gsn INTEGER",
        "ALTER TABLE stick ADD COLUMN history BLOB",
    ),
    # Appointments and follow-ups as their facts leave them; all of it can be made again.
    "promises": (
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
    ),
    # The few ops that the other laptop gave and the registry has not numbered are found at once.
    "peer_ops": ("CREATE INDEX remote_unproven ON remote (entity) WHERE gsn = 0",),
    # When the first and last acts on a stick were recorded; unknown for older sticks.
    "stick_spans": (
        "ALTER TABLE stick ADD COLUMN first_at INTEGER",
        "ALTER TABLE stick ADD COLUMN last_at INTEGER",
    ),
    # Ops that must never be held again, and the registry's orders that were carried out.
    "erasures": (
        "CREATE TABLE erased (op_id TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE applied_order (
          op_id TEXT NOT NULL PRIMARY KEY,
          kind TEXT NOT NULL,
          gsn INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # Figures of each day once they are counted, and the index that searches look into.
    "reports": (
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
    ),
    # The logbook as its facts leave it, and who has read what; all of it can be made again.
    "logbook": (
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
    ),
    # Where and when an exchange went through, or did not: this laptop's memory of networks.
    "exchanges": (
        """
        CREATE TABLE exchange (
          at INTEGER NOT NULL PRIMARY KEY,
          place_id TEXT,
          minute INTEGER NOT NULL,
          is_good INTEGER NOT NULL,
          seconds REAL NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # Scopes that this laptop may no longer see, revoked keys, and when each stretch was received.
    "orders": (
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
    ),
    # Facts that still hold a name are looked for at each opening, so that none outlives its day.
    "names": (
        "CREATE INDEX op_named ON op (op_id) WHERE kind = 'followup.name' AND body IS NOT NULL",
        "CREATE INDEX remote_named ON remote (op_id)"
        " WHERE kind = 'followup.name' AND body IS NOT NULL",
    ),
    # The screen of the day asks for the visits of a passage at each key that changes it.
    "visits_of_a_passage": ("CREATE INDEX visit_passage ON visit (passage_id)",),
    # Only the certificates issued before a laptop moved to another bus are revoked.
    "certificates_of_those_who_left": ("ALTER TABLE revoked_key ADD COLUMN issued_before INTEGER",),
}
"""Name → statements, which run one by one: `executescript` would commit the transaction."""
