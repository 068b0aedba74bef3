import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import type { PostgresDriver } from './load-driver.ts';
import { endsConnection, postgresError } from './postgres-error.ts';
import type { PgRow, PgValue, SqlSession } from './sql-session.ts';

/** Numbers of PostgreSQL's types. Source: its pg_type.dat. */
const PARSERS: Readonly<Record<number, (text: string) => string | number | boolean | Uint8Array>> = {
  16: (text) => text === 't',
  17: (text) => Buffer.from(text.slice(2), 'hex'),
  20: Number,
  21: Number,
  23: Number,
};
const asText = (text: string): string => text;
// The driver's own list of types is one for the whole process, and other parts of a program may have changed it.
const TYPES = {
  getTypeParser: (type: number) => PARSERS[type] ?? asText,
} as unknown as pg.CustomTypesConfig;

/** One connection's statements. */
export class ClientSession implements SqlSession {
  readonly #client: pg.ClientBase;
  readonly #context: SessionContext;
  #isBroken = false;

  constructor(client: pg.ClientBase, context: SessionContext) {
    this.#client = client;
    this.#context = context;
  }

  /** Whether the connection can't be used any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  async query(sql: string, values: readonly PgValue[] = []): Promise<readonly PgRow[]> {
    return (await this.#prepared(sql, values)).rows as PgRow[];
  }

  async run(sql: string, values: readonly PgValue[] = []): Promise<number> {
    return (await this.#prepared(sql, values)).rowCount ?? 0;
  }

  async execute(sql: string): Promise<void> {
    await this.#attempt(() => this.#client.query(sql));
  }

  async copyIn(sql: string, chunks: Iterable<Uint8Array>): Promise<void> {
    await this.#attempt(async () => {
      const target = this.#client.query(this.#context.driver.copyFrom(sql));
      await pipeline(Readable.from(chunks, { objectMode: false }), target);
    });
  }

  /** @returns whether what was done in the transaction is kept */
  async commit(): Promise<boolean> {
    const { command } = await this.#attempt(() => this.#client.query('COMMIT'));
    return command === 'COMMIT';
  }

  #prepared(sql: string, values: readonly PgValue[]) {
    const name = this.#context.nameOf(sql);
    return this.#attempt(() => this.#client.query({ name, text: sql, values: [...values], types: TYPES }));
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (endsConnection(error)) this.#isBroken = true;
      throw postgresError(error, this.#context.shown);
    }
  }
}

/** What all sessions of a database have in common. */
export interface SessionContext {
  readonly driver: PostgresDriver;
  /** The address without its password. */
  readonly shown: string;
  /** The name under which a statement is prepared. */
  readonly nameOf: (sql: string) => string;
}
