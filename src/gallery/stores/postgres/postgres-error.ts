import { FaceTriggerError, type FaceTriggerErrorCode } from '../../../core/errors.ts';
import { isError } from '../../../core/is-kind.ts';

/** Codes of ours by PostgreSQL's: a whole one, or the class of its first two letters. Source: its appendix A. */
const CODES: Readonly<Record<string, readonly [FaceTriggerErrorCode, string?]>> = {
  '08': ['ERR_UNAVAILABLE', 'try again when the database is reachable'],
  '21': ['ERR_CONFLICT'],
  '22': [
    'ERR_INVALID_ARGUMENT',
    'text with a NUL character, for example, can be stored only in a gallery file',
  ],
  '23': ['ERR_CONFLICT', 'somebody has this name or id already, or what it belongs to is gone'],
  '25006': ['ERR_UNAVAILABLE', 'this server takes no changes: name the primary, not a replica'],
  '28': ['ERR_UNAVAILABLE', 'look at user and password: PGPASSWORD, ~/.pgpass or the address'],
  '3D000': ['ERR_UNAVAILABLE', 'make the database first (createdb)'],
  '3F000': ['ERR_UNAVAILABLE', 'the tables of the galleries are gone from the database'],
  '40': ['ERR_BUSY', 'another change conflicted with this one: try again'],
  '42501': [
    'ERR_UNAVAILABLE',
    'give this user the right to it, or open the gallery once as the owner of the database',
  ],
  '42P01': ['ERR_UNAVAILABLE', 'the tables of the galleries are gone from the database'],
  '53100': ['ERR_DISK_FULL', "make room on the database's disk"],
  '53': ['ERR_BUSY', 'the database allows no more connections: use fewer (?connections=) or raise its limit'],
  '55P03': ['ERR_BUSY', 'another process changes the gallery: try again when that is done'],
  '57014': ['ERR_TIMEOUT', 'the database took longer than the limit'],
  '57': ['ERR_UNAVAILABLE', 'try again when the database is up'],
  '58': ['ERR_UNAVAILABLE', "look at the database's log and disk"],
  XX: ['ERR_UNAVAILABLE', "look at the database's log"],
};

/**
 * What a failure of the driver means for us.
 *
 * @param shown - the address without its password
 * @returns errors of ours, and of the programmer, as they are
 */
export function postgresError(error: unknown, shown: string): unknown {
  if (error instanceof FaceTriggerError || !isError(error)) return error;
  const { code, message } = error as Error & { readonly code?: unknown };
  const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in error ? code : null;
  if (state === null && !isLost(error)) return error;
  const known = state === null ? undefined : (CODES[state] ?? CODES[state.slice(0, 2)]);
  if (state !== null && known === undefined) return error;
  const [ours, remedy] = known ?? ['ERR_UNAVAILABLE', 'try again when the database is reachable'];
  // A refused connection to a name with several addresses comes without a message of its own.
  const said = message === '' ? String(code) : message;
  const text = `Gallery ${shown}: ${said}${remedy === undefined ? '' : `; ${remedy}`}`;
  return new FaceTriggerError(ours, text, { cause: withoutValues(error, state) });
}

/** Whether a connection is of no use after an error: anything that the server did not say itself, or said as its last. */
export function endsConnection(error: unknown): boolean {
  const { severity } = (error ?? {}) as { readonly severity?: unknown };
  return isError(error) && !(error instanceof FaceTriggerError) && severity !== 'ERROR';
}

function isLost(error: Error): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (
    syscall !== undefined ||
    /^(E[A-Z]{3,}|ERR_(TLS|SSL|SOCKET)\w*|CERT_\w+|\w+_CERT\w*)$/.test(String(code))
  )
    return true;
  // The driver's own errors have no codes.
  return /connection|timeout|timed out|not queryable|ssl|tls|certificate|password|SASL|SCRAM|ended?\b/i.test(
    error.message,
  );
}

// The driver's error names the row that stood in the way, and whoever logs a cause would log a person's name.
function withoutValues(error: Error, state: string | null): Error {
  if (state === null) return error;
  const clean = new Error(state.startsWith('22') ? `PostgreSQL's error ${state}` : error.message);
  clean.name = 'PostgresError';
  return Object.assign(clean, { code: state });
}
