import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import type { LivingAt, PersonKey, PersonRow, RowPage, StoredPerson } from '../gallery-store.ts';
import { personColumns } from '../row-reader.ts';
import { storedPersonIn, written } from './row-values.ts';

const SELECT = `SELECT seq, id, name, created_at, expires_at, consent_text, consent_at,
  (SELECT count(*) FROM face WHERE person_seq = person.seq) AS faces FROM person`;
/** Takes {@link aliveAt}. */
export const ALIVE = '(person.expires_at IS NULL OR person.expires_at > ?)';

/** The value for {@link ALIVE}. */
export function aliveAt(livingAt: LivingAt): number {
  return livingAt ?? Number.MIN_SAFE_INTEGER;
}

/** Inserts a person. @returns the row's number */
export function insertPerson(connection: SqliteConnection, person: PersonRow): number {
  const { rowId } = connection.run(
    `INSERT INTO person (id, name, created_at, expires_at, consent_text, consent_at) VALUES (?, ?, ?, ?, ?, ?)`,
    personColumns(person),
  );
  return rowId;
}

/**
 * The person of a number that is in the store.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` where a damaged file does not find its own row
 */
export function personBySeq(connection: SqliteConnection, seq: number): StoredPerson {
  return storedPersonIn(written(connection.get(`${SELECT} WHERE seq = ?`, [seq])));
}

/** The person with an id, a name or a number. */
export function findPerson(
  connection: SqliteConnection,
  by: PersonKey,
  livingAt: LivingAt,
): StoredPerson | null {
  const [column, value] = 'id' in by ? ['id', by.id] : 'name' in by ? ['name', by.name] : ['seq', by.seq];
  const row = connection.get(`${SELECT} WHERE ${column} = ? AND ${ALIVE}`, [value, aliveAt(livingAt)]);
  return row && storedPersonIn(row);
}

/** People after a number, in order. */
export function peopleAfter(
  connection: SqliteConnection,
  { after, limit, livingAt, query = '' }: RowPage & { readonly query?: string | undefined },
): readonly StoredPerson[] {
  // instr and not LIKE: % and _ in a name are letters like others.
  return connection
    .all(`${SELECT} WHERE seq > ? AND ${ALIVE} AND instr(lower(name), lower(?)) > 0 ORDER BY seq LIMIT ?`, [
      after,
      aliveAt(livingAt),
      query,
      limit,
    ])
    .map(storedPersonIn);
}

/** People whose time is over. */
export function expiredPeople(connection: SqliteConnection, at: number): readonly StoredPerson[] {
  return connection.all(`${SELECT} WHERE expires_at <= ?`, [at]).map(storedPersonIn);
}

/** Changes what is given of a person. */
export function updatePerson(
  connection: SqliteConnection,
  seq: number,
  { name, expiresAt, consent }: Partial<Pick<PersonRow, 'name' | 'expiresAt' | 'consent'>>,
): void {
  if (name !== undefined) connection.run('UPDATE person SET name = ? WHERE seq = ?', [name, seq]);
  if (expiresAt !== undefined) {
    const time = expiresAt?.getTime() ?? null;
    connection.run('UPDATE person SET expires_at = ? WHERE seq = ?', [time, seq]);
  }
  if (consent !== undefined) {
    const values = [consent?.text ?? null, consent?.at.getTime() ?? null];
    connection.run('UPDATE person SET consent_text = ?, consent_at = ? WHERE seq = ?', [...values, seq]);
  }
}
