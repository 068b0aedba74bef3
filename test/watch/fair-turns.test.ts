import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FairTurns } from '../../src/watch/fair-turns.ts';

/** Turns whose work takes as long as it says, by a clock of their own. */
function simulated(width = 1) {
  let nowMs = 0;
  const turns = new FairTurns({ width, now: () => nowMs });
  const used = new Map<string, number>();
  const work = (owner: string, ms: number, weight?: number) =>
    turns.run(
      owner,
      async () => {
        await Promise.resolve();
        nowMs += ms;
        used.set(owner, (used.get(owner) ?? 0) + ms);
      },
      { weight },
    );
  return { turns, used, work, now: () => nowMs };
}

/** Somebody who wants the next turn as soon as the last one is over, until the clock says so. */
async function greedy(
  { work, now }: ReturnType<typeof simulated>,
  owner: string,
  { ms, weight, untilMs }: { ms: number; weight?: number; untilMs: number },
): Promise<void> {
  while (now() < untilMs) await work(owner, ms, weight);
}

describe('FairTurns', () => {
  it('gives all who want more than there is the same time, however long their turns are', async () => {
    const all = simulated();
    await Promise.all([10, 50, 200].map((ms, i) => greedy(all, `camera-${i}`, { ms, untilMs: 60_000 })));
    const shares = [...all.used.values()].map((ms) => ms / all.now());
    for (const share of shares) expect(share).toBeCloseTo(1 / 3, 1);
  });

  it('gives more to whoever needs more, and nobody nothing', async () => {
    const all = simulated();
    await Promise.all([
      greedy(all, 'busy', { ms: 20, weight: 4, untilMs: 60_000 }),
      ...[1, 2, 3].map((i) => greedy(all, `quiet-${i}`, { ms: 20, weight: 1, untilMs: 60_000 })),
    ]);
    expect(all.used.get('busy')! / all.now()).toBeCloseTo(4 / 7, 1);
    for (const i of [1, 2, 3]) expect(all.used.get(`quiet-${i}`)! / all.now()).toBeCloseTo(1 / 7, 1);
  });

  it('gives what nobody else asks for to whoever does, and no credit for it', async () => {
    const all = simulated();
    await greedy(all, 'early', { ms: 10, untilMs: 10_000 });
    expect(all.used.get('early')).toBe(10_000);
    await Promise.all(['early', 'late'].map((owner) => greedy(all, owner, { ms: 10, untilMs: 20_000 })));
    expect(all.used.get('late')! / 10_000).toBeCloseTo(0.5, 1);
  });

  it('takes what goes on with an earlier turn before what has not begun', async () => {
    const turns = new FairTurns({ width: 1 });
    const order: string[] = [];
    const note = (name: string) => async () => void order.push(name);
    const first = turns.run('a', () => sleep(5));
    const begun = ['b', 'c'].map((owner) => turns.run(owner, note(owner)));
    await Promise.all([first, ...begun, turns.run('c', note('c goes on'), { goesOn: true })]);
    expect(order).toEqual(['c goes on', 'b', 'c']);
  });

  it('lets as many work at once as there is room for, and passes failures on', async () => {
    const turns = new FairTurns({ width: 2 });
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await sleep(5);
      running--;
    };
    await Promise.all(Array.from({ length: 6 }, (_, i) => turns.run(`${i}`, work)));
    expect(most).toBe(2);
    await expect(turns.run('x', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await turns.run('x', () => Promise.resolve(1))).toBe(1);
  });
});
