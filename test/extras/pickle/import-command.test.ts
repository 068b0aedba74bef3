import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../../src/core/embed/npy.ts';
import { FaceRecognizer } from '../../../src/people/face-recognizer.ts';
import { copiedPack } from '../../cli/copied-pack.ts';
import { photoFolder, runCli } from '../../cli/run-cli.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/legacy/${name}`, import.meta.url));

describe('face-trigger import', () => {
  it('makes a model folder of a joblib classifier and a pickled label encoder that a recognizer loads', async () => {
    const folder = await photoFolder({});
    const out = join(folder, 'model');
    const args = [
      'import',
      'classifier',
      fixture('dlib.joblib'),
      '--labels',
      fixture('label-encoder.joblib'),
      '--out',
      out,
    ];
    const run = await runCli([...args, '--json']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual({
      model: out,
      labels: ['Ann', 'Bob', 'Zoë Ü'],
      sklearnVersion: '1.2.1',
      skipped: [],
    });
    await using recognizer = await FaceRecognizer.create({
      classifierModelPath: join(out, 'classifier.onnx'),
      labelMapPath: join(out, 'labels.json'),
    });
    const golden = JSON.parse(await readFile(fixture('golden.json'), 'utf8')) as {
      dlib: { probes: number[][] };
    };
    const probes = golden.dlib.probes.map((probe) => Float32Array.from(probe));
    expect(await recognizer.infer([probes[2]!])).toBe('Zoë Ü');
  });

  it('makes a gallery folder of face_recognition encodings that the gallery takes', async () => {
    const folder = await photoFolder({});
    const out = join(folder, 'people');
    const args = ['import', 'encodings', fixture('encodings-lists.pkl'), '--out', out, '--json'];
    const run = await runCli(args);
    expect(JSON.parse(run.stdout)).toMatchObject({
      people: [
        { name: 'Ann', faces: 2 },
        { name: 'Bob', faces: 1 },
      ],
      moved: null,
    });
    expect(decodeNpy(await readFile(join(out, 'embeddings.npy')))).toMatchObject({ rows: 3, columns: 128 });
    const gallery = ['--gallery', join(folder, 'gallery.db')];
    const first = await runCli(['gallery', 'import', join(out, 'gallery.jsonl'), ...gallery]);
    expect(first).toMatchObject({ status: 0, stdout: expect.stringContaining('2 people, 3 faces') });
    const again = await runCli(['gallery', 'import', join(out, 'gallery.jsonl'), ...gallery]);
    expect(again.stdout).toContain('0 people, 0 faces');
    expect(JSON.parse((await runCli(args)).stdout)).toMatchObject({ moved: `${out}.1` });
  });

  it('writes the embedder of --models down, and refuses numbers that it does not make', async () => {
    const folder = await photoFolder({});
    const models = await copiedPack(folder);
    const out = (name: string) => join(folder, name);
    const classifier = ['import', 'classifier', fixture('dlib.joblib')].concat(
      '--labels',
      fixture('label-encoder.joblib'),
    );
    const encodings = ['import', 'encodings', fixture('encodings-lists.pkl')];
    expect(await runCli([...encodings, '--out', out('people'), '--models', models])).toMatchObject({
      status: 0,
    });
    const [line] = (await readFile(join(out('people'), 'gallery.jsonl'), 'utf8')).split('\n');
    expect(line).toContain('f'.repeat(64));
    expect(await runCli([...classifier, '--out', out('model'), '--models', models])).toMatchObject({
      status: 0,
    });
    const model = JSON.parse(await readFile(join(out('model'), 'model.json'), 'utf8'));
    expect(model).toMatchObject({ embedder: { id: 'house' }, thresholds: { maxDistance: 0.4 } });
    for (const command of [classifier, encodings]) {
      const refused = await runCli([...command, '--out', out('none'), '--models', 'mobilefacenet']);
      expect(refused).toMatchObject({ status: 4, stderr: expect.stringContaining('192-D') });
    }
  });

  it('refuses what it does not know, by name, and writes nothing', async () => {
    const out = join(await photoFolder({}), 'model');
    const refused = await runCli(['import', 'classifier', fixture('refused-logistic.pkl'), '--out', out]);
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('LogisticRegression') });
    const other = await runCli(['import', 'classifier', fixture('three.joblib'), '--out', out]);
    expect(other).toMatchObject({ status: 4, stderr: expect.stringContaining('128-D') });
    await expect(readFile(join(out, 'model.json'))).rejects.toThrow('ENOENT');
  });
});
