import { describe, expect, it } from 'vitest';
import { renameFile } from '../../../src/node/files/rename-file.ts';

/** Fails a number of times, as a file system does. */
function failing(times: number, code: string) {
  const calls: string[] = [];
  const attempt = async (from: string, to: string): Promise<void> => {
    calls.push(`${from} ${to}`);
    if (calls.length <= times) throw Object.assign(new Error(code), { code });
  };
  return { calls, attempt };
}

describe('renameFile', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY'])(
    'tries again where Windows says that the file is in use (%s)',
    async (code) => {
      const { calls, attempt } = failing(3, code);
      await renameFile('a', 'b', { platform: 'win32', attempt });
      expect(calls).toEqual(Array(4).fill('a b'));
    },
  );

  it('gives up after a while, with what the last attempt said', async () => {
    const { calls, attempt } = failing(Number.POSITIVE_INFINITY, 'EPERM');
    await expect(renameFile('a', 'b', { platform: 'win32', attempt })).rejects.toMatchObject({
      code: 'EPERM',
    });
    expect(calls.length).toBeGreaterThan(4);
  });

  it.each([
    ['win32', 'ENOENT'],
    ['linux', 'EPERM'],
    ['darwin', 'EBUSY'],
  ] as const)('tries once on %s after %s', async (platform, code) => {
    const { calls, attempt } = failing(1, code);
    await expect(renameFile('a', 'b', { platform, attempt })).rejects.toMatchObject({ code });
    expect(calls).toHaveLength(1);
  });
});
