import { FaceTriggerError } from '../../../../core/errors.ts';
import type { SqlSession } from '../sql-session.ts';

/** Dimensions that an HNSW index over halfvec takes. Source: pgvector's README, "Half-Precision Indexing". */
const MOST_DIMENSIONS = 4000;
/** The first version that goes on looking where a filter took away what was found (iterative scans). */
const OLDEST = [0, 8] as const;

/** The extension pgvector as a database has it. */
export interface VectorExtension {
  /** The schema of its types and operators, quoted. */
  readonly schema: string;
}

/** What a database says of the extension. */
interface Installation {
  /** `null`: not in this database. */
  readonly installed: string | null;
  /** `null`: its files are not on the server. */
  readonly available: string | null;
  readonly schema: string | null;
}

/** Why a database cannot have an index of pgvector; `null`: it can, or has one. */
export async function whyNoVectors(session: SqlSession, dimension: number): Promise<string | null> {
  const { installed, available } = await installationOf(session);
  if (dimension > MOST_DIMENSIONS)
    return `an index of pgvector takes embeddings of at most ${MOST_DIMENSIONS} numbers, and these have ${dimension}`;
  const version = installed ?? available;
  if (version === null)
    return 'the database server does not have the extension pgvector (Debian: postgresql-17-pgvector)';
  if (!isNewEnough(version)) {
    const remedy = installed === null ? '' : '; after an update of the server: ALTER EXTENSION vector UPDATE';
    return `pgvector ${OLDEST.join('.')} or later is needed, and this is ${version}${remedy}`;
  }
  return null;
}

/**
 * The extension, which is made where it is not yet in the database and this user may.
 *
 * @throws FaceTriggerError `ERR_UNAVAILABLE`
 */
export async function requireVectors(session: SqlSession, dimension: number): Promise<VectorExtension> {
  const why = await whyNoVectors(session, dimension);
  if (why !== null)
    throw new FaceTriggerError('ERR_UNAVAILABLE', `The gallery can have no such index: ${why}`);
  const { installed, schema } = await installationOf(session);
  if (installed !== null) return { schema: schema! };
  // Where everybody looks for it, and not in the schema that a program may take away.
  await session.execute('CREATE EXTENSION IF NOT EXISTS vector SCHEMA public');
  return { schema: (await installationOf(session)).schema! };
}

async function installationOf(session: SqlSession): Promise<Installation> {
  const [row] = await session.query(
    `SELECT (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS installed,
       (SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
        WHERE extname = 'vector') AS schema,
       (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS available`,
  );
  return row as unknown as Installation;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
