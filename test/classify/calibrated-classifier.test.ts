import { describe, expect, it } from 'vitest';
import { CalibratedClassifier } from '../../src/classify/calibrated-classifier.ts';
import { makeClusters } from './clusters.ts';
import { largestDifference, readGoldenCase } from './golden-case.ts';

// scikit-learn 1.2.1, CalibratedClassifierCV(LinearSVC, method='sigmoid'); scripts/goldens/classify.py.
const TOLERANCE = 1e-5;

describe('CalibratedClassifier', () => {
  for (const name of ['many-people', 'two-people', 'overlapping'] as const) {
    const golden = readGoldenCase(name);
    for (const { C, classWeight, probabilities, labels } of golden.answers) {
      it(`gives scikit-learn's probabilities on ${name} with C = ${C}, class weight ${classWeight}`, () => {
        const classifier = new CalibratedClassifier({ C, classWeight, folds: golden.folds });
        classifier.fit(golden.samples, golden.labels);
        expect(largestDifference(classifier.predictProba(golden.probes), probabilities)).toBeLessThan(
          TOLERANCE,
        );
        expect(classifier.predict(golden.probes)).toEqual(labels);
      });
    }
  }

  it('gives probabilities that sum to 1, for a stranger too', () => {
    const { embeddings, labels, stranger } = makeClusters({ counts: [6, 7, 8, 5] });
    const probabilities = new CalibratedClassifier()
      .fit(embeddings, labels)
      .predictProba([...embeddings, stranger]);
    for (let row = 0; row <= embeddings.length; row++) {
      const sum = probabilities.subarray(row * 4, row * 4 + 4).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  it('divides evenly where every class underflows', () => {
    const { embeddings, labels } = makeClusters({ counts: [6, 6, 6] });
    const classifier = new CalibratedClassifier({ C: 1000 }).fit(embeddings, labels);
    // Far along the direction that speaks against everybody in the first fold.
    const { coefficients, dimension } = classifier.members[0]!.svm;
    const far = new Float32Array(dimension);
    for (let k = 0; k < 3; k++)
      for (let j = 0; j < dimension; j++) far[j]! -= 1e6 * coefficients[k * dimension + j]!;
    const probabilities = classifier.predictProba([far]);
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(probabilities.every(Number.isFinite)).toBe(true);
  });

  it('names who has fewer photos than there are folds', () => {
    const { embeddings, labels } = makeClusters({ counts: [6, 4, 8] });
    expect(() => new CalibratedClassifier().fit(embeddings, labels)).toThrow('label 1 has 4');
  });
});
