import { TurnCheck, type TurnDirection, type TurnState } from '../../core/liveness/turn-check.ts';
import { bytesFromEmbedding, embeddingFromBytes } from '../../gallery/embedding-bytes.ts';
import { bytesOrNullIn, textIn, wholeIn } from '../../gallery/stores/postgres/row-values.ts';
import type { PgRow } from '../../gallery/stores/postgres/sql-session.ts';
import {
  MOST_CHALLENGES,
  newChallenge,
  noSuchChallenge,
  type TurnChallenge,
  type TurnChallenges,
  tooManyChallenges,
} from '../turn-challenges.ts';
import type { ServerDatabase } from './server-database.ts';

/** Statements and not rows of a table: what a challenge's row holds of its check. */
interface KeptState {
  readonly directions: readonly TurnDirection[];
  readonly check: TurnState;
  readonly strangers: number;
}

/**
 * Challenges in a database, so that each frame may come to another server.
 *
 * @remarks One frame of a challenge is taken at a time: its row is locked meanwhile. The clock is the database's. The
 * table is unlogged: a crash of the database ends what is open, which lasts half a minute at most.
 */
export class SharedChallenges implements TurnChallenges {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  async create(owner: string): Promise<TurnChallenge> {
    await this.forgetExpired();
    const [clock] = await this.#database.sql.query(
      'SELECT (extract(epoch FROM now()) * 1000)::bigint AS now',
    );
    const challenge = newChallenge(owner, wholeIn(clock!, 'now'));
    const made = await this.#database.sql.run(
      `INSERT INTO turn_challenge (nonce, owner, expires_at, state) SELECT $1, $2, $3, $4::json
       WHERE (SELECT count(*) FROM turn_challenge WHERE owner = $2) < ${MOST_CHALLENGES.own}
         AND (SELECT count(*) FROM turn_challenge) < ${MOST_CHALLENGES.all}`,
      [challenge.nonce, owner, challenge.expiresAt, stateOf(challenge)],
    );
    if (made === 0) throw tooManyChallenges();
    return challenge;
  }

  async require(nonce: string, owner: string): Promise<void> {
    const rows = await this.#database.sql.query(`SELECT 1 AS one FROM turn_challenge WHERE ${OPEN}`, [
      nonce,
      owner,
    ]);
    if (rows.length === 0) throw noSuchChallenge();
  }

  async step<Result extends { readonly state: 'going' | 'passed' | 'failed' }>(
    nonce: string,
    owner: string,
    take: (challenge: TurnChallenge) => Result,
  ): Promise<Result> {
    return this.#database.sql.transaction(async (session) => {
      const [row] = await session.query(
        `SELECT nonce, owner, expires_at, state::text AS state, embedding FROM turn_challenge WHERE ${OPEN} FOR UPDATE`,
        [nonce, owner],
      );
      if (!row) throw noSuchChallenge();
      const challenge = challengeOf(row);
      const result = take(challenge);
      const { embedding } = challenge;
      if (result.state === 'going')
        await session.run('UPDATE turn_challenge SET state = $2::json, embedding = $3 WHERE nonce = $1', [
          ...[nonce, stateOf(challenge), embedding && bytesFromEmbedding(embedding)],
        ]);
      else await session.run('DELETE FROM turn_challenge WHERE nonce = $1', [nonce]);
      return result;
    });
  }

  async forgetExpired(): Promise<void> {
    await this.#database.sql.run(
      'DELETE FROM turn_challenge WHERE expires_at <= extract(epoch FROM now()) * 1000',
    );
  }
}

const OPEN = 'nonce = $1 AND owner = $2 AND expires_at > extract(epoch FROM now()) * 1000';

function stateOf({ directions, check, strangers }: TurnChallenge): string {
  return JSON.stringify({ directions, check: check.state, strangers } satisfies KeptState);
}

function challengeOf(row: PgRow): TurnChallenge {
  const { directions, check, strangers } = JSON.parse(textIn(row, 'state')) as KeptState;
  const bytes = bytesOrNullIn(row, 'embedding');
  return {
    ...{ nonce: textIn(row, 'nonce'), owner: textIn(row, 'owner'), expiresAt: wholeIn(row, 'expires_at') },
    ...{ directions, check: new TurnCheck(directions, check), strangers },
    embedding: bytes && embeddingFromBytes(bytes),
  };
}
