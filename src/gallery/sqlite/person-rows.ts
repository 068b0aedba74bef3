import { randomUUID } from 'node:crypto';
import { FaceTriggerError } from '../../core/errors.ts';
import { canonicalName } from '../../core/text/person-name.ts';
import { checkConsent, checkExpiry, checkName } from '../check-person.ts';
import type { NewPerson, Person } from '../gallery.ts';
import { dateIn, dateOrNullIn, textIn, textOrNullIn, wholeIn, written } from './row-values.ts';
import type { SqliteConnection, SqlRow, SqlValue } from './sqlite-connection.ts';

/** A person as the store keeps it: with the number that other tables and the index know it by. */
export interface StoredPerson extends Person {
  readonly seq: number;
}

const SELECT = `SELECT seq, id, name, created_at, expires_at, consent_text, consent_at,
  (SELECT count(*) FROM face WHERE person_seq = person.seq) AS faces FROM person`;
/** Whoever has expired is in no answer, even before the purge. */
const ALIVE = '(expires_at IS NULL OR expires_at > ?)';

/** Inserts a person. @throws FaceTriggerError `ERR_CONFLICT` where the name is taken */
export function insertPerson(
  connection: SqliteConnection,
  person: NewPerson,
  given: { readonly id?: string; readonly createdAt?: number } = {},
): StoredPerson {
  const name = checkName(person.name);
  const expiresAt = checkExpiry(person.expiresAt);
  const consent = checkConsent(person.consent);
  const id = given.id ?? randomUUID();
  const createdAt = given.createdAt ?? Date.now();
  refuseTakenName(connection, name);
  const { rowId } = connection.run(
    `INSERT INTO person (id, name, created_at, expires_at, consent_text, consent_at) VALUES (?, ?, ?, ?, ?, ?)`,
    [id, name, createdAt, expiresAt, consent?.text ?? null, consent?.at ?? null],
  );
  return personBySeq(connection, rowId);
}

/**
 * The person of a number that is in the store, expired or not.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` where a damaged file does not find its own row
 */
export function personBySeq(connection: SqliteConnection, seq: number): StoredPerson {
  return toPerson(written(connection.get(`${SELECT} WHERE seq = ?`, [seq])))!;
}

/** The living person with an id or a name. */
export function findPerson(
  connection: SqliteConnection,
  by: { readonly id: string } | { readonly name: string },
): StoredPerson | null {
  const living = (column: 'id' | 'name', value: string) =>
    toPerson(connection.get(`${SELECT} WHERE ${column} = ? AND ${ALIVE}`, [value, Date.now()]));
  if ('id' in by) return living('id', by.id);
  // Names that were kept before invisible signs were taken out are found as they are written.
  return living('name', canonicalName(by.name)) ?? living('name', by.name.normalize('NFC').trim());
}

/** @throws FaceTriggerError `ERR_NOT_FOUND` */
export function requirePerson(connection: SqliteConnection, id: string): StoredPerson {
  const person = typeof id === 'string' ? findPerson(connection, { id }) : null;
  if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
  return person;
}

/** Living people after a number, in order. */
export function peopleAfter(
  connection: SqliteConnection,
  page: { readonly after: number; readonly limit: number; readonly query?: string | undefined },
): readonly StoredPerson[] {
  // instr and not LIKE: % and _ in a name are letters like others.
  const rows = connection.all(
    `${SELECT} WHERE seq > ? AND ${ALIVE} AND instr(lower(name), lower(?)) > 0 ORDER BY seq LIMIT ?`,
    [page.after, Date.now(), page.query?.normalize('NFC') ?? '', page.limit],
  );
  return rows.map((row) => toPerson(row)!);
}

/** @throws FaceTriggerError `ERR_CONFLICT` where the name is taken */
export function renamePerson(connection: SqliteConnection, id: string, name: string): StoredPerson {
  const { seq } = requirePerson(connection, id);
  const clean = checkName(name);
  refuseTakenName(connection, clean, seq);
  connection.run('UPDATE person SET name = ? WHERE seq = ?', [clean, seq]);
  return personBySeq(connection, seq);
}

/**
 * Changes name, expiry and consent; `undefined` leaves a value as it is.
 *
 * @throws FaceTriggerError `ERR_CONFLICT` where the name is taken
 */
export function updatePerson(
  connection: SqliteConnection,
  id: string,
  changes: Partial<NewPerson>,
): StoredPerson {
  const { seq } = requirePerson(connection, id);
  const set = (assignment: string, values: readonly SqlValue[]): void => {
    connection.run(`UPDATE person SET ${assignment} WHERE seq = ?`, [...values, seq]);
  };
  if (changes.name !== undefined) renamePerson(connection, id, changes.name);
  if (changes.expiresAt !== undefined) set('expires_at = ?', [checkExpiry(changes.expiresAt)]);
  if (changes.consent !== undefined) {
    const consent = checkConsent(changes.consent);
    set('consent_text = ?, consent_at = ?', [consent?.text ?? null, consent?.at ?? null]);
  }
  return personBySeq(connection, seq);
}

/** Deletes people with their faces, and what merges remember of them. @returns how many faces went */
export function deletePeople(connection: SqliteConnection, people: readonly StoredPerson[]): number {
  for (const person of people) {
    connection.run(
      `WITH RECURSIVE gone (seq, person_id) AS (
         SELECT seq, person_id FROM merge WHERE into_id = ?
         UNION SELECT merge.seq, merge.person_id FROM merge JOIN gone ON merge.into_id = gone.person_id
       ) DELETE FROM merge WHERE seq IN (SELECT seq FROM gone)`,
      [person.id],
    );
    connection.run('DELETE FROM person WHERE seq = ?', [person.seq]);
  }
  return people.reduce((sum, { faces }) => sum + faces, 0);
}

/** Whether anybody's time is over, among the people or among those who were merged into somebody. */
export function hasExpired(connection: SqliteConnection): boolean {
  const now = Date.now();
  const row = connection.get(
    `SELECT EXISTS (SELECT 1 FROM person WHERE expires_at <= ?)
     OR EXISTS (SELECT 1 FROM merge WHERE expires_at <= ?) AS found`,
    [now, now],
  );
  return row!['found'] === 1;
}

/** People whose time is over. */
export function expiredPeople(connection: SqliteConnection): readonly StoredPerson[] {
  return connection.all(`${SELECT} WHERE expires_at <= ?`, [Date.now()]).map((row) => toPerson(row)!);
}

/** The person as the public interface shows it. */
export function publicPerson({ id, name, faces, createdAt, expiresAt, consent }: StoredPerson): Person {
  return { id, name, faces, createdAt, expiresAt, consent };
}

/** @throws FaceTriggerError `ERR_CONFLICT`; the message does not repeat the name, messages end up in logs */
export function refuseTakenName(connection: SqliteConnection, name: string, exceptSeq = 0): void {
  const taken = connection.get('SELECT expires_at FROM person WHERE name = ? AND seq <> ?', [
    name,
    exceptSeq,
  ]);
  if (taken === null) return;
  const expiresAt = dateOrNullIn(taken, 'expires_at');
  const expired = expiresAt !== null && expiresAt.getTime() <= Date.now();
  const hint = expired ? ', who has expired but is not purged yet' : '';
  throw new FaceTriggerError('ERR_CONFLICT', `Another person${hint} has this name already`);
}

function toPerson(row: SqlRow | null): StoredPerson | null {
  if (row === null) return null;
  const consent = textOrNullIn(row, 'consent_text');
  return {
    seq: wholeIn(row, 'seq'),
    id: textIn(row, 'id'),
    name: textIn(row, 'name'),
    faces: wholeIn(row, 'faces'),
    createdAt: dateIn(row, 'created_at'),
    expiresAt: dateOrNullIn(row, 'expires_at'),
    consent: consent === null ? null : { text: consent, at: dateIn(row, 'consent_at') },
  };
}
