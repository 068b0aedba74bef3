import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
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
const array = (type: string, shape: string, data = 'V\n'): string =>
  `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n(${shape}tcnumpy\ndtype\n(V${type}\nI0\nI1\ntR(I3\nV<\nNNNI-1\nI-1\nI0\ntbI00\n${data}tb`;

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

describe('a pickle that names one value many times', () => {
  const MANY = 200_000;
  const TOO_MUCH = /unfolds to too much|are the most|too many numbers/;
  const int32 = (value: number) => {
    const bytes = Buffer.alloc(5, 'J');
    bytes.writeInt32LE(value, 1);
    return bytes.toString('latin1');
  };
  const bytes = (content: Buffer) => `B${int32(content.length).slice(1)}${content.toString('latin1')}`;
  const text = (content: string) => `X${int32(content.length).slice(1)}${content}`;
  const filled = (type: string, shape: readonly number[], content: Buffer) =>
    array(type, shape.map(int32).join(''), bytes(content));
  // The value is kept as number 1, and stands in a list as often as is said.
  const listOf = (value: string, count: number) => `${value}q\u00010](${'h\u0001'.repeat(count)}e`;
  const object = (name: string, attributes: Record<string, string>) => {
    const items = Object.entries(attributes).map(([key, value]) => text(key) + value);
    return `c${name})\x81}(${items.join('')}ub`;
  };
  const machine = object('sklearn.svm\nLinearSVC\n', {
    coef_: filled('f8', [50, 100], Buffer.alloc(40_000)),
    classes_: filled('U2', [50], Buffer.from(names(50), 'utf16le')),
    intercept_: filled('f8', [50], Buffer.alloc(400)),
  });
  const sigmoid = object('sklearn.calibration\n_SigmoidCalibration\n', { a_: 'F1\n', b_: 'F0\n' });
  const fold = (estimator: string) =>
    object('sklearn.calibration\n_CalibratedClassifier\n', {
      estimator,
      calibrators: `${sigmoid}q\u00020](${'h\u0002'.repeat(50)}e`,
    });
  const classifier = (folds: string) =>
    `${object('sklearn.calibration\nCalibratedClassifierCV\n', {
      method: text('sigmoid'),
      classes_: filled('U2', [50], Buffer.from(names(50), 'utf16le')),
      calibrated_classifiers_: folds,
    })}.`;
  const scaler = object('sklearn.preprocessing\nMaxAbsScaler\n', {});
  const pipeline = (steps: number) =>
    object('sklearn.pipeline\nPipeline\n', {
      steps: `(${text('s')}${scaler}tq\u00030](${'h\u0003'.repeat(steps)}(${text('m')}${machine}te`,
    });

  /** UTF-32 of texts of two characters, as UTF-16 units with a zero after each. */
  function names(count: number): string {
    return Array.from({ length: count }, (_, i) =>
      [...String(10 + i)].map((one) => `${one}\0`).join(''),
    ).join('');
  }

  it('is read where the times are few', () => {
    const read = readLegacyClassifier(Buffer.from(classifier(listOf(fold(pipeline(3)), 5)), 'latin1'));
    expect(read.members).toHaveLength(5);
    expect(read.labels.slice(0, 2)).toEqual(['10', '11']);
  });

  it.each<[string, string, (bytes: Uint8Array) => unknown]>([
    [
      'an array as pairs',
      `${listOf(filled('u1', [500_000], Buffer.alloc(500_000)), MANY)}.`,
      readLegacyEncodings,
    ],
    ['a text as labels', `${listOf(text('a'.repeat(1_000_000)), MANY)}.`, readLegacyLabelMap],
    ['bytes as labels', `${listOf(bytes(Buffer.alloc(1_000_000, 97)), MANY)}.`, readLegacyLabelMap],
    [
      'an array of one text as labels',
      `${listOf(filled('S1000000', [], Buffer.alloc(1_000_000, 97)), MANY)}.`,
      readLegacyLabelMap,
    ],
    [
      'an array of one text as labels and encodings',
      `}${text('names')}${listOf(filled('S1000000', [], Buffer.alloc(1_000_000, 97)), MANY)}s${text('encodings')}](h\u0001h\u0001es.`,
      readLegacyEncodings,
    ],
    ['a fold', classifier(listOf(fold(machine), MANY)), readLegacyClassifier],
    ['a step of a pipeline', classifier(listOf(fold(pipeline(MANY)), 1)), readLegacyClassifier],
    [
      'a list of which dictionaries are made',
      `](${`(${int32(1)}Nt`.repeat(100_000)}eq\u00010(${'ccollections\nOrderedDict\n(h\u0001tR'.repeat(2000)}t.`,
      readLegacyEncodings,
    ],
    [
      'no text between many NULs',
      `${filled('S300001', [1], Buffer.from(`${'\0'.repeat(300_000)}x`))}.`,
      readLegacyLabelMap,
    ],
  ])('is refused before the work is done for %s', (_, pickle, read) => {
    const before = process.memoryUsage().rss;
    expect(() => read(Buffer.from(pickle, 'latin1'))).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_FORMAT', message: expect.stringMatching(TOO_MUCH) }),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(1.2e9);
  });

  it.each([
    ['truth values', `${filled('b1', [40_000_000], Buffer.alloc(40_000_000))}.`],
    ['dictionaries', `(${'}'.repeat(4_000_000)}t.`],
    ['empty bytes', `(${'C\0'.repeat(4_000_000)}t.`],
  ])('is refused where it is packed small and holds too many %s', (_, pickle) => {
    const packed = deflateSync(Buffer.from(pickle, 'latin1'));
    expect(packed.length).toBeLessThan(100_000);
    expect(() => readLegacyLabelMap(packed)).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_FORMAT', message: expect.stringMatching(TOO_MUCH) }),
    );
  });
});
