import { FaceTriggerError } from '../../core/errors.ts';
import type { SqliteConnection } from '../../node/sqlite/sqlite-connection.ts';

/** "FTjb": marks a SQLite file as a list of jobs of ours. */
const APPLICATION_ID = 0x46546a62;
const VERSION = 1;

// A task that is done is deleted: names and paths need not stay longer than the work.
const SCHEMA = `
CREATE TABLE job (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  parameters TEXT NOT NULL, total INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0,
  outcomes TEXT NOT NULL DEFAULT '{}', part_done INTEGER, part_total INTEGER, result TEXT, tries INTEGER NOT NULL,
  retry_seconds INTEGER NOT NULL, lease_seconds INTEGER NOT NULL, created_at INTEGER NOT NULL, started_at INTEGER,
  updated_at INTEGER, canceled_at INTEGER);
CREATE TABLE task (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  job_seq INTEGER NOT NULL REFERENCES job (seq), what TEXT NOT NULL, data TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0, most_tries INTEGER NOT NULL,
  ready_at INTEGER NOT NULL DEFAULT 0, held_until INTEGER, code TEXT, message TEXT, failed_at INTEGER);
CREATE INDEX task_state ON task (state, job_seq, seq);
CREATE INDEX task_job ON task (job_seq, state);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${VERSION};
`;

/** @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is something else, or of a newer version */
export function setUpJobTables(connection: SqliteConnection): void {
  const number = (pragma: string): number => Number(connection.get(`PRAGMA ${pragma}`)![pragma]);
  connection.transaction(() => {
    const id = number('application_id');
    if (id === APPLICATION_ID && number('user_version') === VERSION) return;
    const tables = Number(connection.get('SELECT count(*) AS n FROM sqlite_schema')!['n']);
    if (id !== 0 || tables > 0) {
      const why = id === APPLICATION_ID ? 'a newer version made it' : 'it belongs to another program';
      throw new FaceTriggerError(
        'ERR_FILE_FORMAT',
        `${connection.path} is not a list of jobs of this version: ${why}`,
      );
    }
    connection.execute(SCHEMA);
  });
}
