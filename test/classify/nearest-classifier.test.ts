import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  competingProbabilities,
  GALLERY_CALIBRATION_MINIMUM,
  knownCalibration,
} from '../../src/classify/distance-calibration.ts';
import { NearestClassifier } from '../../src/classify/nearest-classifier.ts';
import { createRandom } from '../../src/core/random/random.ts';
import { DLIB_CALIBRATION, DLIB_MEAN_LENGTH } from '../../src/models/dlib/dlib-facts.ts';
import { makeClusters } from './clusters.ts';
import { largestDifference } from './golden-case.ts';

const DEFAULT_DISTANCE_CALIBRATION = knownCalibration(DLIB_CALIBRATION, 'default');

describe('competingProbabilities', () => {
  it('is the logistic of the distance for one person alone', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), (distance) => {
        const [probability] = competingProbabilities(
          Float64Array.of(distance),
          1,
          DEFAULT_DISTANCE_CALIBRATION,
        );
        expect(probability).toBeCloseTo(1 / (1 + Math.exp(25 * (distance - 0.6))), 12);
      }),
    );
  });

  it('never exceeds 1 in all, falls with the distance, and neither overflows nor gives NaN', () => {
    const distance = fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    );
    const scale = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(distance, { minLength: 1, maxLength: 8 }), scale, (distances, slope) => {
        const result = competingProbabilities(Float64Array.from(distances), distances.length, {
          midpoint: 0.6,
          scale: slope,
        });
        expect(result.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1 + 1e-12);
        for (const [i, p] of result.entries()) {
          expect(p >= 0 && p <= 1).toBe(true);
          for (const [j, q] of result.entries())
            if (distances[i]! < distances[j]!) expect(p).toBeGreaterThanOrEqual(q);
        }
      }),
    );
  });

  it('divides the probability between two people who are equally near', () => {
    const [a, b] = competingProbabilities(Float64Array.of(0.2, 0.2), 2, DEFAULT_DISTANCE_CALIBRATION);
    expect(a).toBe(b);
    expect(a).toBeGreaterThan(0.49);
    expect(a).toBeLessThan(0.5);
  });
});

describe('NearestClassifier', () => {
  it('does not depend on the order of samples', () => {
    const { embeddings, labels, stranger } = makeClusters({ counts: [4, 1, 6, 2] });
    for (const mode of ['knn', 'centroid'] as const) {
      const reference = new NearestClassifier({ mode }).fit(embeddings, labels).predictProba([stranger]);
      const order = createRandom(5).shuffle(labels.map((_, i) => i));
      const other = new NearestClassifier({ mode }).fit(
        order.map((i) => embeddings[i]!),
        order.map((i) => labels[i]!),
      );
      expect(largestDifference(other.predictProba([stranger]), reference)).toBeLessThan(1e-6);
    }
  });

  it('finds a photo that it knows at distance 0 and names its person', () => {
    const { embeddings, labels } = makeClusters({ counts: [3, 3, 3] });
    const classifier = new NearestClassifier().fit(embeddings, labels);
    expect(classifier.predict(embeddings)).toEqual(labels);
    const distances = classifier.distances(embeddings);
    for (const [row, label] of labels.entries()) expect(distances[row * 3 + label]).toBe(0);
  });

  it('fits the calibration to a gallery that is large enough, between own and other distances', () => {
    const { embeddings, labels } = makeClusters({ counts: new Array<number>(20).fill(5) });
    for (const mode of ['knn', 'centroid'] as const) {
      const { calibration } = new NearestClassifier({ mode }).fit(embeddings, labels);
      expect(calibration).toMatchObject({ source: 'gallery', samePairs: 100, differentPairs: 1900 });
      // Within a person sqrt(2 * 128) * 0.025 = 0.4 and between people 0.9, by construction.
      expect(calibration.midpoint).toBeGreaterThan(0.4);
      expect(calibration.midpoint).toBeLessThan(0.8);
      expect(calibration.scale).toBeGreaterThan(1);
    }
  });

  it('keeps the default for a gallery that is too small or that mixes people up, and takes what is given', () => {
    const few = makeClusters({ counts: new Array<number>(GALLERY_CALIBRATION_MINIMUM.people - 1).fill(9) });
    expect(new NearestClassifier().fit(few.embeddings, few.labels).calibration).toEqual(
      DEFAULT_DISTANCE_CALIBRATION,
    );
    // Odds of dlib's embedder are even at 0.6 and at the angle that stands for it.
    const angles = new NearestClassifier({ metric: 'cosine' }).fit(few.embeddings, few.labels);
    expect(angles.calibration.midpoint).toBeCloseTo(0.6 ** 2 / (2 * DLIB_MEAN_LENGTH ** 2), 12);
    const many = makeClusters({ counts: new Array<number>(12).fill(6) });
    const off = new NearestClassifier({ calibration: 'default' }).fit(many.embeddings, many.labels);
    expect(off.calibration.source).toBe('default');
    const given = new NearestClassifier({ calibration: { midpoint: 1, scale: 3 } }).fit(
      many.embeddings,
      many.labels,
    );
    expect(given.calibration).toMatchObject({ source: 'given', midpoint: 1, scale: 3 });
    // Every person looks like six others by turns: own photos are farther apart than photos of different people.
    const mixed = new NearestClassifier().fit(
      many.embeddings,
      many.labels.map((_, i) => ((i % 6) + 6 * Math.floor(i / 36)) % 12),
    );
    expect(mixed.calibration).toEqual(DEFAULT_DISTANCE_CALIBRATION);
  });

  it('refuses an empty gallery, another dimension and bad options', () => {
    expect(() => new NearestClassifier().fit([], [])).toThrow('no embedding');
    const fitted = new NearestClassifier().fit([Float32Array.of(1, 2)], [0]);
    expect(() => fitted.predict([Float32Array.of(1)])).toThrow('Expected 2 for embeddings[0].length');
    expect(() => new NearestClassifier({ calibration: { midpoint: -1, scale: 1 } })).toThrow('midpoint');
    expect(() => new NearestClassifier().classes).toThrow('not fitted');
  });
});
