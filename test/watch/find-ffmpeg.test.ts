import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src/watch/find-ffmpeg.ts';
import { temporaryFolder } from './ffmpeg-tools.ts';

describe('findFfmpeg', () => {
  const folder = temporaryFolder();
  const program = join(folder, process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);

  it('finds the program in a folder of PATH', async () => {
    expect(await findFfmpeg({ env: { PATH: `/nowhere:${folder}` } })).toBe(program);
  });

  it('prefers FACE_TRIGGER_FFMPEG to PATH, and a given path to both', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, '');
    chmodSync(other, 0o755);
    expect(await findFfmpeg({ env: { PATH: folder, FACE_TRIGGER_FFMPEG: other } })).toBe(other);
    expect(await findFfmpeg({ path: program, env: { FACE_TRIGGER_FFMPEG: other } })).toBe(program);
  });

  it('says how to install ffmpeg where there is none', async () => {
    await expect(findFfmpeg({ env: { PATH: '/nowhere' } })).rejects.toMatchObject({
      code: 'ERR_FFMPEG_NOT_FOUND',
      message: expect.stringMatching(/install ffmpeg|ffmpeg.org/),
    });
  });

  it('takes neither a folder named ffmpeg nor a file that cannot run', async () => {
    const decoy = join(folder, 'decoy');
    mkdirSync(join(decoy, 'ffmpeg'), { recursive: true });
    await expect(findFfmpeg({ env: { PATH: decoy } })).rejects.toMatchObject({
      code: 'ERR_FFMPEG_NOT_FOUND',
    });
    await expect(findFfmpeg({ path: join(folder, 'missing'), env: {} })).rejects.toMatchObject({
      message: expect.stringContaining('options.path'),
    });
  });
});
