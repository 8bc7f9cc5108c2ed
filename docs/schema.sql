-- Les tables du poste, telles que les migrations les font (fsmobile/store/migrations.py).

CREATE TABLE applied_order (
  op_id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  gsn INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE appointment (
  appointment_id TEXT NOT NULL PRIMARY KEY,
  passage_id TEXT NOT NULL,
  service_date TEXT NOT NULL,
  state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX appointment_day ON appointment (service_date, passage_id);

CREATE TABLE carried (
  digest BLOB NOT NULL PRIMARY KEY,
  device_id BLOB NOT NULL,
  taken_at INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  answer BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
  scope TEXT NOT NULL PRIMARY KEY,
  gsn INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
  draft_id TEXT NOT NULL PRIMARY KEY,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dropped_scope (
  scope TEXT NOT NULL PRIMARY KEY,
  gsn INTEGER NOT NULL,
  ordered_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE enquiry (
  visit_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  procedure TEXT NOT NULL,
  stop TEXT NOT NULL,
  PRIMARY KEY (visit_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE erased (op_id TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE exchange (
  at INTEGER NOT NULL PRIMARY KEY,
  place_id TEXT,
  minute INTEGER NOT NULL,
  is_good INTEGER NOT NULL,
  seconds REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE export (
  made_at INTEGER NOT NULL,
  agent_id TEXT NOT NULL,
  what TEXT NOT NULL,
  rows INTEGER NOT NULL
) STRICT;

CREATE TABLE figure_day (
  day TEXT NOT NULL PRIMARY KEY,
  figures BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE follow_up (
  follow_up_id TEXT NOT NULL PRIMARY KEY,
  is_open INTEGER NOT NULL,
  place_id TEXT,
  due TEXT,
  state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX follow_up_due ON follow_up (is_open, due);

CREATE TABLE history (
  gsn INTEGER NOT NULL PRIMARY KEY,
  history BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE log_entry (
  entry_id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  place_id TEXT,
  is_open INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX log_entry_open ON log_entry (is_open, kind, place_id);

CREATE TABLE log_read (
  entity TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  unit TEXT NOT NULL,
  read_at INTEGER NOT NULL,
  PRIMARY KEY (entity, agent_id, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value ANY
) STRICT, WITHOUT ROWID;

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
) STRICT, WITHOUT ROWID;

CREATE INDEX op_entity ON op (entity) WHERE entity <> op_id;

CREATE INDEX op_named ON op (op_id) WHERE kind = 'followup.name' AND body IS NOT NULL;

CREATE TABLE outcome (
  op_id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  seen INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE passage (
  passage_id TEXT NOT NULL PRIMARY KEY,
  service_date TEXT NOT NULL,
  state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passage_day ON passage (service_date);

CREATE TABLE receipted (
  writer BLOB NOT NULL,
  seq INTEGER NOT NULL,
  gsn INTEGER NOT NULL,
  PRIMARY KEY (writer, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE remote (
  op_id TEXT NOT NULL PRIMARY KEY,
  gsn INTEGER NOT NULL,
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  scope TEXT NOT NULL,
  hlc TEXT NOT NULL,
  body BLOB,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX remote_entity ON remote (entity) WHERE entity <> op_id;

CREATE INDEX remote_named ON remote (op_id) WHERE kind = 'followup.name' AND body IS NOT NULL;

CREATE INDEX remote_unproven ON remote (entity) WHERE gsn = 0;

CREATE TABLE revoked_key (device_id BLOB NOT NULL PRIMARY KEY, issued_before INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_merge (
  agency TEXT NOT NULL,
  folder TEXT NOT NULL,
  base INTEGER NOT NULL,
  theirs INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  mine TEXT NOT NULL,
  settlements TEXT NOT NULL,
  PRIMARY KEY (agency, folder)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_part (
  sha256 TEXT NOT NULL,
  part INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (sha256, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_revision (
  agency TEXT NOT NULL,
  revision INTEGER NOT NULL,
  op_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  why TEXT NOT NULL,
  manifest TEXT NOT NULL,
  PRIMARY KEY (agency, revision)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (
  kind UNINDEXED,
  entity UNINDEXED,
  words,
  detail = none,
  columnsize = 0,
  prefix = '1 2 3 4 5 6 7 8',
  tokenize = "unicode61 remove_diacritics 2 tokenchars '=/@_-'"
);

CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'search_content'(id INTEGER PRIMARY KEY, c0, c1, c2);

CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE stick (
  file_id BLOB NOT NULL PRIMARY KEY,
  made_at INTEGER NOT NULL,
  ops INTEGER NOT NULL,
  visits INTEGER NOT NULL,
  size INTEGER NOT NULL,
  cursors TEXT NOT NULL,
  acked_at INTEGER
  , gsn INTEGER, history BLOB, first_at INTEGER, last_at INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE unreadable (
  op_id TEXT NOT NULL PRIMARY KEY,
  why TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE visit (
  visit_id TEXT NOT NULL PRIMARY KEY,
  service_date TEXT NOT NULL,
  passage_id TEXT,
  starts TEXT NOT NULL,
  is_void INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_day ON visit (service_date, passage_id);

CREATE INDEX visit_passage ON visit (passage_id);

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
) STRICT, WITHOUT ROWID;
