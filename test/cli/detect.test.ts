import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { iou } from '../../src/core/geometry/box.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import {
  bombPng,
  type ImageLine,
  jsonLines,
  media,
  photoFolder,
  plainPng,
  runCli,
  sideBySide,
} from './run-cli.ts';

describe('face-trigger detect', () => {
  it('prints one JSON object for each picture of a folder, in natural order', async () => {
    const folder = await photoFolder({
      '10.jpg': 'audrey.jpg',
      '2.jpg': 'cage.jpg',
      'sub dir/Zoë.jpg': 'audrey.jpg',
    });
    const run = await runCli(['detect', '--json', folder]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const lines = jsonLines<ImageLine>(run);
    expect(lines.map(({ image }) => image)).toEqual(
      ['2.jpg', '10.jpg', 'sub dir/Zoë.jpg'].map((name) => join(folder, name)),
    );
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(['image', 'width', 'height', 'minFaceSize', 'faces']);
      expect(line.faces).toHaveLength(1);
      const [face] = line.faces!;
      expect(Object.keys(face!)).toEqual(['box', 'score', 'landmarks']);
      expect(Object.keys(face!.box)).toEqual(['left', 'top', 'width', 'height']);
      expect(face!.landmarks).toHaveLength(5);
      for (const [x, y] of face!.landmarks) {
        expect(x).toBeGreaterThan(face!.box.left);
        expect(x).toBeLessThan(face!.box.left + face!.box.width);
        expect(y).toBeGreaterThan(face!.box.top);
        expect(y).toBeLessThan(face!.box.top + face!.box.height);
      }
    }
  });

  it('decodes large JPEGs smaller when only large faces are wanted with fast detection, in pixels of the picture', async () => {
    const large = await sharp(media('audrey.jpg')).resize(2160, 2880).jpeg().toBuffer();
    const folder = await photoFolder({ 'large.jpg': large });
    const args = ['detect', '--json', '--detection', 'fast', '--min-face-size', '640', folder];
    const [line] = jsonLines<ImageLine>(await runCli(args));
    const drawn = join(folder, 'drawn');
    const [whole] = jsonLines<ImageLine>(await runCli([...args, '--annotate', drawn]));
    expect(line).toMatchObject({ width: 2160, height: 2880 });
    expect(whole).toMatchObject({ width: 2160, height: 2880 });
    expect(await readImage(join(drawn, 'large.jpg'))).toMatchObject({ width: 2160, height: 2880 });
    expect(line!.faces).toHaveLength(1);
    // A window of the shrunk picture may be a fifth larger than that of the whole one.
    expect(iou(line!.faces![0]!.box, whole!.faces![0]!.box)).toBeGreaterThan(0.65);
    for (const [i, [x, y]] of line!.faces![0]!.landmarks.entries()) {
      const [wholeX, wholeY] = whole!.faces![0]!.landmarks[i]!;
      expect(Math.hypot(x - wholeX, y - wholeY)).toBeLessThan(60);
    }
  });

  it('goes on after pictures that fail, says why in their places and ends with 1', async () => {
    const jpeg = await readFile(media('audrey.jpg'));
    const folder = await photoFolder({
      '1 empty.jpg': new Uint8Array(0),
      '2 cut.jpg': jpeg.subarray(0, jpeg.length / 2),
      '3 text.png': Buffer.from('this is not a picture'),
      '4 bomb.png': bombPng(),
      '5 dot.png': await plainPng(1, 1),
      '6 line.png': await plainPng(1, 20_000),
      '7 no face.png': 'icon_happy.png',
      '8 good.jpg': 'audrey.jpg',
    });
    const run = await runCli([
      'detect',
      '--json',
      folder,
      join(folder, 'gone.jpg'),
      join(folder, 'gone/*.jpg'),
    ]);
    expect(run.status).toBe(1);
    const answers = jsonLines<ImageLine>(run).map((line) => line.error?.code ?? line.faces!.length);
    expect(answers).toEqual([
      'ERR_IMAGE_DECODE',
      'ERR_IMAGE_DECODE',
      'ERR_IMAGE_DECODE',
      'ERR_IMAGE_TOO_LARGE',
      0,
      0,
      0,
      1,
      'ERR_FILE_NOT_FOUND',
      'ERR_FILE_NOT_FOUND',
    ]);
  });

  it('prints a table without --json, with failures on stderr', async () => {
    const folder = await photoFolder({
      'a.jpg': await sideBySide('audrey_crop.jpg', 'cage2_crop.jpg'),
      'b.jpg': Buffer.from('?'),
    });
    const run = await runCli(['detect', folder]);
    expect(run.status).toBe(1);
    const lines = run.stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^IMAGE +FACE +LEFT +TOP +WIDTH +HEIGHT +SCORE$/);
    expect(lines).toHaveLength(3);
    expect(run.stderr).toContain('b.jpg: ');
    expect(run.stderr).toContain('(ERR_IMAGE_DECODE)');
    expect(run.stderr).toContain('2 pictures, 2 faces, 1 failed; looked for faces from ');
  });

  it('keeps the best faces with --max-faces and those above --min-score', async () => {
    const folder = await photoFolder({ 'a.png': await sideBySide('audrey_crop.jpg', 'cage2_crop.jpg') });
    const count = async (...options: string[]) => {
      const run = await runCli(['detect', '--json', folder, ...options]);
      return jsonLines<ImageLine>(run)[0]!.faces!.length;
    };
    expect(await count()).toBe(2);
    expect(await count('--max-faces', '1')).toBe(1);
    expect(await count('--min-score', '100')).toBe(0);
  });

  it('writes annotated pictures under the names of the originals, inside the folder only', async () => {
    const folder = await photoFolder({
      'in/a b/Zoë.jpg': 'audrey.jpg',
      'in/same.jpg': 'audrey.jpg',
      'other/same.jpg': 'cage.jpg',
    });
    const inputs = ['in', join('in', '..', 'other', 'same.jpg')];
    const run = await runCli(['detect', ...inputs, '--annotate', 'in/marked'], { cwd: folder });
    expect(run.status).toBe(0);
    expect((await readdir(join(folder, 'in/marked'), { recursive: true })).sort()).toEqual([
      'a b',
      'a b/Zoë.jpg',
      'same-2.jpg',
      'same.jpg',
    ]);
    const [original, annotated] = await Promise.all(
      ['other/same.jpg', 'in/marked/same-2.jpg'].map((name) => readImage(join(folder, name))),
    );
    expect([annotated!.width, annotated!.height]).toEqual([original!.width, original!.height]);
    if (process.platform !== 'win32')
      expect((await stat(join(folder, 'in/marked/same.jpg'))).mode & 0o777).toBe(0o600);
    // Run again, the marked pictures are not taken for new ones.
    const again = await runCli(['detect', '--json', 'in', '--annotate', 'in/marked'], { cwd: folder });
    expect(jsonLines(again)).toHaveLength(2);
  });

  it('refuses to write annotated pictures over the originals', async () => {
    const folder = await photoFolder({ 'a.jpg': 'audrey.jpg' });
    const before = await readFile(join(folder, 'a.jpg'));
    const run = await runCli(['detect', join(folder, 'a.jpg'), '--annotate', folder]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('--annotate');
    expect(await readFile(join(folder, 'a.jpg'))).toEqual(before);
  });

  it('shows control characters of file names instead of printing them', async () => {
    const folder = await photoFolder({ 'a\u001b[31m\nb.jpg': Buffer.from('?') });
    const run = await runCli(['detect', folder]);
    expect(run.stderr).toContain('a\\u{1b}[31m\\u{a}b.jpg');
    expect(run.stdout + run.stderr).not.toContain('\u001b');
  });
});
