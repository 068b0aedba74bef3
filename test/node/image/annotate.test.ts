import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '../../../src/core/image/image.ts';
import { annotateImage, type FaceMark } from '../../../src/node/image/annotate.ts';
import type { Mask } from '../../../src/node/image/canvas.ts';
import { cleanText, renderText } from '../../../src/node/image/text-mask.ts';
import { noiseImage, pixel } from './images.ts';

const previous = { file: process.env['FONTCONFIG_FILE'], path: process.env['FONTCONFIG_PATH'] };
let folder: string;

// The renderer must live on the font of the package alone: this process knows no other.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-fonts-'));
  const config = join(folder, 'fonts.conf');
  writeFileSync(config, '<?xml version="1.0"?><fontconfig></fontconfig>');
  process.env['FONTCONFIG_FILE'] = config;
  process.env['FONTCONFIG_PATH'] = folder;
});
afterAll(() => {
  restore('FONTCONFIG_FILE', previous.file);
  restore('FONTCONFIG_PATH', previous.path);
  rmSync(folder, { recursive: true, force: true });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function darkImage(width: number, height: number): Image {
  return { data: new Uint8Array(width * height * 3).fill(20), width, height, channels: 3 };
}

const line = { size: 20, maxWidth: 2000 };

async function render(text: string, options = line): Promise<Mask> {
  const mask = await renderText(text, options);
  expect(mask, text).not.toBeNull();
  return mask!;
}

describe('renderText with no font installed', () => {
  it('draws letters of Latin, Greek and Cyrillic, each in its own shape', async () => {
    const shapes = new Set<string>();
    const letters = ['a', 'é', 'ñ', 'ü', 'ł', 'ễ', 'Ж', 'я', 'Ω', 'λ', 'Ա', 'შ'];
    for (const letter of letters) shapes.add(Buffer.from((await render(letter)).data).toString('base64'));
    // Characters that the font lacks are drawn as boxes with their number: wider than any letter.
    expect(shapes.size).toBe(letters.length);
    const box = await render('\u{f0000}');
    for (const letter of letters) expect((await render(letter)).width).toBeLessThan(box.width);
  });

  it('draws markup characters as they are', async () => {
    const bold = await render('<b>A</b>');
    expect(bold.width).toBeGreaterThan(3 * (await render('A')).width);
    expect((await render('&amp;')).width).toBeGreaterThan(2 * (await render('&')).width);
    await render('<span foreground="red"');
  });

  it('gives all texts of one size the same height', async () => {
    const heights = new Set<number>();
    for (const text of ['a', 'Å', 'jpgqy', '...', 'Zoë']) heights.add((await render(text)).height);
    expect(heights.size).toBe(1);
  });

  it('cuts what is too long and ends it in an ellipsis', async () => {
    const long = await render('Pablo Diego José Francisco de Paula', { size: 20, maxWidth: 100 });
    expect(long.width).toBeLessThanOrEqual(100);
    expect(long.width).toBeGreaterThan(60);
    expect(await renderText('W', { size: 20, maxWidth: 3 })).toBeNull();
    expect((await render('x'.repeat(1_000_000), { size: 20, maxWidth: 300 })).width).toBeLessThanOrEqual(300);
  });

  it('draws nothing for text without visible characters', async () => {
    for (const text of ['', ' ', '\n\t', '\u0000\u0007', '\u202e'])
      expect(await renderText(text, line)).toBeNull();
  });
});

describe('cleanText', () => {
  it('takes out control characters and direction overrides and joins lines', () => {
    expect(cleanText('a\u0000b\u001b[31mc')).toBe('ab[31mc');
    expect(cleanText(' two\r\n lines\t ')).toBe('two lines');
    expect(cleanText('\u202eabc\u202c \ud800x')).toBe('abc x');
  });
});

describe('annotateImage', () => {
  const mark: FaceMark = {
    box: { left: 40, top: 60, width: 50, height: 50 },
    landmarks: [[55, 80]],
    label: 'Zoë',
    tone: 'known',
  };

  it('draws box, dot and plate and leaves the rest and the original alone', async () => {
    const image = darkImage(200, 150);
    const before = image.data.slice();
    const result = await annotateImage(image, [mark]);
    expect(image.data).toEqual(before);
    expect(pixel(result, 40, 90)).toEqual([21, 128, 61]);
    expect(pixel(result, 89, 90)).toEqual([21, 128, 61]);
    expect(pixel(result, 55, 80)).toEqual([255, 255, 255]);
    expect(pixel(result, 65, 100)).toEqual([20, 20, 20]);
    expect(pixel(result, 150, 20)).toEqual([20, 20, 20]);
    // The plate stands on the box, with white letters on the box's color.
    const plate = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 20 }, (_, j) => pixel(result, 42 + j, 46 + i)),
    );
    expect(plate.flat()).toContainEqual([21, 128, 61]);
    expect(plate.flat()).toContainEqual([255, 255, 255]);
  });

  it('gives gray images three channels', async () => {
    expect(await annotateImage(noiseImage(30, 30, 1), [])).toMatchObject({ channels: 3, width: 30 });
  });

  it('keeps plates inside the frame, wherever the box is', async () => {
    const name = { label: 'Name', tone: 'known' } as const;
    const boxes = [
      { left: -20, top: -20, width: 50, height: 50 },
      { left: 170, top: 120, width: 60, height: 60 },
      { left: 0, top: 0, width: 200, height: 150 },
      { left: 500, top: 500, width: 10, height: 10 },
    ];
    const whole = countLight(await annotateImage(darkImage(200, 150), [{ ...mark, ...name, landmarks: [] }]));
    const bare = countLight(await annotateImage(darkImage(200, 150), [{ box: mark.box, tone: 'known' }]));
    for (const box of boxes) {
      const labeled = countLight(await annotateImage(darkImage(200, 150), [{ box, ...name }]));
      const plain = countLight(await annotateImage(darkImage(200, 150), [{ box, tone: 'known' }]));
      // As many light letter pixels as in the middle of the frame, but for those that cover the box's light rim.
      expect(labeled - plain).toBeGreaterThan((whole - bare) * 0.6);
    }
  });

  it('puts plates of faces side by side apart from each other', async () => {
    const marks: FaceMark[] = [0, 1, 2].map((i) => ({
      box: { left: 20 + 45 * i, top: 60, width: 40, height: 40 },
      label: 'Somebody',
      tone: 'unknown',
    }));
    const one = countLight(await annotateImage(darkImage(250, 200), marks.slice(0, 1)));
    const bare = countLight(
      await annotateImage(darkImage(250, 200), [{ box: marks[0]!.box, tone: 'unknown' }]),
    );
    const three = countLight(await annotateImage(darkImage(250, 200), marks));
    expect(three).toBeGreaterThan(3 * bare + 2.6 * (one - bare));
  });

  it('refuses boxes and points without numbers, unknown tones and impossible options', async () => {
    const image = darkImage(20, 20);
    for (const bad of [
      { box: { left: Number.NaN, top: 0, width: 1, height: 1 } },
      { ...mark, landmarks: [[Number.POSITIVE_INFINITY, 1]] },
      { ...mark, tone: 'toString' },
    ]) {
      await expect(annotateImage(image, [bad as never])).rejects.toMatchObject({
        code: 'ERR_INVALID_ARGUMENT',
      });
    }
    await expect(annotateImage(image, [mark], { fontSize: 2 })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await expect(annotateImage(image, [mark], { lineWidth: 0 })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});

describe('the font', () => {
  it('is the file that its README names', () => {
    const font = readFileSync(new URL('../../../assets/fonts/DejaVuSansCondensed-Bold.ttf', import.meta.url));
    const sum = createHash('sha256').update(font).digest('hex');
    const readme = readFileSync(new URL('../../../assets/fonts/README.md', import.meta.url), 'utf8');
    expect(readme).toContain(sum);
  });
});

function countLight(image: Image): number {
  let count = 0;
  for (let i = 0; i < image.data.length; i += 3)
    if (image.data[i]! > 200 && image.data[i + 2]! > 200) count++;
  return count;
}
