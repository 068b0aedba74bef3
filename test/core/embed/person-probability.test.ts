import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMBEDDING_QUALITIES, type EmbeddingQuality } from '../../../src/core/embed/embedding-quality.ts';
import {
  type DistanceEvidence,
  personProbabilities,
  sameProbability,
} from '../../../src/core/embed/person-probability.ts';
import { dlibEmbedderFacts } from '../../../src/models/dlib/dlib-facts.ts';

const EVIDENCE: DistanceEvidence = { midpoint: 0.6, scale: 50, perReference: 1.5 };
const person = fc.record({
  distance: fc.double({ min: 0, max: 2, noNaN: true }),
  references: fc.integer({ min: 1, max: 1000 }),
});
const people = fc.array(person, { minLength: 1, maxLength: 30 });

describe('personProbabilities', () => {
  it('leaves the rest for a stranger, who is as likely beforehand as all people together', () => {
    const at = (distance: number, count: number) =>
      personProbabilities(new Array(count).fill({ distance, references: 1 }), EVIDENCE);
    // At the midpoint the distances say nothing: what was believed beforehand stays.
    expect([...at(0.6, 1)]).toEqual([0.5]);
    for (const share of at(0.6, 4)) expect(share).toBeCloseTo(0.125, 12);
    expect(at(0.3, 1)[0]).toBeGreaterThan(0.999);
    expect(at(0.9, 1)[0]).toBeLessThan(0.001);
  });

  it('gives shares that sum to less than 1, the larger the nearer, whatever the distances', () => {
    fc.assert(
      fc.property(people, (some) => {
        const shares = personProbabilities(some, EVIDENCE);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12);
        for (const [i, share] of shares.entries()) {
          expect(share).toBeGreaterThanOrEqual(0);
          const nearer = some.map((each, j) => (j === i ? { ...each, distance: each.distance / 2 } : each));
          expect(personProbabilities(nearer, EVIDENCE)[i]).toBeGreaterThanOrEqual(share);
        }
      }),
    );
  });

  it('asks more of the nearest of many photos than of a single one', () => {
    const one = personProbabilities([{ distance: 0.5, references: 1 }], EVIDENCE)[0]!;
    const many = personProbabilities([{ distance: 0.5, references: 20 }], EVIDENCE)[0]!;
    expect(many).toBeLessThan(one);
  });

  it('is less sure of the same distance among more people', () => {
    const among = (enrolled: number) =>
      personProbabilities([{ distance: 0.5, references: 1 }], EVIDENCE, { enrolled })[0]!;
    expect(among(1)).toBeGreaterThan(among(100));
    expect(among(100)).toBeGreaterThan(among(100_000));
    expect(() => among(0)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }));
  });

  it('knows nobody where nobody is enrolled', () => {
    expect([...personProbabilities([], EVIDENCE)]).toEqual([]);
  });
});

describe('sameProbability', () => {
  it('is even at the midpoint and falls with the distance', () => {
    expect(sameProbability(0.6, EVIDENCE)).toBe(0.5);
    expect(sameProbability(0.4, EVIDENCE)).toBeGreaterThan(0.999);
    expect(sameProbability(0.8, EVIDENCE)).toBeLessThan(0.001);
  });
});

describe("the evidence of dlib's embedder", () => {
  it.each(Object.keys(EMBEDDING_QUALITIES) as EmbeddingQuality[])(
    'says of %s embeddings that photos are of one person or not about where dlib says it',
    (quality) => {
      for (const precision of ['fp32', 'int8'] as const) {
        const { midpoint, scale, perReference } = dlibEmbedderFacts(precision).evidence[quality];
        expect(Math.abs(midpoint - 0.6)).toBeLessThan(0.04);
        expect(scale).toBeGreaterThan(30);
        expect(perReference).toBeGreaterThan(0);
      }
    },
  );
});
