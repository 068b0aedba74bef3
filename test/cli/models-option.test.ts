import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needs } from '../programs.ts';
import { copiedPack, type Part } from './copied-pack.ts';
import { type ImageLine, jsonLines, media, photoFolder, runCli } from './run-cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const PEOPLE = {
  'people/Franck/1.jpg': 'franck_01829.jpg',
  'people/Franck/2.jpg': 'franck_02221.jpg',
  'people/Audrey/1.jpg': 'audrey.jpg',
};

describe('--models', () => {
  it('takes the name of a pack or the path of a folder, and finds and embeds with what is there', async () => {
    const cwd = await photoFolder({ 'a.jpg': 'franck_01829.jpg', 'b.jpg': 'franck_02221.jpg' });
    const models = await copiedPack(cwd);
    const run = (...args: string[]) => runCli(args, { cwd });
    const faces = async (...args: string[]) =>
      jsonLines<ImageLine>(await run(...args, '--json')).map((line) => line.faces);
    const usual = await faces('embed', 'a.jpg');
    expect(usual[0]).toHaveLength(1);
    expect(await faces('embed', 'a.jpg', '--models', 'dlib')).toEqual(usual);
    expect(await faces('embed', 'a.jpg', '--models', models)).toEqual(usual);
    const small = await faces('embed', 'a.jpg', '--precision', 'int8', '--detection', 'fast');
    expect(
      await faces('embed', 'a.jpg', '--precision', 'int8', '--detection', 'fast', '--models', models),
    ).toEqual(small);
    expect(await faces('detect', 'a.jpg', '--models', './own models')).toMatchObject([
      [{ box: usual[0]![0]!.box }],
    ]);

    // The threshold is the pack's.
    const verified = async (...args: string[]) =>
      jsonLines<{ maxDistance: number }>(await run('verify', 'a.jpg', 'b.jpg', '--json', ...args))[0];
    expect(await verified()).toMatchObject({ maxDistance: 0.6 });
    expect(await verified('--models', models)).toMatchObject({ maxDistance: 0.45 });
    expect(await verified('--models', models, '--max-distance', '0.5')).toMatchObject({ maxDistance: 0.5 });

    const listed = jsonLines<Part>(await run('models', 'list', '--models', models, '--json'));
    expect(listed.map(({ id }) => id)).toContain('house-small');
    expect((await run('models', 'verify', '--models', models)).status).toBe(0);
  });

  it('says what it expected where there is no such pack', async () => {
    const cwd = await photoFolder({ 'a.jpg': 'audrey.jpg' });
    for (const command of [
      ['detect', 'a.jpg'],
      ['embed', 'a.jpg'],
      ['verify', 'a.jpg', 'a.jpg'],
      ['train', '.', '--out', 'model'],
      ['watch', 'a.jpg'],
      ['serve', '--port', '0'],
      ['gallery', 'add', 'a.jpg', '--name', 'Ada'],
      ['dataset', 'check', '.'],
      ['dataset', 'filter', '.', '--out', '../filtered'],
      ['models', 'list'],
      ['demo', '--out', '../demo'],
    ]) {
      const { status, stderr } = await runCli([...command, '--models', 'nowhere'], { cwd });
      expect.soft(status, command.join(' ')).toBe(4);
      expect.soft(stderr, command.join(' ')).toContain('the name of a pack ("dlib", "mobilefacenet"');
      expect.soft(stderr, command.join(' ')).toContain('or a path (./nowhere)');
    }
  });

  it('trains and recognizes with a pack, and tells its embeddings from those of another', async () => {
    const cwd = await photoFolder({ ...PEOPLE, 'new.jpg': 'franck_04035.jpg' });
    const models = await copiedPack(cwd);
    const run = (...args: string[]) => runCli(args, { cwd });
    expect((await run('train', 'people', '--out', 'model', '--models', models)).status).toBe(0);
    const description = JSON.parse(await readFile(join(cwd, 'model', 'model.json'), 'utf8'));
    expect(description.embedder).toMatchObject({ id: 'house', sha256: 'f'.repeat(64) });

    const named = await run('recognize', 'new.jpg', '--model', 'model', '--models', models, '--json');
    expect(jsonLines<ImageLine>(named)[0]?.faces?.[0]?.identity?.label).toBe('Franck');
    const other = await run('recognize', 'new.jpg', '--model', 'model');
    expect(other).toMatchObject({ status: 4, stdout: '' });
    expect(other.stderr).toContain('ERR_MODEL_MISMATCH');
  });

  it('watches with a pack', async (context) => {
    needs(context, 'ffmpeg');
    const cwd = await photoFolder(PEOPLE);
    const models = await copiedPack(cwd);
    const run = (...args: string[]) => runCli(args, { cwd });
    expect((await run('train', 'people', '--out', 'model', '--models', models)).status).toBe(0);
    const watched = await run('watch', media('franck_01829.jpg'), '--model', 'model', '--models', models);
    expect(watched).toMatchObject({ status: 0 });
  });

  it('keeps a gallery with the embedder and the thresholds of a pack', { timeout: 600_000 }, async () => {
    const cwd = await photoFolder({ ...PEOPLE, 'new.jpg': 'franck_04035.jpg' });
    const models = await copiedPack(cwd);
    const run = (...args: string[]) => runCli(args, { cwd });
    const added = await run('gallery', 'add', 'people', '--models', models, '--precision', 'int8');
    expect(added).toMatchObject({ status: 0 });
    expect((await run('gallery', 'stats')).stdout).toContain(
      `embedder house-small (SHA-256 ${'8'.repeat(64)})`,
    );

    // Whoever forgets to name the models is told so, and nothing is compared.
    for (const command of [
      ['gallery', 'search', 'new.jpg'],
      ['gallery', 'train', '--out', 'model'],
      ['recognize', 'new.jpg', '--gallery', 'gallery.db'],
      ['gallery', 'add', 'people'],
    ]) {
      const { status, stderr } = await run(...command);
      expect.soft(status, command.join(' ')).toBe(4);
      expect.soft(stderr, command.join(' ')).toContain('as --models');
    }
    const search = await run('gallery', 'search', 'new.jpg', '--models', models, '--json');
    expect(jsonLines<{ faces: object[] }>(search)[0]?.faces).toMatchObject([
      { candidates: [{ person: { name: 'Franck' } }] },
    ]);
    const recognized = await run(
      'recognize',
      'new.jpg',
      '--gallery',
      'gallery.db',
      '--models',
      models,
      '--json',
    );
    expect(jsonLines<ImageLine>(recognized)[0]?.faces?.[0]?.identity?.label).toBe('Franck');
    expect((await run('gallery', 'train', '--out', 'model', '--models', models)).status).toBe(0);
    const description = JSON.parse(await readFile(join(cwd, 'model', 'model.json'), 'utf8'));
    expect(description).toMatchObject({
      embedder: { id: 'house-small' },
      thresholds: { maxDistance: 0.4 },
    });
    // The precision is again that of the faces.
    const again = await run('gallery', 'add', 'people', '--models', models);
    expect(again.stderr).toContain('3 already there');

    const server = spawn(
      process.execPath,
      [join(ROOT, 'bin', 'face-trigger.js'), 'serve', '--port', '0', '--threads', '1', '--models', models],
      { cwd },
    );
    onTestFinished(() => void server.kill('SIGKILL'));
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      server.stderr.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const found = /listens on (\S+);/.exec(text);
        if (found) resolve(found[1]!);
      });
      server.once('exit', () => reject(new Error(text)));
    });
    const form = new FormData();
    form.append('image', new Blob([await readFile(join(cwd, 'new.jpg'))]), 'new.jpg');
    const answer = await fetch(`${url}/api/v1/recognize`, { method: 'POST', body: form });
    expect(await answer.json()).toMatchObject({ faces: [{ candidates: [{ person: { name: 'Franck' } }] }] });
  });

  it('never takes embeddings that another pack made from the cache of an evaluation', async () => {
    const cwd = await photoFolder({
      'lfw/Franck/Franck_0001.jpg': 'franck_01829.jpg',
      'lfw/Franck/Franck_0002.jpg': 'franck_02221.jpg',
      'lfw/Audrey/Audrey_0001.jpg': 'audrey.jpg',
    });
    await writeFile(join(cwd, 'pairs.txt'), '1\nFranck\t1\t2\nFranck\t1\tAudrey\t1\n');
    const models = await copiedPack(cwd);
    const evaluate = (...args: string[]) =>
      runCli(
        ['evaluate', 'verification', '--pairs', 'pairs.txt', '--images', 'lfw', '--cache', 'kept', ...args],
        { cwd },
      );
    const files = () => readdir(join(cwd, 'kept'), { recursive: true });
    expect((await evaluate()).status).toBe(0);
    const first = (await files()).length;
    expect((await evaluate()).status).toBe(0);
    expect(await files()).toHaveLength(first);
    const report = await evaluate('--models', models, '--report', 'report');
    expect(report.status).toBe(0);
    expect((await files()).length).toBeGreaterThan(first);
    expect(await readFile(join(cwd, 'report', 'verification.html'), 'utf8')).toContain('house');
  });

  it('cuts the faces of a dataset as the embedder of the pack wants them', async () => {
    const cwd = await photoFolder(PEOPLE);
    const models = await copiedPack(cwd);
    const args = ['dataset', 'normalize', 'people', '--models', models, '--out', 'faces'];
    expect((await runCli(args, { cwd })).stderr).toContain('3 of 3 photos in faces');
  });
});
