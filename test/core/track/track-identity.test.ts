import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countVotes, type Sighting, TrackIdentity } from '../../../src/core/track/track-identity.ts';

function vote(label: string | null, quality = 1, probability = 0.9): Sighting {
  const candidates = label === null ? [] : [{ label, probability, distance: 0.3 }];
  return { label, probability, distance: 0.3, candidates, quality };
}

describe('TrackIdentity', () => {
  it('names nobody before a whole batch has voted', () => {
    const identity = new TrackIdentity({ batchSize: 5 });
    const changes = [1, 2, 3, 4, 5].map(() => identity.add(vote('ann')));
    expect(changes).toEqual([false, false, false, false, true]);
    expect(identity.decision).toMatchObject({ label: 'ann', share: 1, votes: 5, sightings: 5 });
  });

  it('needs a clear majority: three of five decide, two of five do not', () => {
    const undecided = new TrackIdentity({ batchSize: 5 });
    for (const label of ['ann', 'bob', 'ann', null, 'cid']) undecided.add(vote(label));
    expect(undecided.decision).toBeNull();
    const decided = new TrackIdentity({ batchSize: 5 });
    for (const label of ['ann', 'bob', 'ann', 'ann', 'cid']) decided.add(vote(label));
    expect(decided.decision?.label).toBe('ann');
  });

  it('weighs votes by quality', () => {
    const identity = new TrackIdentity({ batchSize: 3 });
    identity.add(vote('ann', 0.9));
    identity.add(vote('bob', 0.2));
    identity.add(vote('bob', 0.2));
    expect(identity.decision?.label).toBe('ann');
  });

  it('keeps a name through bad frames and gives it up only to a clear majority', () => {
    const identity = new TrackIdentity({ batchSize: 5 });
    for (let i = 0; i < 5; i++) identity.add(vote('ann'));
    expect(identity.add(vote('bob'))).toBe(false);
    expect(identity.add(vote('bob'))).toBe(false);
    expect(identity.add(vote('bob'))).toBe(false);
    expect(identity.decision?.label).toBe('ann');
    expect(identity.add(vote('bob'))).toBe(true);
    expect(identity.decision?.label).toBe('bob');
  });

  it('never names anyone for a single frame among others, whatever its probability', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 3, max: 9 }), (position, batchSize) => {
        const identity = new TrackIdentity({ batchSize });
        for (let i = 0; i < 40; i++) {
          identity.add(i === position ? vote('mallory', 1, 1) : vote('ann', 1, 0.4));
          expect(identity.decision?.label ?? 'ann').toBe('ann');
        }
      }),
    );
  });
});

describe('countVotes', () => {
  it('breaks ties by the larger sum of probabilities', () => {
    expect(countVotes([vote('ann', 1, 0.5), vote('bob', 1, 0.8)]).label).toBe('bob');
  });

  it('lists the three best candidates over all votes', () => {
    const sighting = (probabilities: Record<string, number>): Sighting => ({
      label: 'a',
      probability: 0.5,
      distance: null,
      quality: 1,
      candidates: Object.entries(probabilities).map(([label, probability]) => ({
        label,
        probability,
        distance: null,
      })),
    });
    const { candidates } = countVotes([
      sighting({ a: 0.5, b: 0.3, c: 0.1, d: 0.1 }),
      sighting({ a: 0.5, c: 0.4, d: 0.1 }),
    ]);
    expect(candidates.map(({ label }) => label)).toEqual(['a', 'c', 'b']);
    expect(candidates.map(({ probability }) => probability)).toEqual([0.5, 0.25, 0.15]);
  });
});
