import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { media, runCli } from './run-cli.ts';

describe('what was meant', () => {
  const files = {
    'people/Ada/1.jpg': 'audrey.jpg',
    'photos/a.jpg': 'audrey.jpg',
    'notes.txt': Buffer.from('hi'),
  };
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'face-trigger-meant-'));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      await writeFile(
        join(cwd, name),
        typeof content === 'string' ? await readFile(media(content)) : content,
      );
    }
    await mkdir(join(cwd, 'empty'));
    for (const args of [
      ['train', 'people', '--out', 'model'],
      ['gallery', 'add', 'people', '--review', 'off'],
      ['gallery', 'export', 'all.jsonl'],
    ]) {
      expect(await runCli(args, { cwd })).toMatchObject({ status: 0 });
    }
    return () => rm(cwd, { recursive: true });
  });

  it.each([
    [
      'recognize photos --model gallery.db',
      4,
      'gallery.db is a gallery, not a model folder: give it as the gallery (--gallery)',
    ],
    ['recognize photos --model all.jsonl', 4, 'take it into one first (face-trigger gallery import)'],
    [
      'recognize photos --model notes.txt',
      4,
      'notes.txt is a file, not a folder that "face-trigger train" wrote',
    ],
    ['recognize photos --model photos/a.jpg', 4, 'photos/a.jpg is a picture, not a model folder'],
    ['recognize photos --model photos', 4, 'There is no model in photos'],
    ['recognize photos --model nowhere', 4, 'There is no folder nowhere'],
    [
      'recognize photos --gallery model',
      3,
      'model is a model folder, not a gallery: give it as the model (--model)',
    ],
    ['recognize photos --gallery people', 3, 'people is a folder, not a gallery: a gallery is one file'],
    ['recognize photos --gallery notes.txt', 3, 'notes.txt is no gallery'],
    ['recognize photos --gallery all.jsonl', 3, 'take it into one first (face-trigger gallery import)'],
    [
      'gallery list --gallery nowhere.db',
      3,
      'There is no gallery nowhere.db: "face-trigger gallery add" makes one',
    ],
    ['gallery add people --gallery model', 3, 'model is a model folder'],
    ['gallery add people --gallery photos/a.jpg', 3, 'photos/a.jpg is a picture, not a gallery'],
    ['train empty --out m', 5, 'There are no photos in empty: expected a folder for each person'],
    ['train notes.txt --out m', 5, 'Expected a folder of photos of people but notes.txt is a file'],
    ['train people --out notes.txt', 3, 'notes.txt is a file, not a face-trigger model folder'],
    ['train https://example.com/people --out m', 2, 'received an address (https:): download it first'],
    ['detect https://user:secret@example.com/a.jpg', 2, 'received an address (https:): download it first'],
    ['detect file://host/a.jpg', 2, 'a file: address of another machine'],
    ['verify photos/a.jpg data:image/png;base64,AAAA', 2, 'save it as a file first'],
    ['verify photos/a.jpg photos', 3, 'Expected an image file but photos is a folder'],
    [
      'detect photos --annotate photos',
      2,
      '--annotate photos is where photos comes from: choose another folder',
    ],
    ['detect photos/a.jpg --annotate photos/', 2, 'such as --annotate photos-marked'],
    ['detect photos/*.jpg --annotate .', 2, 'another folder, such as --annotate ../marked'],
    ['detect photos/a.jpg --annotate photos/.', 2, 'another folder, such as --annotate ../marked'],
    [
      'recognize photos --model model/model.json',
      4,
      'model/model.json is a file of a model: give the folder that it lies in, model',
    ],
    ['recognize photos --model model/classifier.onnx', 4, 'give the folder that it lies in, model'],
    [
      'watch photos/a.jpg --model gallery.db',
      4,
      'or make a model of its people ("face-trigger gallery train")',
    ],
    ['gallery list --gallery model', 3, '"face-trigger gallery add" makes a gallery of photos'],
    [
      'evaluate verification --pairs nowhere.txt --images people',
      3,
      'Could not read nowhere.txt: there is no such file (ENOENT)',
    ],
    [
      'evaluate verification --pairs notes.txt/x --images people',
      3,
      'a part of the path is a file, not a folder (ENOTDIR)',
    ],
    ['detect photos --annotate notes.txt', 3, 'Expected a folder to draw into but notes.txt is a file'],
    ['embed photos --npy photos', 3, 'Expected the name of a file to write but photos is a folder'],
    [
      'embed photos --npy notes.txt/x.npy',
      3,
      'Could not make the folder notes.txt: a file of this name is there',
    ],
    [
      'evaluate identification --gallery people --probe people --cache notes.txt',
      3,
      'keep no embeddings with --no-cache',
    ],
    [
      'evaluate identification --gallery people --probe people --cache /proc/x',
      3,
      'choose another folder with --cache',
    ],
    [
      'evaluate identification --gallery people --probe people --report notes.txt',
      3,
      'Could not make the folder notes.txt',
    ],
    ['evaluate verification --pairs people --images people', 3, 'Expected a file but people is a folder'],
    ['dataset filter people --out notes.txt/x', 3, 'Could not make'],
    ['models convert notes.txt x.onnx', 4, 'ERR_MODEL_FORMAT'],
  ])('is said for "%s"', async (line, status, message) => {
    const run = await runCli(line.split(' '), { cwd });
    expect({ ...run, text: run.stderr }).toMatchObject({ status, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toContain('secret');
    expect(run.stderr).not.toContain('    at ');
  });

  it.each([
    'admin:Zq7xWk9y@cam/x',
    '//admin:Zq7xWk9y@cam/x',
    'rtsp//admin:Zq7xWk9y@cam',
    'rtsp:a:Zq7xWk9y@cam',
  ])('shows no password of the mistyped address %s', async (address) => {
    for (const command of ['watch', 'detect']) {
      const { status, stderr } = await runCli([command, address], { cwd });
      expect(status, command).toBeGreaterThan(0);
      expect(stderr.replaceAll(`${address}: `, ''), command).not.toContain('Zq7xWk9y');
    }
  });

  it('takes file: addresses of this machine for paths', async () => {
    const address = pathToFileURL(join(cwd, 'photos', 'a.jpg')).href;
    expect(await runCli(['detect', address, '--json'], { cwd })).toMatchObject({ status: 0, stderr: '' });
  });

  it('goes on without the default cache where that cannot be written, and says so', async () => {
    const env = { XDG_CACHE_HOME: join(cwd, 'notes.txt'), FACE_TRIGGER_CACHE: '' };
    const run = await runCli(['evaluate', 'identification', '--gallery', 'people', '--probe', 'people'], {
      cwd,
      env,
    });
    expect(run.stderr).toContain('embeddings are not kept: ');
    expect(run.stderr).toContain('--cache <dir> keeps them elsewhere');
    expect(run.status).toBe(0);
  });

  it('names a variable that sets a cache which cannot be written as a mistake', async () => {
    const env = { FACE_TRIGGER_CACHE: join(cwd, 'notes.txt') };
    const run = await runCli(['evaluate', 'identification', '--gallery', 'people', '--probe', 'people'], {
      cwd,
      env,
    });
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(run.stderr).toContain('choose another folder with --cache <dir>');
  });

  it('leaves out what has a name that is not UTF-8, says so, and goes on', async () => {
    const folder = Buffer.from(`${cwd}/latin1/`);
    await mkdir(Buffer.concat([folder, Buffer.from('Jos\u00e9', 'latin1')]), { recursive: true });
    await mkdir(join(cwd, 'latin1', 'Ada'));
    const photo = await readFile(media('audrey.jpg'));
    await writeFile(Buffer.concat([folder, Buffer.from('Jos\u00e9/1.jpg', 'latin1')]), photo);
    await writeFile(Buffer.concat([folder, Buffer.from('Zo\u00eb.jpg', 'latin1')]), photo);
    await writeFile(join(cwd, 'latin1', 'Ada', '1.jpg'), photo);
    const found = await runCli(['detect', 'latin1'], { cwd });
    expect(found.status).toBe(0);
    expect(found.stdout).toContain('latin1/Ada/1.jpg');
    expect(found.stderr).toContain('left out 2, each something whose name is not UTF-8: rename it');
    const trained = await runCli(['train', 'latin1', '--out', 'm2'], { cwd });
    expect(trained).toMatchObject({ status: 0 });
    expect(trained.stderr).toContain('whose name is not UTF-8');
  });
});
