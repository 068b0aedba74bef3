import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileWithin } from '../../../src/node/files/read-file-within.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-file-within-'));
  await writeFile(join(folder, 'five'), 'hello');
});
afterAll(() => rm(folder, { recursive: true }));

describe('readFileWithin', () => {
  it('reads a file of exactly the limit and refuses one byte more', async () => {
    const path = join(folder, 'five');
    expect(Buffer.from(await readFileWithin(path, { maxBytes: 5 })).toString()).toBe('hello');
    await expect(readFileWithin(path, { maxBytes: 4 })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });

  it('answers with the codes that the caller chose', async () => {
    const options = { maxBytes: 1, missing: 'ERR_MODEL_NOT_FOUND', unfit: 'ERR_MODEL_FORMAT' } as const;
    await expect(readFileWithin(join(folder, 'none'), options)).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
    await expect(readFileWithin(folder, options)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    await expect(readFileWithin(join(folder, 'five', 'x'), options)).rejects.toMatchObject({
      code: 'ERR_FILE_READ',
    });
  });
});
