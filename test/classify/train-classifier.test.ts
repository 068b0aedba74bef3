import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalibratedClassifier } from '../../src/classify/calibrated-classifier.ts';
import { NearestClassifier } from '../../src/classify/nearest-classifier.ts';
import { OnnxClassifier } from '../../src/classify/onnx-classifier.ts';
import { trainClassifier } from '../../src/classify/train-classifier.ts';
import { makeClusters } from './clusters.ts';
import { largestDifference, readGoldenCase } from './golden-case.ts';

const embedder = { id: 'test-embedder', sha256: 'ab'.repeat(32) };

describe('trainClassifier', () => {
  for (const name of ['many-people', 'two-people', 'overlapping'] as const) {
    const golden = readGoldenCase(name);
    for (const { C, classWeight, probabilities, labels } of golden.answers) {
      it(`saves a machine that onnxruntime runs as scikit-learn would: ${name}, C = ${C}, ${classWeight}`, async () => {
        const { onnx, report } = await trainClassifier(golden.samples, golden.labels, {
          kind: 'svm',
          C,
          classWeight,
          folds: golden.folds,
        });
        await using classifier = await OnnxClassifier.create(onnx);
        const result = await classifier.predict(golden.probes);
        // scikit-learn 1.2.1; 1e-5 as for the TypeScript classes.
        expect(largestDifference(result.probabilities, probabilities)).toBeLessThan(1e-5);
        expect([...result.labels]).toEqual(labels);
        expect(report).toMatchObject({ kind: 'svm', C, scores: null, converged: true });
      });
    }
  }

  it('gives in onnxruntime what the TypeScript classes give, distances included', async () => {
    const { embeddings, labels, stranger } = makeClusters({ counts: [5, 23, 9, 6], noise: 0.05 });
    const probes = [...embeddings.slice(0, 9), stranger];
    const svm = new CalibratedClassifier({ C: 1000 }).fit(embeddings, labels);
    for (const mode of ['knn', 'centroid'] as const) {
      const nearest = new NearestClassifier({ mode }).fit(embeddings, labels);
      for (const kind of ['svm', 'nearest'] as const) {
        const { onnx } = await trainClassifier(embeddings, labels, { kind, mode, C: 1000 });
        await using classifier = await OnnxClassifier.create(onnx);
        const result = await classifier.predict(probes);
        const source = kind === 'svm' ? svm : nearest;
        expect(largestDifference(result.probabilities, source.predictProba(probes))).toBeLessThan(1e-6);
        expect([...result.labels]).toEqual(source.predict(probes));
        expect(largestDifference(result.distances!, nearest.distances(probes))).toBeLessThan(1e-6);
      }
    }
  });

  it('measures the distance of every person whatever their numbers of photos are', async () => {
    const counts = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 0, max: 9999 }), async (numbers, seed) => {
        const { embeddings, labels, stranger } = makeClusters({ counts: numbers, dimension: 5, seed });
        const expected = new NearestClassifier().fit(embeddings, labels).distances([stranger]);
        const { onnx } = await trainClassifier(embeddings, labels, { kind: 'nearest' });
        await using classifier = await OnnxClassifier.create(onnx);
        expect(largestDifference((await classifier.predict([stranger])).distances!, expected)).toBeLessThan(
          1e-6,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('keeps labels that are not 0, 1, 2 ... and is indifferent to the order of people', async () => {
    const { embeddings, labels } = makeClusters({ counts: [5, 6, 7] });
    const names = [40, 7, 13];
    for (const kind of ['svm', 'nearest'] as const) {
      const renamed = labels.map((label) => names[label]!);
      const { onnx } = await trainClassifier(embeddings, renamed, { kind, C: 1 });
      await using classifier = await OnnxClassifier.create(onnx);
      expect(classifier.classes).toEqual([7, 13, 40]);
      expect([...(await classifier.predict(embeddings)).labels]).toEqual(renamed);
    }
  });

  it('finds C on the grid, repeats itself and reports how it came about', async () => {
    const { embeddings, labels } = makeClusters({ counts: [5, 9, 7], noise: 0.07 });
    const progress: number[] = [];
    const train = () =>
      trainClassifier(embeddings, labels, { embedder, seed: 3, onProgress: (d) => progress.push(d) });
    const first = await train();
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(first.report).toMatchObject({ kind: 'svm', samples: 21, dimension: 128, counts: [5, 9, 7] });
    expect(first.report.scores?.map((score) => score.C)).toEqual([1e-3, 1e-2, 1e-1, 1, 10, 100, 1000]);
    expect(first.report.scores?.map((score) => score.C)).toContain(first.report.C);
    expect(first.report.calibration).toEqual({ method: 'sigmoid', folds: 5 });
    const second = await train();
    expect(Buffer.compare(first.onnx, second.onnx)).toBe(0);
    await using classifier = await OnnxClassifier.create(first.onnx, { embedder });
    expect(classifier.facts.embedder).toEqual(embedder);
    expect(classifier.facts.metadata.get('face_trigger.C')).toBe(String(first.report.C));
  });

  it('learns one person from one photo and leaves a stranger to nobody', async () => {
    const { embeddings, stranger } = makeClusters({ counts: [2] });
    const { onnx, report } = await trainClassifier(embeddings.slice(0, 1), [4]);
    expect(report).toMatchObject({ kind: 'nearest', classes: [4], calibration: { source: 'default' } });
    await using classifier = await OnnxClassifier.create(onnx);
    const { probabilities, labels } = await classifier.predict([embeddings[1]!, stranger]);
    expect([...labels]).toEqual([4, 4]);
    expect(probabilities[0]).toBeGreaterThan(0.9);
    expect(probabilities[1]).toBeLessThan(0.1);
  });

  it('takes the nearest person where somebody has too few photos for a machine', async () => {
    const { embeddings, labels } = makeClusters({ counts: [9, 4] });
    expect((await trainClassifier(embeddings, labels)).report.kind).toBe('nearest');
    const machine = await trainClassifier(embeddings, labels, { kind: 'svm' });
    expect(machine.report).toMatchObject({ kind: 'svm', calibration: { folds: 4 } });
  });

  it('refuses what it cannot learn from, naming who has too few photos', async () => {
    const { embeddings, labels } = makeClusters({ counts: [6, 1, 3] });
    const refuse = (run: Promise<unknown>, code: string, text: string) =>
      expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
    await refuse(trainClassifier([], []), 'ERR_TOO_FEW_SAMPLES', 'no embedding');
    await refuse(
      trainClassifier(embeddings, labels, { kind: 'svm' }),
      'ERR_TOO_FEW_SAMPLES',
      'label 1 has 1',
    );
    await refuse(
      trainClassifier(embeddings.slice(0, 6), labels.slice(0, 6), { kind: 'svm' }),
      'ERR_TOO_FEW_SAMPLES',
      "use kind 'nearest'",
    );
    await refuse(
      trainClassifier(embeddings.slice(0, 2), [0, 1], { kind: 'svm', C: 'grid' }),
      'ERR_TOO_FEW_SAMPLES',
      'label 0 has 1',
    );
    await refuse(trainClassifier([new Float32Array(0)], [0]), 'ERR_SHAPE_MISMATCH', 'embeddings[0].length');
    await refuse(
      trainClassifier([Float32Array.of(Number.NaN)], [0]),
      'ERR_INVALID_ARGUMENT',
      'finite numbers',
    );
    await refuse(trainClassifier(embeddings, [0]), 'ERR_SHAPE_MISMATCH', 'labels');
    await refuse(
      trainClassifier(embeddings, labels, { embedder: { id: 'x', sha256: 'zz' } }),
      'ERR_INVALID_ARGUMENT',
      'hexadecimal',
    );
    await refuse(
      trainClassifier(embeddings, labels, { signal: AbortSignal.abort() }),
      'ERR_ABORTED',
      'canceled',
    );
  });
});
