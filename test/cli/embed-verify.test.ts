import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../src/core/embed/npy.ts';
import { type ImageLine, jsonLines, media, photoFolder, runCli, sideBySide } from './run-cli.ts';

describe('face-trigger embed', () => {
  it('gives the same 128 numbers as JSON and as .npy rows', async () => {
    const folder = await photoFolder({
      '1.jpg': 'audrey.jpg',
      '2.png': 'icon_happy.png',
      '3.png': await sideBySide('franck_01829.jpg', 'cage2_crop.jpg'),
    });
    const npy = join(folder, 'faces.npy');
    const run = await runCli(['embed', folder, '--json', '--npy', npy]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const embeddings = jsonLines<ImageLine>(run).flatMap(({ faces }) =>
      faces!.map(({ embedding }) => embedding!),
    );
    const matrix = decodeNpy(await readFile(npy));
    expect([matrix.rows, matrix.columns]).toEqual([3, 128]);
    expect(Float32Array.from(embeddings.flat())).toEqual(matrix.data);
  });

  it('writes a matrix without rows where there is no face', async () => {
    const folder = await photoFolder({ '1.png': 'icon_happy.png' });
    const npy = join(folder, 'faces.npy');
    expect((await runCli(['embed', folder, '--npy', npy])).status).toBe(0);
    expect(decodeNpy(await readFile(npy))).toMatchObject({ rows: 0, columns: 128 });
  });
});

interface VerifyLine {
  readonly same: boolean;
  readonly distance: number;
  readonly maxDistance: number;
  readonly images: readonly { readonly image: string; readonly faceCount: number }[];
}

describe('face-trigger verify', () => {
  it('tells the same person from another, and ends with 0 for both', async () => {
    const same = await runCli(['verify', media('franck_01829.jpg'), media('franck_04117.jpg'), '--json']);
    const other = await runCli(['verify', media('franck_01829.jpg'), media('cage.jpg'), '--json']);
    expect([same.status, other.status]).toEqual([0, 0]);
    const [first, second] = [jsonLines<VerifyLine>(same)[0]!, jsonLines<VerifyLine>(other)[0]!];
    expect([first.same, second.same]).toEqual([true, false]);
    expect(first.distance).toBeLessThanOrEqual(first.maxDistance);
    expect(second.distance).toBeGreaterThan(second.maxDistance);
  });

  it('ends with 1 for different people when asked to by --exit-code', async () => {
    const run = await runCli(['verify', media('franck_01829.jpg'), media('cage.jpg'), '--exit-code']);
    expect(run.status).toBe(1);
    expect(run.stdout).toMatch(/^different people: distance [\d.]+ > 0\.6$/m);
  });

  it('compares the largest of several faces and says how many there are', async () => {
    const folder = await photoFolder({ 'two.png': await sideBySide('franck_01829.jpg', 'cage2_crop.jpg') });
    const run = await runCli(['verify', join(folder, 'two.png'), media('cage.jpg'), '--json']);
    expect(jsonLines<VerifyLine>(run)[0]!.images.map(({ faceCount }) => faceCount)).toEqual([2, 1]);
  });

  it('ends with 5 for a photo without a face and with 3 for one that cannot be read', async () => {
    const noFace = await runCli(['verify', media('audrey.jpg'), media('icon_happy.png')]);
    expect(noFace.status).toBe(5);
    expect(noFace.stderr).toContain('There is no face in');
    const gone = await runCli(['verify', media('audrey.jpg'), media('gone.jpg')]);
    expect(gone.status).toBe(3);
  });
});
