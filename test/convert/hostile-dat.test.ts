import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert-model.ts';
import { DatReader } from '../../src/convert/dlib/dat-reader.ts';
import { FaceTriggerError } from '../../src/core/errors.ts';
import { decodeLandmarkFile } from '../../src/models/dlib/landmarks/landmark-file.ts';
import { dlibFile, readBytes, withByte } from './dlib-files.ts';

const detector = readBytes(dlibFile('detector'));
const landmarks = readBytes(dlibFile('landmarks'));
const embedder = readBytes(dlibFile('embedder'));

/** The code of the error, 'no error', or the name of an error that is none of ours. */
function outcome(bytes: Uint8Array): string {
  try {
    convertModel(bytes);
    return 'no error';
  } catch (error) {
    return error instanceof FaceTriggerError ? error.code : String(error);
  }
}

function expectBoundedMemory(work: () => void, megabytes: number): void {
  const before = process.memoryUsage().rss;
  work();
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(megabytes);
}

describe('convertModel on hostile files', () => {
  it.each([
    ['detector', detector, 60],
    ['landmark model', landmarks, 4],
    ['embedder', embedder, 12],
  ] as const)('refuses a %s that is cut anywhere', (_, file, points) => {
    const places = Array.from({ length: points }, (_, i) =>
      Math.floor((i * (file.length - 1)) / (points - 1)),
    );
    for (const end of [...places, 1, 2, 3, 4, 5, 9, 17, 33, 100, 400]) {
      expect(outcome(file.subarray(0, end)), `cut at ${end}`).toBe(
        end === file.length ? 'no error' : 'ERR_MODEL_FORMAT',
      );
    }
  });

  it.each([
    ['detector', detector],
    ['landmark model', landmarks],
    ['embedder', embedder],
  ] as const)('refuses a %s with something behind its end', (_, file) => {
    expect(outcome(Buffer.concat([file, Buffer.of(0)]))).toBe('ERR_MODEL_FORMAT');
  });

  it('never throws anything else at a detector with a byte changed', () => {
    expectBoundedMemory(() => {
      const places = fc.oneof(
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 0, max: detector.length - 1 }),
        fc.integer({ min: detector.length - 600, max: detector.length - 1 }),
      );
      fc.assert(
        fc.property(places, fc.integer({ min: 1, max: 255 }), (at, mask) => {
          expect(['no error', 'ERR_MODEL_FORMAT']).toContain(outcome(withByte(detector, at, mask)));
        }),
        { numRuns: 100 },
      );
    }, 400);
  });

  it('never throws anything else at the head of an embedder or landmark model with a byte changed', () => {
    for (const file of [embedder, landmarks]) {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
          // A length that still reads would read it all, which is slow: the head of the file says enough.
          const head = withByte(file.subarray(0, 20_000), at, mask);
          expect(outcome(head)).toBe('ERR_MODEL_FORMAT');
        }),
        { numRuns: 100 },
      );
    }
  });

  it('refuses random bytes, with and without a believable beginning', () => {
    const beginning = fc.constantFrom(
      detector.slice(0, 20),
      landmarks.slice(0, 90),
      embedder.slice(0, 20),
      new Uint8Array(0),
    );
    fc.assert(
      fc.property(beginning, fc.uint8Array({ maxLength: 400 }), (head, rest) => {
        expect(outcome(Buffer.concat([head, rest]))).toBe('ERR_MODEL_FORMAT');
      }),
      { numRuns: 500 },
    );
  });

  it('allocates nothing for counts that cannot be', () => {
    const huge = Buffer.of(0x08, 0, 0, 0, 0, 0, 0, 0x0f, 0); // 15 * 2^48
    const one = Buffer.of(0x01, 1);
    const two = Buffer.of(0x01, 2);
    const readers: ((reader: DatReader) => unknown)[] = [
      (reader) => reader.matrix(),
      (reader) => reader.string(),
      (reader) => reader.count(1),
    ];
    expectBoundedMemory(() => {
      for (const read of readers) {
        expect(() => read(new DatReader(Buffer.concat([huge, huge, huge])))).toThrow(FaceTriggerError);
      }
      expect(() => new DatReader(Buffer.concat([two, huge, one, one, one])).tensor()).toThrow(
        FaceTriggerError,
      );
      expect(() => new DatReader(Buffer.concat([two, huge, huge, huge, huge])).tensor()).toThrow(
        FaceTriggerError,
      );
      // Sizes whose product is 0 although one of them is huge.
      expect(new DatReader(Buffer.concat([two, Buffer.of(1, 0), one, one, one])).tensor().data).toHaveLength(
        0,
      );
    }, 50);
  });

  it('says where the file stops making sense', () => {
    expect(() => convertModel(detector.subarray(0, 500))).toThrow(/at byte \d+/);
  });
});

describe('decodeLandmarkFile on hostile files', () => {
  const good = new Uint8Array(convertModel(landmarks).bytes);

  it('refuses a file that says to be an earlier one and has not its length', () => {
    for (const end of [8, 27, 28, good.length]) {
      const earlier = good.slice(0, end);
      earlier.set(Buffer.from('FTREES1'));
      expect(() => decodeLandmarkFile(earlier)).toThrow(
        expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }),
      );
    }
  });

  it('refuses a file that is cut, longer or of other sizes', () => {
    for (const end of [0, 7, 8, 20, 32, 1_000, good.length - 1]) {
      expect(() => decodeLandmarkFile(good.subarray(0, end))).toThrow(FaceTriggerError);
    }
    expect(() => decodeLandmarkFile(Buffer.concat([good, Buffer.of(0)]))).toThrow(FaceTriggerError);
    for (let at = 8; at < 32; at++) {
      expect(() => decodeLandmarkFile(withByte(good, at, 0x41))).toThrow(FaceTriggerError);
    }
  });

  it('refuses billions of cascades of no trees, which would never come to an end', () => {
    const header = Buffer.alloc(32 + 40);
    header.write('FTREES2\n', 'latin1');
    [4_000_000_000, 0, 15, 10, 0].forEach((size, i) => {
      header.writeUInt32LE(size, 8 + 4 * i);
    });
    expect(() => decodeLandmarkFile(header)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }));
  });

  it('refuses an index out of range and a shape of NaN', () => {
    const bad = good.slice();
    bad.fill(0xff, bad.length - 2);
    expect(() => decodeLandmarkFile(bad)).toThrow(/out of range/);
    const nan = good.slice();
    nan.fill(0xff, 32, 72);
    expect(() => decodeLandmarkFile(nan)).toThrow(/out of range/);
  });
});
