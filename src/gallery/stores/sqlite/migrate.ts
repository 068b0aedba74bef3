import { FaceTriggerError } from '../../../core/errors.ts';
import { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { damagedGallery, wholeIn } from './row-values.ts';

/** "FTgl": marks a SQLite file as a gallery of ours. */
export const APPLICATION_ID = 0x4654676c;

/**
 * Every change of the tables, oldest first; never edited once released.
 *
 * @remarks `seq` numbers are never used twice (AUTOINCREMENT), so that a number in an index can't come to mean
 * somebody else. `change` holds the numbers of faces that came, went or moved: other processes read it to bring
 * their index up to date. It holds no personal data.
 */
const MIGRATIONS = [
  `
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE embedder (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT NOT NULL,
  dimension INTEGER NOT NULL, UNIQUE (id, sha256));
CREATE TABLE person (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL, expires_at INTEGER, consent_text TEXT, consent_at INTEGER);
CREATE INDEX person_expiry ON person (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE face (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  person_seq INTEGER NOT NULL REFERENCES person (seq) ON DELETE CASCADE,
  embedder_seq INTEGER NOT NULL REFERENCES embedder (seq), embedding BLOB NOT NULL, quality TEXT, source TEXT,
  thumbnail BLOB, created_at INTEGER NOT NULL);
CREATE INDEX face_person ON face (person_seq);
CREATE TABLE negative (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  person_seq INTEGER NOT NULL REFERENCES person (seq) ON DELETE CASCADE, embedding BLOB NOT NULL, source TEXT,
  created_at INTEGER NOT NULL);
CREATE INDEX negative_person ON negative (person_seq);
CREATE TABLE merge (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, person_id TEXT NOT NULL,
  name TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, consent_text TEXT, consent_at INTEGER,
  into_id TEXT NOT NULL, merged_at INTEGER NOT NULL);
CREATE INDEX merge_into ON merge (into_id);
CREATE TABLE merge_face (merge_seq INTEGER NOT NULL REFERENCES merge (seq) ON DELETE CASCADE,
  face_seq INTEGER NOT NULL REFERENCES face (seq) ON DELETE CASCADE, PRIMARY KEY (merge_seq, face_seq)) WITHOUT ROWID;
CREATE INDEX merge_face_face ON merge_face (face_seq);
CREATE TABLE merge_negative (merge_seq INTEGER NOT NULL REFERENCES merge (seq) ON DELETE CASCADE,
  negative_seq INTEGER NOT NULL REFERENCES negative (seq) ON DELETE CASCADE,
  PRIMARY KEY (merge_seq, negative_seq)) WITHOUT ROWID;
CREATE INDEX merge_negative_negative ON merge_negative (negative_seq);
CREATE TABLE change (seq INTEGER PRIMARY KEY AUTOINCREMENT, face_seq INTEGER);
CREATE TRIGGER face_added AFTER INSERT ON face BEGIN INSERT INTO change (face_seq) VALUES (new.seq); END;
CREATE TRIGGER face_removed AFTER DELETE ON face BEGIN INSERT INTO change (face_seq) VALUES (old.seq); END;
CREATE TRIGGER face_moved AFTER UPDATE OF person_seq ON face BEGIN INSERT INTO change (face_seq) VALUES (new.seq); END;
CREATE TRIGGER negative_added AFTER INSERT ON negative BEGIN INSERT INTO change (face_seq) VALUES (NULL); END;
CREATE TRIGGER negative_removed AFTER DELETE ON negative BEGIN INSERT INTO change (face_seq) VALUES (NULL); END;
CREATE TRIGGER negative_moved AFTER UPDATE OF person_seq ON negative
  BEGIN INSERT INTO change (face_seq) VALUES (NULL); END;
`,
  // What cameras have seen, and what people said about it. `gallery_seq` is 1: the same statements run in PostgreSQL.
  // Deleting a person takes along what is kept of them; merging people hands it on.
  `
CREATE TABLE home_revision (gallery_seq INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
CREATE TABLE watch_event (seq INTEGER PRIMARY KEY AUTOINCREMENT, gallery_seq INTEGER NOT NULL, id TEXT NOT NULL,
  at INTEGER NOT NULL, type TEXT NOT NULL, appearance_id TEXT, person_id TEXT, body TEXT NOT NULL,
  UNIQUE (gallery_seq, id));
CREATE TABLE teller (gallery_seq INTEGER NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (gallery_seq, name)) WITHOUT ROWID;
CREATE TABLE appearance (seq INTEGER PRIMARY KEY AUTOINCREMENT, gallery_seq INTEGER NOT NULL, id TEXT NOT NULL,
  camera TEXT NOT NULL, place TEXT, started_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, ended_at INTEGER,
  person_id TEXT, stranger_id TEXT, decided_by TEXT, deleted_at INTEGER, facts TEXT NOT NULL, revision INTEGER NOT NULL,
  UNIQUE (gallery_seq, id));
CREATE INDEX appearance_person ON appearance (gallery_seq, person_id, seq);
CREATE INDEX appearance_stranger ON appearance (gallery_seq, stranger_id, revision);
CREATE INDEX appearance_time ON appearance (gallery_seq, last_seen_at);
CREATE INDEX appearance_open ON appearance (gallery_seq) WHERE ended_at IS NULL;
CREATE TABLE appearance_face (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL,
  appearance_seq INTEGER NOT NULL REFERENCES appearance (seq) ON DELETE CASCADE, taken_at INTEGER NOT NULL,
  quality REAL NOT NULL, facts TEXT, embedding BLOB NOT NULL, model TEXT NOT NULL, picture BLOB,
  UNIQUE (appearance_seq, id));
CREATE TABLE stranger (gallery_seq INTEGER NOT NULL, id TEXT NOT NULL, created_at INTEGER NOT NULL,
  is_ignored INTEGER NOT NULL, merged_into TEXT, revision INTEGER NOT NULL, PRIMARY KEY (gallery_seq, id)) WITHOUT ROWID;
CREATE TABLE stranger_apart (gallery_seq INTEGER NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL,
  PRIMARY KEY (gallery_seq, one, other)) WITHOUT ROWID;
CREATE TABLE ignored_person (gallery_seq INTEGER NOT NULL, person_id TEXT NOT NULL,
  PRIMARY KEY (gallery_seq, person_id)) WITHOUT ROWID;
CREATE TABLE decision (seq INTEGER PRIMARY KEY AUTOINCREMENT, gallery_seq INTEGER NOT NULL, id TEXT NOT NULL,
  at INTEGER NOT NULL, kind TEXT NOT NULL, is_automatic INTEGER NOT NULL, person_id TEXT, undone_at INTEGER,
  changes TEXT NOT NULL, UNIQUE (gallery_seq, id));
CREATE TRIGGER person_seen_gone AFTER DELETE ON person BEGIN
  DELETE FROM appearance WHERE person_id = old.id;
  DELETE FROM watch_event WHERE person_id = old.id OR instr(body, json_quote(old.name)) > 0;
  DELETE FROM ignored_person WHERE person_id = old.id;
  DELETE FROM decision WHERE person_id = old.id;
END;
CREATE TRIGGER person_seen_merged AFTER INSERT ON merge BEGIN
  UPDATE appearance SET person_id = new.into_id WHERE person_id = new.person_id;
  UPDATE decision SET person_id = new.into_id WHERE person_id = new.person_id;
END;
`,
  // Photos and the faces in them. `gallery_seq` is 1: the same statements run in PostgreSQL. Faces of whoever is deleted
  // are nameless again; merging people hands them on.
  `
CREATE TABLE photo_revision (gallery_seq INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
CREATE TABLE photo_scan (gallery_seq INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE photo (seq INTEGER PRIMARY KEY AUTOINCREMENT, gallery_seq INTEGER NOT NULL, id TEXT NOT NULL,
  sha256 TEXT NOT NULL, kind TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, duration_ms REAL,
  taken_at INTEGER, model TEXT NOT NULL, scanned_at INTEGER NOT NULL, UNIQUE (gallery_seq, id),
  UNIQUE (gallery_seq, sha256));
CREATE INDEX photo_taken ON photo (gallery_seq, taken_at);
CREATE TABLE photo_file (gallery_seq INTEGER NOT NULL, path TEXT NOT NULL,
  photo_seq INTEGER NOT NULL REFERENCES photo (seq) ON DELETE CASCADE, size INTEGER NOT NULL, mtime_ms INTEGER NOT NULL,
  seen_scan INTEGER NOT NULL, PRIMARY KEY (gallery_seq, path)) WITHOUT ROWID;
CREATE INDEX photo_file_photo ON photo_file (photo_seq);
CREATE TABLE photo_failure (gallery_seq INTEGER NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
  mtime_ms INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL, seen_scan INTEGER NOT NULL,
  PRIMARY KEY (gallery_seq, path)) WITHOUT ROWID;
CREATE TABLE photo_face (seq INTEGER PRIMARY KEY AUTOINCREMENT, gallery_seq INTEGER NOT NULL, id TEXT NOT NULL,
  photo_seq INTEGER NOT NULL REFERENCES photo (seq) ON DELETE CASCADE, frame_ms REAL, box TEXT NOT NULL,
  landmarks TEXT NOT NULL, score REAL NOT NULL, quality REAL NOT NULL, facts TEXT NOT NULL, model TEXT NOT NULL,
  person_id TEXT, decided_by TEXT, not_person_ids TEXT NOT NULL, is_ignored INTEGER NOT NULL, group_id TEXT,
  group_confidence REAL, revision INTEGER NOT NULL, embedding BLOB NOT NULL, UNIQUE (gallery_seq, id));
CREATE INDEX photo_face_photo ON photo_face (photo_seq);
CREATE INDEX photo_face_person ON photo_face (gallery_seq, person_id, seq);
CREATE INDEX photo_face_group ON photo_face (gallery_seq, group_id, seq);
CREATE INDEX photo_face_revision ON photo_face (gallery_seq, revision);
CREATE TABLE photo_thumbnail (face_seq INTEGER PRIMARY KEY REFERENCES photo_face (seq) ON DELETE CASCADE,
  picture BLOB NOT NULL);
CREATE TABLE photo_grouping (gallery_seq INTEGER PRIMARY KEY, state TEXT NOT NULL, suggestions TEXT NOT NULL,
  revision INTEGER NOT NULL);
CREATE TABLE photo_decision (seq INTEGER PRIMARY KEY AUTOINCREMENT, gallery_seq INTEGER NOT NULL, id TEXT NOT NULL,
  at INTEGER NOT NULL, kind TEXT NOT NULL, person_id TEXT, undone_at INTEGER, changes TEXT NOT NULL,
  UNIQUE (gallery_seq, id));
CREATE TRIGGER person_photographed_gone AFTER DELETE ON person
  WHEN EXISTS (SELECT 1 FROM photo_face WHERE gallery_seq = 1 AND person_id = old.id) BEGIN
  UPDATE photo_revision SET revision = revision + 1;
  UPDATE photo_face SET person_id = NULL, decided_by = NULL, revision = (SELECT revision FROM photo_revision)
    WHERE gallery_seq = 1 AND person_id = old.id;
END;
CREATE TRIGGER person_decided_gone AFTER DELETE ON person BEGIN
  DELETE FROM photo_decision WHERE person_id = old.id;
END;
CREATE TRIGGER person_photographed_merged AFTER INSERT ON merge BEGIN
  UPDATE photo_revision SET revision = revision + 1;
  UPDATE photo_face SET person_id = new.into_id, revision = (SELECT revision FROM photo_revision)
    WHERE gallery_seq = 1 AND person_id = new.person_id;
  UPDATE photo_face SET not_person_ids = replace(not_person_ids, new.person_id, new.into_id),
    revision = (SELECT revision FROM photo_revision)
    WHERE instr(not_person_ids, new.person_id) > 0 AND person_id IS NOT new.into_id;
  UPDATE photo_decision SET person_id = new.into_id WHERE person_id = new.person_id;
END;
`,
] as const;

/**
 * Brings a file's tables to this version; a new file gets them all.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is something else, damaged, or made by a newer version
 * @remarks Safe when two processes open the same file at once: each step is looked at and done in one transaction.
 */
export async function migrate(connection: SqliteConnection): Promise<void> {
  bringUp(connection);
  // Tables that are not as this version makes them give columns of other names and types, or run triggers of others.
  const model = await SqliteConnection.inMemory();
  try {
    bringUp(model);
    if (schemaOf(connection) !== schemaOf(model))
      throw damagedGallery('its tables are not those of a gallery');
    for (const table of ['person', 'face', 'negative', 'merge', 'change']) {
      // After the last number there is none for a new row, which SQLite reports as a full disk.
      const last = connection.get(`SELECT coalesce(max(seq), 0) AS seq FROM ${table}`)!;
      if (wholeIn(last, 'seq') < 0) throw damagedGallery(`the rows of ${table} have no proper numbers`);
    }
  } finally {
    model.close();
  }
}

function bringUp(connection: SqliteConnection): void {
  const refuse = (why: string): never => {
    throw new FaceTriggerError(
      'ERR_FILE_FORMAT',
      `${connection.path} is not a gallery of this version: ${why}`,
    );
  };
  const number = (pragma: string): number => Number(connection.get(`PRAGMA ${pragma}`)![pragma]);
  if (connection.get('PRAGMA encoding')!['encoding'] !== 'UTF-8') refuse('its text is not UTF-8');
  if (number('application_id') === APPLICATION_ID && number('user_version') === MIGRATIONS.length) return;
  connection.transaction(() => {
    const version = number('user_version');
    const tables = Number(connection.get('SELECT count(*) AS n FROM sqlite_schema')!['n']);
    if (tables > 0 && number('application_id') !== APPLICATION_ID) refuse('it belongs to another program');
    if (version > MIGRATIONS.length) refuse('a newer version made it');
    if (version < 0 || (version > 0 && tables === 0)) refuse('it is damaged');
    for (const step of MIGRATIONS.slice(version)) connection.execute(step);
    connection.execute(`PRAGMA application_id = ${APPLICATION_ID}`);
    connection.execute(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

/** Tables, indexes and triggers as they were declared; statistics that SQLite keeps are left out. */
function schemaOf(connection: SqliteConnection): string {
  return JSON.stringify(
    connection.all(
      `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name`,
    ),
  );
}
