import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy, stackEmbeddings } from '../../../src/core/embed/npy.ts';
import { FaceTriggerError } from '../../../src/core/errors.ts';

/** The first Python that has NumPy: the system's may be another than the one on the path. */
const python = ['/usr/bin/python3', 'python3'].find(hasNumpy);

describe('npy files', () => {
  it('come back as they were written', () => {
    const matrix = fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 7 }))
      .chain(([rows, columns]) =>
        fc
          .float32Array({ minLength: rows * columns, maxLength: rows * columns })
          .map((data) => ({ data, rows, columns })),
      );
    fc.assert(
      fc.property(matrix, (some) => {
        const bytes = encodeNpy(some);
        expect((bytes.length - some.data.byteLength) % 64).toBe(0);
        expect(decodeNpy(bytes)).toEqual(some);
      }),
    );
  });

  it('are refused when cut, of another type or of another shape', () => {
    const good = encodeNpy({ data: Float32Array.of(1, 2, 3, 4), rows: 2, columns: 2 });
    const altered = (from: string, to: string) =>
      Buffer.from(Buffer.from(good).toString('latin1').replace(from, to), 'latin1');
    for (const bytes of [
      good.subarray(0, 5),
      good.subarray(0, 40),
      good.subarray(0, good.length - 1),
      altered("'<f4'", "'|O'"),
      altered("'<f4'", "'<i4'"),
      altered('(2, 2)', '(2, 3)'),
      altered('(2, 2)', '(9999999999, 9999999999)'),
      altered('\u0001\u0000', '\u0009\u0000'),
    ]) {
      expect(() => decodeNpy(bytes)).toThrow(FaceTriggerError);
    }
  });

  it('hold stacked embeddings of one length', () => {
    expect(stackEmbeddings([Float32Array.of(1, 2), Float32Array.of(3, 4)])).toEqual({
      data: Float32Array.of(1, 2, 3, 4),
      rows: 2,
      columns: 2,
    });
    expect(() => stackEmbeddings([new Float32Array(2), new Float32Array(3)])).toThrow(/embeddings\[1\]/);
  });

  it('are read by NumPy, and those that NumPy writes are read here', async (context) => {
    if (python === undefined) return context.skip('no Python with NumPy here');
    const folder = await mkdtemp(join(tmpdir(), 'face-trigger-npy-'));
    try {
      await writeFile(
        join(folder, 'a.npy'),
        encodeNpy({ data: Float32Array.of(1, -2, 0.5, 4, 5, 6), rows: 2, columns: 3 }),
      );
      const code = [
        'import numpy as np, sys, os',
        'a = np.load("a.npy", allow_pickle=False)',
        'assert a.shape == (2, 3) and a.dtype == np.float32',
        'np.save("b.npy", np.asfortranarray(a.astype(">f8")))',
        'print(a.tolist())',
      ].join('\n');
      expect(execFileSync(python, ['-c', code], { cwd: folder, encoding: 'utf8' }).trim()).toBe(
        '[[1.0, -2.0, 0.5], [4.0, 5.0, 6.0]]',
      );
      expect([...decodeNpy(await readFile(join(folder, 'b.npy'))).data]).toEqual([1, -2, 0.5, 4, 5, 6]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function hasNumpy(command: string): boolean {
  try {
    execFileSync(command, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
