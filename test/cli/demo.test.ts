import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImageHeader } from '../../src/node/image/read-image.ts';
import { copiedPack } from './copied-pack.ts';
import { photoFolder, runCli } from './run-cli.ts';

describe('face-trigger demo', () => {
  it('names two people in videos and nobody else, without a home folder', async () => {
    const folder = await photoFolder({});
    const run = await runCli(['demo', '--out', 'out put'], {
      cwd: folder,
      env: { HOME: join(folder, 'none') },
    });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^learned: Franck \(11 photos\), webcam man \(11 photos\)/m);
    expect(run.stdout).toMatch(/^\d{2} faces right, 0 wrong; 0 pictures without a face/m);
    const sheet = join('out put', 'contact-sheet.png');
    expect(run.stdout).toContain(`contact sheet: ${sheet}`);
    expect((await readImageHeader(join(folder, sheet))).format).toBe('png');
  });

  it('uses the networks of --models', async () => {
    const folder = await photoFolder({});
    const models = await copiedPack(folder);
    const run = await runCli(['demo', '--out', 'shown', '--models', models], { cwd: folder });
    expect(run.stdout).toMatch(/^\d{2} faces right/m);
    const model = JSON.parse(await readFile(join(folder, 'shown', 'model', 'model.json'), 'utf8'));
    expect(model.embedder).toMatchObject({ id: 'house' });
  });

  it('uses the ffmpeg of its npm package where the machine has none', async () => {
    const folder = await photoFolder({});
    const run = await runCli(['demo'], { cwd: folder, env: { PATH: folder, FACE_TRIGGER_FFMPEG: '' } });
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^\d{2} faces right, 0 wrong/m);
  });
});
