import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxClassifier } from '../../src/classify/onnx-classifier.ts';
import { trainClassifier } from '../../src/classify/train-classifier.ts';
import { FaceTriggerError } from '../../src/core/errors.ts';
import { type ElementType, GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { needs } from '../programs.ts';
import { makeClusters } from './clusters.ts';

const embedder = { id: 'ours', sha256: '12'.repeat(32) };
const people = makeClusters({ counts: [5, 6], dimension: 8 });
let folder: string;
let own: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onnx-classifier-'));
  own = (await trainClassifier(people.embeddings, people.labels, { kind: 'svm', C: 1, embedder })).onnx;
});
afterAll(() => rm(folder, { recursive: true }));

/** The two nodes that skl2onnx makes of a linear classifier: LinearClassifier and Normalizer of ai.onnx.ml. */
function foreignModel(
  change: {
    input?: string;
    inputType?: ElementType;
    inputShape?: (number | string)[];
    label?: string;
    labelShape?: (number | string)[];
    probabilities?: string;
    classes?: number[];
    domains?: Record<string, number>;
    extraOutput?: boolean;
    metadata?: Record<string, string>;
  } = {},
): Uint8Array {
  const graph = new GraphBuilder('foreign');
  const input = graph.input(
    change.input ?? 'embeddings',
    change.inputType ?? 'float32',
    change.inputShape ?? ['N', 3],
  );
  const label = change.label ?? 'label';
  const probabilities = change.probabilities ?? 'probabilities';
  graph.node(
    'LinearClassifier',
    [input],
    {
      coefficients: { floats: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
      intercepts: { floats: [0, 0, 0] },
      classlabels_ints: change.classes ?? [0, 1, 2],
      multi_class: 0,
      post_transform: 'LOGISTIC',
    },
    { outputs: [label, 'raw'], domain: 'ai.onnx.ml' },
  );
  graph.node('Normalizer', ['raw'], { norm: 'L1' }, { outputs: [probabilities], domain: 'ai.onnx.ml' });
  graph.output(label, 'int64', change.labelShape ?? ['N']);
  graph.output(probabilities, 'float32', ['N', 3]);
  if (change.extraOutput) graph.output('raw', 'float32', ['N', 3]);
  return graph.toModel({
    opset: 15,
    domains: change.domains ?? { 'ai.onnx.ml': 1 },
    ...(change.metadata && { metadata: change.metadata }),
  });
}

const refused = (source: Uint8Array | string, text = '') =>
  expect(OnnxClassifier.create(source)).rejects.toMatchObject({
    code: 'ERR_MODEL_FORMAT',
    message: expect.stringContaining(text),
  });

describe('OnnxClassifier', () => {
  it('loads a saved classifier from a path and gives batches of any size, none included', async () => {
    const path = join(folder, 'klassifikator ü.onnx');
    await writeFile(path, own);
    await using classifier = await OnnxClassifier.create(path, { embedder, threads: 1 });
    expect(classifier).toMatchObject({ kind: 'svm', dimension: 8, classes: [0, 1] });
    const many = Array.from({ length: 150 }, (_, i) => people.embeddings[i % 11]!);
    const all = await classifier.predict(many);
    expect([...all.labels]).toEqual(many.map((_, i) => people.labels[i % 11]));
    expect(all.probabilities).toHaveLength(300);
    expect(all.probabilities.subarray(0, 22)).toEqual(all.probabilities.subarray(22 * 6, 22 * 7));
    expect(await classifier.predict([])).toMatchObject({ count: 0, labels: new Int32Array(0) });
  });

  it("loads a file of skl2onnx's shape, which has no distances and tells no embedder", async () => {
    await using classifier = await OnnxClassifier.create(foreignModel(), {
      embedder: { ...embedder, dimension: 3 },
    });
    expect(classifier).toMatchObject({ kind: 'foreign', dimension: 3, classes: [0, 1, 2] });
    const { labels, probabilities, distances } = await classifier.predict([Float32Array.of(0, 3, 1)]);
    expect([...labels]).toEqual([1]);
    const raw = [0, 3, 1].map((x) => 1 / (1 + Math.exp(-x)));
    const sum = raw.reduce((a, b) => a + b);
    for (const [i, value] of raw.entries()) expect(probabilities[i]).toBeCloseTo(value / sum, 5);
    expect(distances).toBeNull();
  });

  it('refuses a classifier of another embedder or dimension', async () => {
    const other = { id: 'other', sha256: '34'.repeat(32) };
    const mismatch = (options: Parameters<typeof OnnxClassifier.create>[1], source = own) =>
      expect(OnnxClassifier.create(source, options)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    await mismatch({ embedder: other });
    await mismatch({ embedder: { id: 'other' } });
    await mismatch({ embedder: { dimension: 128 } });
    await mismatch({ embedder: { dimension: 128 } }, foreignModel());
    await using accepted = await OnnxClassifier.create(own, {
      embedder: { id: 'renamed', sha256: embedder.sha256.toUpperCase() },
    });
    expect(accepted.facts.embedder).toEqual(embedder);
  });

  it('refuses other names, types, ranks and outputs, and says what it expects', async () => {
    await refused(foreignModel({ input: 'X' }), 'input "embeddings" of type float32 and rank 2');
    await refused(foreignModel({ inputType: 'int64' }), 'input "embeddings" of type float32 and rank 2');
    await refused(foreignModel({ inputShape: [3] }), 'rank 2');
    await refused(foreignModel({ inputShape: ['N', 'C'] }), 'fixed dimension');
    await refused(foreignModel({ label: 'variable' }), 'output "label"');
    await refused(foreignModel({ labelShape: ['N', 1] }), 'output "label" of type int64 and rank 1');
    await refused(foreignModel({ probabilities: 'scores' }), 'output "probabilities"');
    await refused(
      foreignModel({ probabilities: 'output_probability' }),
      'only "label", "output_probability"',
    );
    await refused(foreignModel({ input: 'X' }), 'call it "embeddings" when exporting');
    await refused(foreignModel({ inputType: 'float64' }), 'single precision');
    await refused(foreignModel({ extraOutput: true }), 'the outputs "label" and "probabilities"');
    await refused(foreignModel({ domains: { 'ai.onnx.ml': 1, 'com.example': 1 } }), 'com.example');
  });

  it('refuses real ZipMap outputs and tells how to export without', async () => {
    const graph = new GraphBuilder('zipmap');
    graph.input('embeddings', 'float32', ['N', 3]);
    graph.node('ArgMax', ['embeddings'], { axis: 1, keepdims: 0 }, { outputs: ['label'] });
    graph.node(
      'ZipMap',
      ['embeddings'],
      { classlabels_int64s: [0, 1, 2] },
      { outputs: ['maps'], domain: 'ai.onnx.ml' },
    );
    graph.output('label', 'int64', ['N']);
    graph.output('maps', 'float32', ['N', 3]);
    const bytes = graph.toModel({ opset: 15, domains: { 'ai.onnx.ml': 1 } });
    // A sequence type is field 4 of TypeProto where a tensor is field 1: rewrite the tag of the output's type.
    const at = Buffer.from(bytes).lastIndexOf('maps') + 4;
    expect([...bytes.subarray(at, at + 1)]).toEqual([0x12]);
    bytes[at + 2] = 0x22;
    await refused(bytes, "options={'zipmap': False}");
  });

  it('says that labels are text, or what else they are, where whole numbers are due', async () => {
    // The type of the output "label" as a number of TensorProto.DataType.
    const withLabelType = (type: number): Uint8Array => {
      const bytes = Buffer.from(foreignModel());
      const at = bytes.lastIndexOf('label') + 'label'.length;
      // Behind the name: field 2 (type) and its length, field 1 (tensor) and its length, field 1 (type of items).
      expect([bytes[at], bytes[at + 2], bytes[at + 4], bytes[at + 5]]).toEqual([0x12, 0x0a, 0x08, 7]);
      bytes[at + 5] = type;
      return bytes;
    };
    await refused(withLabelType(8), 'of type text and rank 1: labels are whole numbers here');
    await refused(withLabelType(8), 'LabelEncoder');
    await refused(withLabelType(6), 'of type int32');
    await refused(withLabelType(1), 'of type float32');
    await refused(withLabelType(13), 'of type uint64');
    await refused(withLabelType(99), 'of type ONNX type 99');
  });

  it('tells a column for each class from other outputs', async () => {
    const graph = new GraphBuilder('columns');
    graph.input('embeddings', 'float32', ['N', 3]);
    graph.node('ArgMax', ['embeddings'], { axis: 1, keepdims: 0 }, { outputs: ['label'] });
    graph.output('label', 'int64', ['N']);
    for (const name of ['i0', 'i1', 'i2']) graph.output(name, 'float32', ['N', 1]);
    await refused(graph.toModel(), 'an output for each class');
  });

  it('refuses metadata that contradict the graph', async () => {
    const metadata = (change: Record<string, string>) => ({
      'face_trigger.format': '1',
      'face_trigger.kind': 'svm',
      'face_trigger.dimension': '3',
      'face_trigger.classes': '[0,1,2]',
      ...change,
    });
    for (const change of [
      { 'face_trigger.format': '2' },
      { 'face_trigger.kind': 'magic' },
      { 'face_trigger.dimension': '128' },
      { 'face_trigger.classes': '[0,1]' },
      { 'face_trigger.classes': '[2,1,0]' },
      { 'face_trigger.classes': '{"length":3}' },
      { 'face_trigger.classes': '["__proto__"]' },
      { 'face_trigger.embedder_sha256': 'none' },
    ]) {
      await refused(foreignModel({ metadata: metadata(change) }));
    }
    await using accepted = await OnnxClassifier.create(foreignModel({ metadata: metadata({}) }));
    expect(accepted.kind).toBe('svm');
  });

  it('refuses a model whose labels are not those of its columns', async () => {
    await using classifier = await OnnxClassifier.create(foreignModel({ classes: [5, 6, 7] }));
    await expect(classifier.predict([Float32Array.of(1, 2, 3)])).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
    });
  });

  it('refuses a pipe', async (context) => {
    needs(context, 'mkfifo');
    const pipe = join(folder, 'pipe.onnx');
    execFileSync('mkfifo', [pipe]);
    await refused(pipe, 'Expected a file but');
  });

  it('refuses files that are missing or too large, and folders', async () => {
    await expect(OnnxClassifier.create(join(folder, 'none.onnx'))).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
    await refused(folder, 'Expected a file but');
    await expect(OnnxClassifier.create(own, { maxBytes: 100 })).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
    });
  });

  it('answers every cut with ERR_MODEL_FORMAT', async () => {
    for (let length = 0; length < own.length; length += Math.ceil(own.length / 40)) {
      await refused(own.slice(0, length));
    }
  });

  it('answers every altered byte with a classifier or an error of its own, never otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (position, change) => {
        const altered = own.slice();
        altered[position % own.length]! ^= change;
        try {
          await using classifier = await OnnxClassifier.create(altered);
          await classifier.predict([new Float32Array(classifier.dimension)]);
        } catch (error) {
          expect(error).toBeInstanceOf(FaceTriggerError);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('refuses embeddings of another dimension or with NaN, and any use after dispose()', async () => {
    const classifier = await OnnxClassifier.create(own);
    await expect(classifier.predict([new Float32Array(7)])).rejects.toMatchObject({
      code: 'ERR_SHAPE_MISMATCH',
    });
    await expect(classifier.predict([new Float32Array(8).fill(Number.NaN)])).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await classifier.dispose();
    await classifier.dispose();
    await expect(classifier.predict([new Float32Array(8)])).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });
});
