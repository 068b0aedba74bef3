import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DecodeBudget } from '../../src/convert/decode-budget.ts';
import { halfToNumber } from '../../src/convert/tflite/constants.ts';
import { convertTflite } from '../../src/convert/tflite/convert-tflite.ts';
import { readTflite } from '../../src/convert/tflite/read-tflite.ts';
import { OnnxSession } from '../../src/node/runtime/session.ts';
import { readModelInfo } from '../../src/onnx/read-model-info.ts';

/** MediaPipe's files come with a development dependency. */
const mediapipe = (name: string) =>
  new Uint8Array(
    readFileSync(
      fileURLToPath(new URL(`../../node_modules/@mediapipe/face_detection/${name}.tflite`, import.meta.url)),
    ),
  );

describe('convertTflite', () => {
  let file: Uint8Array;
  beforeAll(() => {
    file = mediapipe('face_detection_full_range');
  });

  it('keeps the names of what goes in and comes out, pictures with their channels first and of any size', () => {
    const info = readModelInfo(convertTflite(file, { source: 'here' }));
    expect(info.inputs).toMatchObject([{ name: 'input', type: 'float32', shape: [1, 3, 'height', 'width'] }]);
    expect(info.outputs.map(({ shape }) => shape)).toEqual([
      [1, 'cells', 16],
      [1, 'cells', 1],
    ]);
    expect(info.metadata.get('source')).toBe('here');
  });

  it('makes a model that runs on pictures of any size, the same bytes each time', async () => {
    const bytes = convertTflite(file);
    expect(Buffer.compare(bytes, convertTflite(file))).toBe(0);
    const session = await OnnxSession.create(bytes, { threads: 1 });
    for (const [height, width] of [
      [192, 192],
      [64, 160],
    ] as const) {
      const data = new Float32Array(3 * height * width);
      const outputs = await session.run({ input: { type: 'float32', dims: [1, 3, height, width], data } });
      const [numbers] = Object.values(outputs);
      expect(numbers!.data).toHaveLength((height / 4) * (width / 4) * 16);
      expect([...(numbers!.data as Float32Array)].every(Number.isFinite)).toBe(true);
    }
    await session.dispose();
  });

  it('reads numbers of half precision', () => {
    // Bits and values of IEEE 754.
    for (const [bits, value] of [
      [0x0000, 0],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3c00, 1],
      [0xc000, -2],
      [0x3555, 0.333251953125],
      [0x7bff, 65_504],
      [0xfc00, Number.NEGATIVE_INFINITY],
    ] as const) {
      expect(halfToNumber(bits)).toBe(value);
    }
    expect(halfToNumber(0x7e00)).toBeNaN();
    const { tensors } = readTflite(file, new DecodeBudget(file.length));
    expect(tensors.filter(({ type, data }) => type === 'float16' && data.length > 0).length).toBe(178);
  });

  it('names what it can not write', () => {
    expect(() => convertTflite(mediapipe('face_detection_short_range'))).toThrow(/operators .*CONCATENATION/);
    expect(() => convertTflite(mediapipe('face_detection_full_range_sparse'))).toThrow(/sparse/);
  });

  it('answers a cut, altered or random file with ERR_MODEL_FORMAT or a model, and nothing else', () => {
    const outcome = (bytes: Uint8Array) => {
      try {
        readModelInfo(convertTflite(bytes));
        return 'ERR_MODEL_FORMAT';
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    };
    expect(outcome(new Uint8Array())).toBe('ERR_MODEL_FORMAT');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), (length) => {
        expect(outcome(file.subarray(0, length))).toBe('ERR_MODEL_FORMAT');
      }),
      { numRuns: 40 },
    );
    // Tables lie at the end of the file, and the offsets at its beginning.
    const place = fc.oneof(
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: file.length - 60_000, max: file.length - 1 }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const altered = file.slice();
          for (const [at, value] of changes) altered[at] = value;
          expect(outcome(altered)).toBe('ERR_MODEL_FORMAT');
        },
      ),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = new Uint8Array(8 + noise.length);
        bytes.set([8, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33]);
        bytes.set(noise, 8);
        expect(outcome(bytes)).toBe('ERR_MODEL_FORMAT');
      }),
    );
  });
});
