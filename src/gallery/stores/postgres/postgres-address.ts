import { FaceTriggerError } from '../../../core/errors.ts';

/** Where a gallery in PostgreSQL lives. */
export interface PostgresAddress {
  readonly kind: 'postgres';
  /** For the driver. May hold a password: it goes into no message. */
  readonly connection: string;
  /** One of several galleries in the database. */
  readonly gallery: string;
  /** Whether the address says which, so that it is not the whole database that is meant. */
  readonly isNamed: boolean;
  /** Connections that one process holds at most, besides the one that listens. */
  readonly connections: number;
  /** Where searches look. */
  readonly index: PostgresIndexName;
  /** As messages name it, after "gallery": without passwords and files of keys. */
  readonly shown: string;
}

/** In the memory of each process, in the database (with its extension pgvector), or whichever suits the gallery's size. */
export type PostgresIndexName = 'auto' | 'memory' | 'pgvector';

/** The gallery of an address that names none. */
export const DEFAULT_GALLERY = 'default';
/** Connections of a process where the address does not say. A change needs one, and reads others meanwhile. */
const CONNECTIONS = { default: 10, least: 2, most: 200 } as const;

const INDEXES: readonly PostgresIndexName[] = ['auto', 'memory', 'pgvector'];
/** Parameters that are for us, and not for the driver. */
const OWN = ['gallery', 'connections', 'index'];

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const EXAMPLE = 'postgres://user@host:5432/database?gallery=name';
/** Parameters that reach the driver. Others, which it would ignore without a word, are refused. */
const PASSED_ON = new Set([
  ...['host', 'port', 'user', 'password', 'application_name', 'connect_timeout', 'options'],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation'],
]);
/** With the meanings that they have for libpq. */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'];

/**
 * Reads the address of a gallery in PostgreSQL.
 *
 * @param url - `postgres://user@host:port/database?gallery=name`. What it does not say comes from `PGHOST`, `PGUSER`,
 * `PGPASSWORD`, `PGPASSFILE` and the like, as for PostgreSQL's own programs
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_UNSUPPORTED_OPTION`; no message repeats what may be a password
 */
export function postgresAddress(url: string): PostgresAddress {
  const parsed = parse(url);
  const { searchParams } = parsed;
  const named = once(searchParams, 'gallery');
  const gallery = named ?? DEFAULT_GALLERY;
  if (!NAME.test(gallery)) {
    throw refused(
      'Expected as the name of a gallery (?gallery=) 1 to 63 small letters a-z, digits and . _ -, with a letter or digit first',
    );
  }
  const connections = Number(once(searchParams, 'connections') ?? CONNECTIONS.default);
  if (!Number.isInteger(connections) || connections < CONNECTIONS.least || connections > CONNECTIONS.most) {
    const range = `${CONNECTIONS.least} .. ${CONNECTIONS.most}`;
    throw refused(`Expected a whole number of ${range} for connections in the address of the gallery`);
  }
  const wanted = once(searchParams, 'index') ?? 'auto';
  const index = INDEXES.find((name) => name === wanted);
  if (!index) throw refused(`Expected ${INDEXES.join(', ')} for index in the address of the gallery`);
  for (const name of searchParams.keys()) {
    if (OWN.includes(name)) continue;
    if (!PASSED_ON.has(name)) {
      const known = [...OWN, ...PASSED_ON].join(', ');
      throw refused(`The address of a gallery in PostgreSQL has an unknown parameter; known are ${known}`);
    }
  }
  const sslmode = once(searchParams, 'sslmode');
  if (sslmode !== null && !SSL_MODES.includes(sslmode)) {
    throw new FaceTriggerError(
      'ERR_UNSUPPORTED_OPTION',
      `Expected ${SSL_MODES.join(', ')} for sslmode: anything else may go on without encryption where a server has none`,
    );
  }
  return {
    kind: 'postgres',
    connection: connectionOf(parsed, sslmode),
    gallery,
    isNamed: named !== null,
    connections,
    index,
    shown: shownOf(parsed, gallery),
  };
}

function parse(url: string): URL {
  let parsed: URL;
  try {
    // Nobody before the @ or no host after it is fine for PostgreSQL's programs, and none of the standard's addresses.
    parsed = new URL(url.replace(/^(postgres(?:ql)?):/i, 'postgres:').replace(/@\//, '@localhost/'));
    for (const part of [parsed.username, parsed.password, parsed.pathname, parsed.hostname])
      decodeURIComponent(part);
  } catch {
    throw refused(
      `Expected ${EXAMPLE} as the address of a gallery in PostgreSQL; characters such as @ / % in a password are written %40 %2F %25`,
    );
  }
  if (!/^postgres(?:ql)?:\/\//i.test(url) || parsed.hash !== '') {
    throw refused(`Expected ${EXAMPLE} as the address of a gallery in PostgreSQL`);
  }
  if (parsed.hostname.includes(',')) {
    throw new FaceTriggerError(
      'ERR_UNSUPPORTED_OPTION',
      'Expected one host in the address of the gallery: several, to be tried in turn, are not supported; name the one that takes writes',
    );
  }
  return parsed;
}

function once(parameters: URLSearchParams, name: string): string | null {
  const values = parameters.getAll(name);
  if (values.length > 1) throw refused(`Expected ${name} only once in the address of the gallery`);
  return values[0] ?? null;
}

function connectionOf(parsed: URL, sslmode: string | null): string {
  const url = new URL(parsed);
  for (const name of OWN) url.searchParams.delete(name);
  // The driver's own meaning of "require" is another one, and changes with its next version.
  if (sslmode !== null) url.searchParams.set('uselibpqcompat', 'true');
  return url.href;
}

function shownOf(parsed: URL, gallery: string): string {
  const user = parsed.username === '' ? '' : `${parsed.username}@`;
  return `${gallery} in postgres://${user}${parsed.host}${parsed.pathname}`;
}

function refused(message: string): FaceTriggerError {
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
}
