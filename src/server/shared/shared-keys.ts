import { FaceTriggerError } from '../../core/errors.ts';
import { textIn, textOrNullIn } from '../../gallery/stores/postgres/row-values.ts';
import type { PgRow, SqlSession } from '../../gallery/stores/postgres/sql-session.ts';
import { API_KEY_SCOPES } from '../api-key-scopes.ts';
import type { FastKey, KeyStorage, StoredKey } from '../key-storage.ts';
import { ServerDatabase } from './server-database.ts';

/** "FTke": the lock under which keys are changed. */
const LOCK = 0x46546b65;
const SELECT = `SELECT api_key.id, label, array_to_json(scopes)::text AS scopes, api_key.created_at, sha256,
  gallery.name AS gallery FROM api_key LEFT JOIN gallery ON gallery.seq = gallery_seq`;

/** Keys in a database, for all servers over it. Each request asks for its key, so a key that is revoked is refused at once. */
export class SharedKeys implements KeyStorage {
  readonly #database: ServerDatabase;
  readonly #isOwn: boolean;

  /** @param isOwn - whether the database is closed with the keys */
  constructor(database: ServerDatabase, { isOwn = false } = {}) {
    this.#database = database;
    this.#isOwn = isOwn;
  }

  /** @throws FaceTriggerError as {@link ServerDatabase.open} */
  static async open(url: string): Promise<SharedKeys> {
    return new SharedKeys(await ServerDatabase.open(url), { isOwn: true });
  }

  list(): Promise<readonly FastKey[]> {
    return listKeys(this.#database.sql);
  }

  async find(id: string): Promise<FastKey | null> {
    const [row] = await this.#database.sql.query(`${SELECT} WHERE api_key.id = $1`, [id]);
    return row ? toKey(row) : null;
  }

  async change(change: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> {
    await this.#database.sql.transaction(
      async (session) => {
        const before = await listKeys(session);
        const after = change(before);
        const kept = new Set(after.map(({ id }) => id));
        const gone = before.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
        await session.run('DELETE FROM api_key WHERE id = ANY($1)', [gone]);
        const known = new Set(before.map(({ id }) => id));
        for (const key of after) if (!known.has(key.id)) await this.#insert(session, key);
      },
      { begin: `SELECT pg_advisory_xact_lock(${LOCK})` },
    );
  }

  async dispose(): Promise<void> {
    if (this.#isOwn) await this.#database.dispose();
  }

  async #insert(session: SqlSession, key: StoredKey): Promise<void> {
    if (!('sha256' in key)) {
      throw new FaceTriggerError(
        'ERR_UNSUPPORTED_OPTION',
        'A key of version 1 has to be used once in its file',
      );
    }
    const { id, label, scopes, createdAt, sha256, gallery } = key;
    const number = gallery === undefined ? null : await this.#database.numberOf(gallery, session);
    await session.run(
      `INSERT INTO api_key (id, label, scopes, created_at, sha256, gallery_seq)
       VALUES ($1, $2, $3::text[], $4, $5, $6)`,
      [id, label, scopes, createdAt, sha256, number],
    );
  }
}

async function listKeys(session: SqlSession): Promise<readonly FastKey[]> {
  return (await session.query(`${SELECT} ORDER BY api_key.created_at, api_key.id`)).map(toKey);
}

function toKey(row: PgRow): FastKey {
  const scopes = JSON.parse(textIn(row, 'scopes')) as unknown[];
  const gallery = textOrNullIn(row, 'gallery');
  return {
    id: textIn(row, 'id'),
    label: textIn(row, 'label'),
    // What a newer version may allow is not allowed here.
    scopes: API_KEY_SCOPES.filter((scope) => scopes.includes(scope)),
    createdAt: textIn(row, 'created_at'),
    sha256: textIn(row, 'sha256'),
    ...(gallery !== null && { gallery }),
  };
}
