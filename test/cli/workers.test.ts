import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { jsonLines, media, runCli } from './run-cli.ts';

const photos = ['audrey.jpg', 'cage.jpg', 'franck_01829.jpg', 'franck_02045.jpg'].map(media);

describe('face-trigger --workers', () => {
  it.each(['detect', 'embed'])(
    '%s prints the same in the same order with two workers as with one',
    async (command) => {
      const one = await runCli([command, ...photos, '--json', '--workers', '1', '--threads', '1']);
      const two = await runCli([command, ...photos, '--json', '--workers', '2', '--threads', '1']);
      expect(one.status).toBe(0);
      expect(jsonLines(two)).toHaveLength(photos.length);
      expect(jsonLines(two)).toEqual(jsonLines(one));
    },
  );

  it('tells of a picture that fails, and goes on', async () => {
    const run = await runCli(['detect', photos[0]!, 'gone.jpg', photos[1]!, '--json', '--workers', '2']);
    expect(run.status).toBe(1);
    const [first, second, third] = jsonLines<{ faces?: unknown[]; error?: { code: string } }>(run);
    expect(first?.faces).toHaveLength(1);
    expect(second?.error?.code).toBe('ERR_FILE_NOT_FOUND');
    expect(third?.faces).toHaveLength(1);
  });

  it.each(['detect', 'embed'])(
    '%s ends with 0 and without a word when its reader goes away',
    async (command) => {
      const many = Array.from({ length: 12 }, () => photos).flat();
      const onFirstLine = ({ stdout }: { readonly stdout: Readable | null }) => void stdout!.destroy();
      const run = await runCli([command, ...many, '--json', '--workers', '2'], { onFirstLine });
      expect(run).toMatchObject({ status: 0, signal: null, stderr: '' });
    },
  );

  it('ends with an error where the workers cannot start', async () => {
    const run = await runCli(['recognize', ...photos, '--model', 'nowhere', '--workers', '2']);
    expect(run.status).toBe(4);
    expect(run.stderr).toContain('ERR_MODEL_NOT_FOUND');
  });
});
