import type pg from 'pg';
import { FaceTriggerError } from '../../../core/errors.ts';
import type { StoreConnections } from '../gallery-store.ts';
import { OUTCOME_UNKNOWN } from '../outcome-unknown.ts';
import { Places } from '../places.ts';
import { ClientSession, type SessionContext } from './client-session.ts';
import { keepListening } from './keep-listening.ts';
import { loadDriver } from './load-driver.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { postgresError } from './postgres-error.ts';
import type { PgRow, PgValue, SqlSession } from './sql-session.ts';

/** The schema of the database that holds our tables. */
export const SCHEMA = 'face_trigger';

/** How long a connection may take to be there, and to be free where all are in use. */
const CONNECT_MS = 10_000;
/** Longest time of a statement at the server, and of waiting for its answer: where the network is gone nobody else tells. */
const STATEMENT_MS = 30_000;
const ANSWER_MS = STATEMENT_MS + 5000;
/** After this time without a word the server ends a transaction whose process is gone, which nobody else could. */
const IDLE_TRANSACTION_MS = 60_000;
const IDLE_CONNECTION_MS = 30_000;
/** PostgreSQL 14, the first that has all that is used. */
const OLDEST_VERSION = 140_000;

/**
 * What every connection is told first: where the tables are, that `bytea` comes as it is read here, and that what was
 * acknowledged is on the disk, whatever the server's own settings say.
 */
const GREETING = `SELECT set_config('search_path', '${SCHEMA}, pg_temp', false), set_config('bytea_output', 'hex', false),
  set_config('client_min_messages', 'warning', false),
  CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END`;

/** What all who share a pool have in common. */
interface PoolState {
  /** What connections are told besides the greeting, and those that have been. */
  announcement: string | null;
  readonly told: WeakSet<pg.PoolClient>;
  /** Who hears of which channel. */
  readonly channels: Map<
    string,
    { readonly listeners: Set<(payload: string | null) => void>; readonly end: () => Promise<void> }
  >;
  readonly changes: Places;
}

/** A PostgreSQL database, over a pool of connections that come back by themselves. */
export class PostgresDatabase implements SqlSession, AsyncDisposable {
  /** The address without its password. */
  readonly shown: string;
  readonly #address: PostgresAddress;
  readonly #pool: pg.Pool;
  readonly #context: SessionContext;
  readonly #common: PoolState;
  readonly #isLent: boolean;

  private constructor(
    address: PostgresAddress,
    {
      pool,
      context,
      common,
      isLent = false,
    }: { pool: pg.Pool; context: SessionContext; common: PoolState; isLent?: boolean | undefined },
  ) {
    this.shown = address.shown;
    this.#address = address;
    this.#pool = pool;
    this.#context = context;
    this.#common = common;
    this.#isLent = isLent;
  }

  /**
   * Connects for the first time.
   *
   * @throws FaceTriggerError `ERR_UNAVAILABLE` where there is no driver, no server, no database or no right to it, or the
   * server is older than PostgreSQL 14
   */
  static async open(address: PostgresAddress): Promise<PostgresDatabase> {
    const driver = await loadDriver();
    const names = new Map<string, string>();
    const nameOf = (sql: string): string => {
      const name = names.get(sql) ?? `ft${names.size}`;
      names.set(sql, name);
      return name;
    };
    const context = { driver, shown: address.shown, nameOf };
    const pool = new driver.Pool({
      ...connectionOptions(address),
      max: address.connections,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: ANSWER_MS,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
      // A program that forgets to dispose of its gallery still ends.
      allowExitOnIdle: true,
      // pg waits for what it gives; its types do not say so.
      onConnect: (client: pg.ClientBase): unknown => client.query(GREETING),
    } as pg.PoolConfig);
    // A connection that was lost while nobody used it: the next statement takes another, or says what is wrong.
    pool.on('error', () => undefined);
    const common = {
      announcement: null,
      told: new WeakSet<pg.PoolClient>(),
      channels: new Map(),
      // A change holds a connection and may ask on another meanwhile: one is left for that, whoever has the others.
      changes: new Places(Math.max(1, address.connections - 1)),
    };
    const database = new PostgresDatabase(address, { pool, context, common });
    try {
      await database.#checkServer();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /**
   * The same connections for one of several galleries: messages name it, and closing it closes none of them.
   *
   * @param address - of a gallery in the same database
   */
  lend(address: PostgresAddress): PostgresDatabase {
    const context = { ...this.#context, shown: address.shown };
    return new PostgresDatabase(
      { ...this.#address, shown: address.shown },
      { pool: this.#pool, context, common: this.#common, isLent: true },
    );
  }

  query(sql: string, values?: readonly PgValue[]): Promise<readonly PgRow[]> {
    return this.#borrow((session) => session.query(sql, values));
  }

  run(sql: string, values?: readonly PgValue[]): Promise<number> {
    return this.#borrow((session) => session.run(sql, values));
  }

  execute(sql: string): Promise<void> {
    return this.#borrow((session) => session.execute(sql));
  }

  /** Runs statements that begin and end a transaction of their own. */
  script(sql: string): Promise<void> {
    return this.#borrow(async (session) => {
      try {
        await session.execute(sql);
      } catch (error) {
        await session.execute('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  copyIn(sql: string, chunks: Iterable<Uint8Array>): Promise<void> {
    return this.#borrow((session) => session.copyIn(sql, chunks));
  }

  /**
   * Runs work in a transaction that is kept whole or not at all.
   *
   * @param begin - statements that come first, in the same message
   * @throws FaceTriggerError `ERR_UNAVAILABLE` too where the connection was lost so late that nobody can say whether the
   * work was kept
   */
  transaction<Result>(work: (session: SqlSession) => Promise<Result>, { begin = '' } = {}): Promise<Result> {
    return this.#common.changes.hold(() =>
      this.#borrow(async (session) => {
        let result: Result;
        try {
          await session.execute(`BEGIN;${begin}`);
          result = await work(session);
        } catch (error) {
          // Whatever goes wrong here, the first error is the one to tell.
          await session.execute('ROLLBACK').catch(() => undefined);
          throw error;
        }
        if (await this.#commit(session)) return result;
        throw new FaceTriggerError(
          'ERR_CONFLICT',
          `Gallery ${this.shown}: a statement had failed, so nothing of the change was kept`,
        );
      }),
    );
  }

  /** Runs work that no transaction may hold and that may take long, on a connection of its own without limits of time. */
  async maintain<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const client = this.#client();
    client.on('error', () => undefined);
    const session = new ClientSession(client, this.#context);
    try {
      try {
        await client.connect();
      } catch (error) {
        throw postgresError(error, this.shown);
      }
      await session.execute(GREETING);
      return await work(session);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Runs a statement on every connection before anything else that is asked of it from now on. */
  async tellConnections(statement: string): Promise<void> {
    this.#common.announcement = statement;
    await this.query('SELECT 1 AS one');
  }

  /**
   * Connects to hear what is notified on a channel.
   *
   * @param on.heard - called with what was notified
   * @param on.lost - called once, when the connection is
   * @returns a function that closes it
   */
  async listen(
    channel: string,
    on: { readonly heard: (payload: string) => void; readonly lost: () => void },
  ): Promise<() => Promise<void>> {
    const client = this.#client();
    client.on('error', () => undefined);
    client.once('end', on.lost);
    client.on('notification', ({ payload }) => on.heard(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      client.removeListener('end', on.lost);
      await client.end().catch(() => undefined);
      throw postgresError(error, this.shown);
    }
    (client as pg.Client & { unref(): void }).unref();
    return async () => {
      client.removeListener('end', on.lost);
      await untilClosed(client.end().catch(() => undefined));
    };
  }

  /**
   * Calls back with what is notified on a channel, and with `null` where anything may have been: see {@link keepListening}.
   * All who hear of one channel share a connection, which is closed with the last of them.
   *
   * @returns a function that ends it
   */
  hear(channel: string, heard: (payload: string | null) => void): () => Promise<void> {
    const { channels } = this.#common;
    const known = channels.get(channel);
    const listeners = known?.listeners ?? new Set();
    listeners.add(heard);
    const tellAll = (payload: string | null): void => {
      for (const one of [...listeners]) one(payload);
    };
    const end = known?.end ?? keepListening(this, channel, tellAll);
    if (!known) channels.set(channel, { listeners, end });
    // What was notified before may be news to whoever comes later.
    else queueMicrotask(() => listeners.has(heard) && heard(null));
    return async () => {
      if (!listeners.delete(heard) || listeners.size > 0) return;
      channels.delete(channel);
      await end();
    };
  }

  /** Connections of the pool, and who waits for one. */
  get connections(): StoreConnections {
    const { totalCount: open, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { open, idle, waiting };
  }

  /** Closes all connections, when what is under way is over; of one that was lent none. */
  async close(): Promise<void> {
    if (!this.#isLent) await untilClosed(this.#pool.end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #checkServer(): Promise<void> {
    const [row] = await this.query(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
         current_setting('server_encoding') AS encoding`,
    );
    const { number, version, encoding } = row!;
    if (Number(number) < OLDEST_VERSION) {
      throw new FaceTriggerError(
        'ERR_UNAVAILABLE',
        `Gallery ${this.shown} needs PostgreSQL 14 or later, but this is ${version}`,
      );
    }
    if (encoding !== 'UTF8') {
      throw new FaceTriggerError(
        'ERR_UNAVAILABLE',
        `Gallery ${this.shown} needs a database whose texts are UTF8, and this one's are ${encoding}: createdb -E UTF8 -T template0 makes one`,
      );
    }
  }

  #client(): pg.Client {
    return new this.#context.driver.Client(connectionOptions(this.#address));
  }

  async #borrow<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw postgresError(error, this.shown);
    }
    const session = new ClientSession(client, this.#context);
    // Lost while work waits for something else: the next statement says so.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    try {
      const { announcement, told } = this.#common;
      if (announcement !== null && !told.has(client)) {
        await session.execute(announcement);
        told.add(client);
      }
      return await work(session);
    } finally {
      client.removeListener('error', ignore);
      client.release(session.isBroken);
    }
  }

  async #commit(session: ClientSession): Promise<boolean> {
    try {
      return await session.commit();
    } catch (cause) {
      if (!session.isBroken) throw cause;
      throw new FaceTriggerError(
        'ERR_UNAVAILABLE',
        `Gallery ${this.shown}: the connection was lost at the very end of a change; look whether it was kept before you repeat it`,
        { cause, details: OUTCOME_UNKNOWN },
      );
    }
  }
}

/** Idle connections keep no program running, so nothing else would keep one until they are closed. */
async function untilClosed(closing: Promise<void>): Promise<void> {
  const awake = setInterval(() => undefined, 1000);
  try {
    await closing;
  } finally {
    clearInterval(awake);
  }
}

function connectionOptions({ connection }: PostgresAddress): pg.ClientConfig {
  return {
    connectionString: connection,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    fallback_application_name: 'face-trigger',
  };
}
