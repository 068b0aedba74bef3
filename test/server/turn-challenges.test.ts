import { describe, expect, it } from 'vitest';
import { CHALLENGE_MS, TurnChallenges } from '../../src/server/turn-challenges.ts';

describe('TurnChallenges', () => {
  it('gives each challenge a nonce and an order of its own', () => {
    const challenges = new TurnChallenges();
    const made = Array.from({ length: 20 }, () => challenges.create('a'));
    expect(new Set(made.map(({ nonce }) => nonce)).size).toBe(20);
    for (const { nonce } of made) expect(nonce).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const sides = made.flatMap(({ directions }) => directions);
    expect(new Set(sides)).toEqual(new Set(['left', 'right']));
    expect(new Set(made.map(({ directions }) => directions.join())).size).toBeGreaterThan(2);
  });

  it('is for its owner alone, and for nobody after its end', () => {
    const challenges = new TurnChallenges();
    const challenge = challenges.create('a');
    expect(challenges.get(challenge.nonce, 'a')).toBe(challenge);
    expect(() => challenges.get(challenge.nonce, 'b')).toThrow(/no open challenge/);
    expect(() => challenges.get('', 'a')).toThrow(expect.objectContaining({ code: 'ERR_NOT_FOUND' }));
    challenges.end(challenge);
    expect(() => challenges.get(challenge.nonce, 'a')).toThrow(/no open challenge/);
  });

  it('forgets a challenge when its time is over', () => {
    let now = 1000;
    const challenges = new TurnChallenges(() => now);
    const { nonce, expiresAt } = challenges.create('a');
    expect(expiresAt).toBe(1000 + CHALLENGE_MS);
    now = expiresAt - 1;
    expect(challenges.get(nonce, 'a').nonce).toBe(nonce);
    now = expiresAt;
    expect(() => challenges.get(nonce, 'a')).toThrow(/expired/);
  });

  it('refuses more of one owner than are of use, until some have expired, and shuts nobody else out', () => {
    let now = 0;
    const challenges = new TurnChallenges(() => now);
    for (let i = 0; i < 20; i++) challenges.create('a');
    expect(() => challenges.create('a')).toThrow(expect.objectContaining({ code: 'ERR_TOO_MANY_REQUESTS' }));
    expect(challenges.create('b').owner).toBe('b');
    now = CHALLENGE_MS;
    expect(challenges.create('a').owner).toBe('a');
  });
});
