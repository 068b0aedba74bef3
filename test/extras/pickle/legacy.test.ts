import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalibratedClassifier } from '../../../src/classify/calibrated-classifier.ts';
import { OnnxClassifier } from '../../../src/classify/onnx-classifier.ts';
import { FaceTriggerError } from '../../../src/core/errors.ts';
import { exportLegacyClassifier } from '../../../src/extras/pickle/export-legacy-classifier.ts';
import { readJoblib } from '../../../src/extras/pickle/joblib-file.ts';
import { readLegacyClassifier } from '../../../src/extras/pickle/legacy-classifier.ts';
import { readLegacyEncodings } from '../../../src/extras/pickle/legacy-encodings.ts';
import { readLegacyLabelMap } from '../../../src/extras/pickle/legacy-label-map.ts';
import { readPickle } from '../../../src/extras/pickle/pickle-reader.ts';

// scikit-learn 1.2.1, joblib 1.2.0, NumPy 1.24.2; written by scripts/goldens/legacy.py.
const folder = new URL('../../fixtures/legacy/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, folder));
const golden = JSON.parse(fixture('golden.json').toString('utf8')) as Record<'three' | 'two', Model> & {
  encodings: number[][];
  dlib: { probes: number[][]; probabilities: number[][] };
};

interface Model {
  labels: (string | number)[];
  probes: number[][];
  probabilities: number[][];
}

describe('readLegacyClassifier', () => {
  const files = readdirSync(folder).filter((name) => /^(two|three)[-.]/.test(name));

  it('has a fixture of every protocol and packing', () => {
    expect(files.length).toBe(18);
  });

  it.each(files)('gives the probabilities of scikit-learn within 1e-12 from %s', (name) => {
    const model = readLegacyClassifier(fixture(name));
    const expected = golden[name.startsWith('two') ? 'two' : 'three'];
    expect(model.labels).toEqual(expected.labels.map(String));
    expect(model.encoded).toBe(name.startsWith('two'));
    expect(model.dimension).toBe(6);
    expect(model.sklearnVersion).toBe('1.2.1');
    const actual = probabilities(model.members, expected.probes);
    for (const [row, values] of expected.probabilities.entries()) {
      for (const [k, value] of values.entries()) {
        expect(Math.abs(actual[row * values.length + k]! - value)).toBeLessThan(1e-12);
      }
    }
  });

  it('refuses another estimator by its name', () => {
    expect(() => readLegacyClassifier(fixture('refused-logistic.pkl'))).toThrow(
      /sklearn\.linear_model\.LogisticRegression where/,
    );
    expect(() => readLegacyClassifier(fixture('label-dict.pkl'))).toThrow(/CalibratedClassifierCV/);
  });
});

describe('exportLegacyClassifier', () => {
  it('runs in onnxruntime and answers as scikit-learn does, for two classes and for more', async () => {
    const embedder = { id: 'dlib-resnet-v1', sha256: 'a'.repeat(64) };
    for (const [name, { probes, probabilities: expected }] of [
      ['dlib.joblib', golden.dlib],
      ['three.joblib', golden.three],
      ['two-p5.pkl', golden.two],
    ] as const) {
      const onnx = exportLegacyClassifier(readLegacyClassifier(fixture(name)), { embedder });
      await using classifier = await OnnxClassifier.create(onnx, {
        embedder: { ...embedder, dimension: probes[0]!.length },
      });
      const result = await classifier.predict(probes.map((probe) => Float32Array.from(probe)));
      expect(result.distances).toBeNull();
      for (const [i, value] of expected.flat().entries()) {
        // The probes are float32 on their way in, the probabilities on their way out.
        expect(result.probabilities[i]).toBeCloseTo(value, 5);
      }
      expect([...result.labels]).toEqual(expected.map((row) => row.indexOf(Math.max(...row))));
    }
  });
});

describe('readLegacyLabelMap', () => {
  it.each([
    ['label-encoder.joblib', ['Ann', 'Bob', 'Zoë Ü']],
    ['label-encoder-object.pkl', ['Ann', 'Bob']],
    ['label-dict.pkl', ['Ann', 'Bob']],
    ['label-dict-numpy.pkl', ['Ann', 'Bob']],
    ['label-list.pkl', ['Ann', 'Bob']],
  ])('reads %s', (name, labels) => {
    expect(readLegacyLabelMap(fixture(name))).toEqual(labels);
  });

  it('refuses numbers that leave gaps', () => {
    // pickle.dumps({0: "a", 2: "b"}, 0) by hand.
    expect(() => readLegacyLabelMap(Buffer.from('(dI0\nVa\nsI2\nVb\ns.'))).toThrow(/0 to 1/);
  });
});

describe('readLegacyEncodings', () => {
  const ann = [golden.encodings[0]!, golden.encodings[2]!];

  it.each(['encodings-lists.pkl', 'encodings-by-name.pkl', 'encodings-pair.pkl'])('reads %s', (name) => {
    const people = readLegacyEncodings(fixture(name));
    expect(people.map((person) => person.name)).toEqual(['Ann', 'Bob']);
    expect(people[0]!.embeddings.map((embedding) => [...embedding])).toEqual(ann);
    expect([...people[1]!.embeddings[0]!]).toEqual(golden.encodings[1]);
  });

  it('refuses embeddings of different lengths', () => {
    expect(() => readLegacyEncodings(Buffer.from('(dVAnn\n(lF1\naF2\nasVBob\n(lF1\nas.'))).toThrow(
      /one length/,
    );
  });
});

describe('readPickle', () => {
  it('runs nothing, and refuses what is needed from a class or function that is not read, by name', () => {
    const attacks: [string, RegExp][] = [
      ["cos\nsystem\n(S'echo hacked'\ntR.", /os\.system/],
      ["cposix\nsystem\n(S'id'\ntR.", /posix\.system/],
      ["c__builtin__\neval\n(S'1'\ntR.", /builtins\.eval/],
      ["c__builtin__\ngetattr\n(S'1'\ntR.", /getattr/],
      ['cnumpy.core.multiarray\n_reconstruct\n(c__builtin__\nobject\n(I0\ntVb\ntR.', /builtins\.object/],
      ['csklearn.svm\nLinearSVC\n(I1\ntR.', /LinearSVC/],
      ['(ios\nsystem\n.', /os\.system/],
      ['(cos\nsystem\nVtouch\no.', /os\.system/],
      ['ccopy_reg\n_reconstructor\n(cos\nsystem\nc__builtin__\ndict\nNtR.', /os\.system/],
      ["cos\nsystem\n(S'a'\ntR(S'b'\ntR.", /something made by os\.system/],
      ['cos\nsystem\n.', /os\.system/],
      ['Pid\n.', /0x50/],
    ];
    for (const [text, message] of attacks) {
      for (const read of [readLegacyClassifier, readLegacyEncodings, readLegacyLabelMap])
        expect(() => read(Buffer.from(text, 'latin1'))).toThrow(message);
    }
  });

  it('cannot reach what JavaScript objects inherit', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(() => readLegacyClassifier(Buffer.from(`cx\n${name}\n)R.`))).toThrow(
        /not one of the few classes/,
      );
    }
    const value = readPickle(Buffer.from('(dV__proto__\nI1\ns.')) as Map<string, unknown>;
    expect(value.get('__proto__')).toBe(1);
    expect(({} as Record<string, unknown>)['I1']).toBeUndefined();
  });

  it('reads numbers, texts and containers of protocol 0 as Python writes them', () => {
    expect(
      readPickle(Buffer.from("(lp0\nI01\naI-5\naL7L\naF1.5e3\naS'a\\'b\\x41'\naV\\u00e9\naNa.")),
    ).toEqual([true, -5, 7, 1500, "a'bA", 'é', null]);
  });

  it('holds to its limits', () => {
    const million = Buffer.concat([Buffer.from('('), Buffer.alloc(2_000_000, 'N'), Buffer.from('t.')]);
    expect(() => readPickle(million, { maxInstructions: 1000 })).toThrow(/instructions/);
    expect(() => readPickle(million, { maxBytes: 1000 })).toThrow(/bytes/);
    expect(() =>
      readPickle(Buffer.from([0x80, 4, 0x8e, 255, 255, 255, 255, 255, 255, 255, 127, 0x2e])),
    ).toThrow(/early/);
    const bomb = deflateSync(Buffer.alloc(5_000_000));
    expect(() => readJoblib(bomb, { maxBytes: 1_000_000 })).toThrow(/unpack/);
    // One long text, encoded to bytes again and again.
    const text = Buffer.from(`c_codecs\nencode\np0\n0V${'x'.repeat(10_000)}\np1\n0`);
    const again = Buffer.concat([
      text,
      ...Array(5000).fill(Buffer.from('g0\n(g1\nVlatin1\ntR0')),
      Buffer.from('N.'),
    ]);
    expect(() => readPickle(again, { maxProduced: 10_000_000 })).toThrow(/too much/);
  });

  it('refuses packings that it does not know by name', () => {
    expect(() => readJoblib(Buffer.from('BZh91AY'))).toThrow(/bz2/);
    expect(() => readJoblib(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]))).toThrow(/xz/);
  });

  it('answers any cut or altered file with a value or with ERR_FILE_FORMAT', () => {
    const files = [
      'three-p0.pkl',
      'three-p2.pkl',
      'three-p5.pkl',
      'three.joblib',
      'label-encoder.joblib',
    ].map(fixture);
    const change = fc.record({
      file: fc.nat(files.length - 1),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      edits: fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), {
        maxLength: 4,
      }),
      whole: fc.boolean(),
    });
    fc.assert(
      fc.property(change, ({ file, cut, edits, whole }) => {
        const bytes = Buffer.from(files[file]!);
        for (const [at, value] of edits) bytes[Math.floor(at * bytes.length)] = value;
        const part = whole ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length));
        for (const read of [readLegacyClassifier, readLegacyLabelMap, readLegacyEncodings]) {
          try {
            read(part);
          } catch (error) {
            expect(error).toBeInstanceOf(FaceTriggerError);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });
});

function probabilities(
  members: ReturnType<typeof readLegacyClassifier>['members'],
  probes: number[][],
): Float64Array {
  const classifier = new CalibratedClassifier();
  // The classifier's own arithmetic with the imported weights in place of fitted ones.
  Object.defineProperty(classifier, 'members', { value: members });
  const rows = probes.length;
  const columns = probes[0]!.length;
  return classifier.predictProba({ data: Float64Array.from(probes.flat()), rows, columns } as never);
}
