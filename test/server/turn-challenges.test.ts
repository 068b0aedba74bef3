import { afterAll, describe, expect, it } from 'vitest';
import { OwnChallenges } from '../../src/server/own-challenges.ts';
import { ServerDatabase } from '../../src/server/shared/server-database.ts';
import { SharedChallenges } from '../../src/server/shared/shared-challenges.ts';
import { CHALLENGE_MS, type TurnChallenges } from '../../src/server/turn-challenges.ts';
import { describeWithPostgres } from '../gallery/stores/postgres/postgres-test.ts';
import { rowsOf, run } from '../gallery/stores/postgres/test-postgres.ts';

/** Seen from ahead, and turned by some thirty degrees as a solid head is. */
const ahead = { along: 0, below: 0.6, relief: 0 };
const side = (direction: 'left' | 'right') => {
  const sign = direction === 'left' ? 1 : -1;
  return { along: 0.3 * sign, below: 0.6, relief: 0.2 * sign };
};
const notFound = { code: 'ERR_NOT_FOUND' };

/** What holds for challenges of one server, and for those of many. */
function theSame(open: () => Promise<{ one: TurnChallenges; other: TurnChallenges }>): void {
  it('have a nonce and an order of their own each', async () => {
    const { one } = await open();
    const made = await Promise.all(Array.from({ length: 20 }, () => one.create('a')));
    expect(new Set(made.map(({ nonce }) => nonce)).size).toBe(20);
    for (const { nonce } of made) expect(nonce).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const sides = made.flatMap(({ directions }) => directions);
    expect(new Set(sides)).toEqual(new Set(['left', 'right']));
    expect(new Set(made.map(({ directions }) => directions.join())).size).toBeGreaterThan(2);
  });

  it('are for their owner alone, and for nobody after their end', async () => {
    const { one, other } = await open();
    const { nonce } = await one.create('a');
    await other.require(nonce, 'a');
    await expect(one.require(nonce, 'b')).rejects.toMatchObject(notFound);
    await expect(other.step(nonce, 'b', () => ({ state: 'passed' }))).rejects.toMatchObject(notFound);
    await expect(one.require('', 'a')).rejects.toMatchObject(notFound);
    expect(await other.step(nonce, 'a', () => ({ state: 'failed' }))).toEqual({ state: 'failed' });
    await expect(one.require(nonce, 'a')).rejects.toMatchObject(notFound);
  });

  it('go on from frame to frame, whoever takes the next one', async () => {
    const { one, other } = await open();
    const { nonce, directions } = await one.create('a');
    const face = Float32Array.of(0.25, -1, 3);
    const views = directions.flatMap((direction) => [ahead, side(direction)]);
    for (const [n, view] of views.entries()) {
      const taker = n % 2 === 0 ? one : other;
      const progress = await taker.step(nonce, 'a', (challenge) => {
        if (n > 0) expect(challenge.embedding).toEqual(face);
        expect(challenge.strangers).toBe(n);
        challenge.embedding = face;
        challenge.strangers++;
        return challenge.check.add(view);
      });
      expect(progress).toMatchObject({ done: n + 1, of: 8, state: n === 7 ? 'passed' : 'going' });
    }
    await expect(other.require(nonce, 'a')).rejects.toMatchObject(notFound);
  });

  it('take frames that come at once one after the other', async () => {
    const { one, other } = await open();
    const { nonce } = await one.create('a');
    const takers = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? one : other));
    const counts = await Promise.all(
      takers.map((taker) =>
        taker.step(nonce, 'a', (challenge) => ({ state: 'going' as const, count: ++challenge.strangers })),
      ),
    );
    expect(counts.map(({ count }) => count).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('are refused beyond what is of use to one owner, who shuts nobody else out', async () => {
    const { one, other } = await open();
    for (let i = 0; i < 20; i++) await (i % 2 === 0 ? one : other).create('a');
    await expect(one.create('a')).rejects.toMatchObject({ code: 'ERR_TOO_MANY_REQUESTS' });
    expect((await other.create('b')).owner).toBe('b');
  });
}

describe('challenges of one server', () => {
  theSame(async () => {
    const challenges = new OwnChallenges();
    return { one: challenges, other: challenges };
  });

  it('are forgotten when their time is over', async () => {
    let now = 1000;
    const challenges = new OwnChallenges(() => now);
    const { nonce, expiresAt } = await challenges.create('a');
    expect(expiresAt).toBe(1000 + CHALLENGE_MS);
    now = expiresAt - 1;
    await challenges.require(nonce, 'a');
    now = expiresAt;
    await expect(challenges.require(nonce, 'a')).rejects.toMatchObject(notFound);
  });
});

describeWithPostgres('challenges of servers over one database', ({ createDatabase }) => {
  let url = '';
  const opened: ServerDatabase[] = [];
  afterAll(async () => {
    for (const database of opened) await database.dispose();
  });
  const open = async () => {
    if (opened.length === 0) {
      url = await createDatabase();
      for (let n = 0; n < 2; n++) opened.push(await ServerDatabase.open(url));
    }
    await run(url, 'DELETE FROM face_trigger.turn_challenge');
    const [one, other] = opened.map((database) => new SharedChallenges(database));
    return { one: one!, other: other! };
  };
  theSame(open);

  it('are forgotten when their time is over, with the face that they showed', async () => {
    const { one, other } = await open();
    const { nonce } = await one.create('a');
    await run(url, 'UPDATE face_trigger.turn_challenge SET expires_at = 1');
    await expect(other.require(nonce, 'a')).rejects.toMatchObject(notFound);
    await expect(one.step(nonce, 'a', () => ({ state: 'passed' }))).rejects.toMatchObject(notFound);
    await other.forgetExpired();
    expect(await rowsOf(url, 'SELECT nonce FROM face_trigger.turn_challenge')).toEqual([]);
  });
});
