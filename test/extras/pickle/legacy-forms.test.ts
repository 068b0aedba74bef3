import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OnnxClassifier } from '../../../src/classify/onnx-classifier.ts';
import { exportLegacyClassifier } from '../../../src/extras/pickle/export-legacy-classifier.ts';
import { readLegacyClassifier } from '../../../src/extras/pickle/legacy-classifier.ts';
import { readLegacyEncodings } from '../../../src/extras/pickle/legacy-encodings.ts';
import { readLegacyLabelMap } from '../../../src/extras/pickle/legacy-label-map.ts';

// Written by scripts/goldens/legacy_names.py and legacy_estimators.py; each file says with which versions.
const golden = <Content>(name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/legacy/${name}.json`, import.meta.url), 'utf8')) as Content;
interface Names {
  names: string[];
  rows: number[][];
  cases: Record<string, string>;
}
interface Estimators {
  read: Record<string, { pickle: string; labels: string[]; probes: number[][]; probabilities: number[][] }>;
  refused: Record<string, { pickle: string; reason: string }>;
}

describe('readLegacyEncodings', () => {
  it.each(['names-numpy1', 'names-numpy2'])('reads names and encodings in every form of %s', (file) => {
    const { names, rows, cases } = golden<Names>(file);
    const expected = [...new Set(names)].map((name) => ({
      name,
      embeddings: rows.filter((_, i) => names[i] === name),
    }));
    expect(Object.keys(cases).length).toBeGreaterThan(150);
    for (const [form, pickle] of Object.entries(cases)) {
      const people = readLegacyEncodings(Buffer.from(pickle, 'base64'));
      const found = people.map(({ name, embeddings }) => ({
        name,
        embeddings: embeddings.map((embedding) => [...embedding]),
      }));
      expect(found, form).toEqual(expected);
    }
  });
});

describe('readLegacyClassifier', () => {
  const { read, refused } = golden<Estimators>('estimators');

  it.each(Object.keys(read))('gives the probabilities of scikit-learn: %s', async (name) => {
    const { pickle, labels, probes, probabilities } = read[name]!;
    const model = readLegacyClassifier(Buffer.from(pickle, 'base64'));
    expect(model.labels).toEqual(labels);
    await using classifier = await OnnxClassifier.create(exportLegacyClassifier(model));
    const result = await classifier.predict(probes.map((probe) => Float32Array.from(probe)));
    for (const [i, value] of probabilities.flat().entries())
      expect(result.probabilities[i]).toBeCloseTo(value, 5);
  });

  it('says what plays no part in predictions', () => {
    const skipped = (name: string) =>
      readLegacyClassifier(Buffer.from(read[name]!.pickle, 'base64')).skipped.join();
    expect(skipped('plain')).toBe('');
    expect(skipped('beside RandomState')).toContain('RandomState'.toLowerCase());
    expect(skipped('beside logger')).toContain('logging');
  });

  it.each(Object.keys(refused))('refuses, with the reason: %s', (name) => {
    const { pickle, reason } = refused[name]!;
    expect(() => readLegacyClassifier(Buffer.from(pickle, 'base64'))).toThrow(new RegExp(reason));
  });

  it('reads what scikit-learn 1.9 writes with NumPy 2', () => {
    for (const file of ['frozen-numpy2.pkl', 'random-state-numpy2.pkl']) {
      const bytes = readFileSync(new URL(`../../fixtures/legacy/${file}`, import.meta.url));
      const model = readLegacyClassifier(bytes);
      expect(model).toMatchObject({
        labels: ['Ada', 'Nic', 'Sean'],
        dimension: 128,
        sklearnVersion: '1.9.1',
      });
    }
  });
});

// The smallest pickles that ask for the most: sizes that no bytes stand for.
const array = (type: string, shape: string, data = 'V'): string =>
  `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n(${shape}tcnumpy\ndtype\n(V${type}\nI0\nI1\ntR(I3\nV<\nNNNI-1\nI-1\nI0\ntbI00\n${data}\ntb`;

describe('a pickle of few bytes', () => {
  const huge = ['I2000000000\n', 'I2147483648\nI0\n', 'I0\nI2147483647\n', 'I2147483647\nI2147483647\n'];
  const types = ['S0', 'U0', 'S', 'U', 'V0', 'O', 'T', 'f8', 'i1', 'b1', 'c16', 'M8[ns]', 'f16', '?', ''];
  const cases = types.flatMap((type) => huge.map((shape) => array(type, shape)));

  it.each([
    ['encodings', (a: string) => `(dVencodings\n${a}sVnames\n(lsVx\nNs.`],
    ['names', (a: string) => `(dVencodings\n(lsVnames\n${a}s.`],
    ['a pair', (a: string) => `(${a}${a}t.`],
    ['a list of pairs', (a: string) => `(l(${a}VAnn\nta.`],
    ['by name', (a: string) => `(dVAnn\n${a}sVBob\n(l${a}as.`],
    ['the whole file', (a: string) => `${a}.`],
  ])('makes nothing large of arrays without data as %s', (_, around) => {
    for (const each of cases) {
      const bytes = Buffer.from(around(each), 'latin1');
      for (const read of [readLegacyEncodings, readLegacyLabelMap, readLegacyClassifier]) {
        const before = process.memoryUsage().rss;
        try {
          expect((read(bytes) as unknown[]).length).toBeLessThan(10);
        } catch (error) {
          expect(error, each).toMatchObject({ code: 'ERR_FILE_FORMAT' });
        }
        expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
      }
    }
  });

  it('does not unfold lists that stand in each other', () => {
    // Each level holds the one below a thousand times.
    const fan = (memo: number) => `(l${`g${memo}\na`.repeat(1000)}p${memo + 1}\n`;
    const text = `(dVencodings\n(lF1\naF2\nap0\n0${fan(0)}0${fan(1)}0${fan(2)}sVnames\n(ls.`;
    expect(() => readLegacyEncodings(Buffer.from(text, 'latin1'))).toThrow(/unfold|nested/);
  });
});
