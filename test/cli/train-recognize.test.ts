import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ImageLine, jsonLines, media, photoFolder, runCli, sideBySide } from './run-cli.ts';

interface TrainLine {
  readonly people: readonly { readonly label: string; readonly photos: number }[];
  readonly classifier: { readonly kind: string; readonly C: number | null };
  readonly left: readonly string[];
  readonly skipped: readonly { readonly label: string; readonly photo: string; readonly reason: string }[];
}

const FRANCK = [
  'franck_01829.jpg',
  'franck_02159.jpg',
  'franck_02683.jpg',
  'franck_03909.jpg',
  'franck_04117.jpg',
];

function photosOf(label: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`people/${label}/${name}`, name]));
}

describe('face-trigger train', () => {
  it('says that one photo is there under two names, and counts a photo once that a person has twice', async () => {
    const folder = await photoFolder({
      'people/Ada/1.jpg': 'audrey.jpg',
      'people/Ada/copy of 1.jpg': 'audrey.jpg',
      'people/Beth/x.jpg': 'audrey.jpg',
      'people/Cy/1.jpg': 'cage.jpg',
      'people/Dan/1.psd': Buffer.from('8BPS'),
      'people/@eaDir/x.jpg': 'franck_01829.jpg',
    });
    const args = ['train', 'people', '--out', 'model'];
    const run = await runCli([...args, '--json'], { cwd: folder });
    const [line] = jsonLines<TrainLine & { shared: readonly object[]; ignored: readonly object[] }>(run);
    expect(line).toMatchObject({
      people: [
        { label: 'Ada', photos: 1 },
        { label: 'Beth', photos: 1 },
        { label: 'Cy', photos: 1 },
      ],
      notLearned: ['Dan'],
      left: ['Dan'],
      skipped: [
        { label: 'Dan', reason: 'unsupported' },
        { label: 'Ada', reason: 'duplicate', message: 'the same photo as people/Ada/1.jpg' },
      ],
      shared: [{ photo: 'people/Beth/x.jpg', other: { label: 'Ada', photo: 'people/Ada/1.jpg' } }],
      ignored: [{ path: 'people/@eaDir', reason: 'system' }],
    });
    const { stderr } = await runCli(args, { cwd: folder });
    expect(stderr).toContain('people/Beth/x.jpg is the same picture as people/Ada/1.jpg');
    expect(stderr).toContain('not learned: Dan');
    expect(stderr).toContain('people/@eaDir: a folder of the system');
  });

  it('says who was learned, which photos were skipped and why, and where the model is', async () => {
    const folder = await photoFolder({
      ...photosOf('Frañck 李', FRANCK.slice(0, 3)),
      'people/Audrey.jpg': 'audrey.jpg',
      'people/Audrey 2.jpg': await sideBySide('audrey_crop.jpg', 'cage2_crop.jpg'),
      'people/Audrey 3.jpg': 'icon_happy.png',
      'people/Audrey 4.jpg': Buffer.from('?'),
      'people/Nobody/1.png': 'icon_sad.png',
    });
    const args = [
      'train',
      join(folder, 'people'),
      '--out',
      join(folder, 'my model'),
      '--min-face-size',
      '40',
    ];
    const run = await runCli([...args, '--json']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const [line] = jsonLines<TrainLine>(run);
    expect(line!.people).toEqual([
      { label: 'Audrey', photos: 1 },
      { label: 'Frañck 李', photos: 3 },
    ]);
    expect(line!.left).toEqual(['Nobody']);
    expect(line!.skipped.map(({ label, reason }) => `${label}: ${reason}`)).toEqual([
      'Audrey: several-faces',
      'Audrey: no-face',
      'Audrey: unreadable',
      'Nobody: no-face',
    ]);
    expect((await readdir(join(folder, 'my model'))).sort()).toEqual([
      'classifier.onnx',
      'labels.json',
      'model.json',
    ]);

    const shown = await runCli(args);
    expect(shown.status).toBe(0);
    expect(shown.stdout).toMatch(/^Frañck 李 +3$/m);
    expect(shown.stdout).toContain(`model: ${join(folder, 'my model')}`);
    expect(shown.stderr).toContain('Audrey 2.jpg: 2 faces found');
    expect(shown.stderr).toContain('not learned: Nobody');
  });

  it('ends with 5 and writes nothing where nobody can be learned', async () => {
    const folder = await photoFolder({
      'people/Nobody/1.png': 'icon_sad.png',
      'empty/readme.txt': Buffer.from(''),
    });
    for (const name of ['people', 'empty']) {
      const run = await runCli(['train', join(folder, name), '--out', join(folder, 'model')]);
      expect(run.status).toBe(5);
    }
    expect((await readdir(folder)).sort()).toEqual(['empty', 'people']);
  });

  it('does not replace a folder that is no model, and finds that out before it reads any photo', async () => {
    const folder = await photoFolder({
      ...photosOf('Franck', FRANCK.slice(0, 1)),
      'out/diary.txt': Buffer.from('mine'),
    });
    const run = await runCli(['train', join(folder, 'gone'), '--out', join(folder, 'out')]);
    expect(run.status).toBe(3);
    expect(run.stderr).toContain('ERR_FILE_WRITE');
    expect(await readFile(join(folder, 'out/diary.txt'), 'utf8')).toBe('mine');
  });

  it('says what is missing where a support vector machine has only one person', async () => {
    const folder = await photoFolder(photosOf('Franck', FRANCK.slice(0, 2)));
    const args = ['train', join(folder, 'people'), '--out', join(folder, 'model'), '--classifier', 'svm'];
    const run = await runCli(args);
    expect(run.status).toBe(5);
    expect(run.stderr).toContain('ERR_TOO_FEW_SAMPLES');
  });
});

describe('face-trigger recognize', () => {
  it('names those who were learned and nobody else, from one photo of one person', async () => {
    const folder = await photoFolder({
      'people/Franck.jpg': 'franck_01829.jpg',
      'party/1.jpg': 'franck_04117.jpg',
      'party/2.jpg': 'audrey.jpg',
      'party/3.png': await sideBySide('franck_03909.jpg', 'cage2_crop.jpg'),
    });
    const model = join(folder, 'model');
    expect((await runCli(['train', join(folder, 'people'), '--out', model])).status).toBe(0);
    const run = await runCli(['recognize', join(folder, 'party'), '--model', model, '--json']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const lines = jsonLines<ImageLine>(run);
    const names = lines.map(({ faces }) => faces!.map(({ identity }) => identity!.label).sort());
    expect(names).toEqual([['Franck'], [null], ['Franck', null]]);
    for (const face of lines.flatMap(({ faces }) => faces!)) {
      expect(Object.keys(face)).toEqual(['box', 'score', 'landmarks', 'identity']);
      expect(Object.keys(face.identity!)).toEqual(['label', 'probability', 'distance']);
      expect(face.identity!.distance! <= 0.56).toBe(face.identity!.label !== null);
    }

    const table = await runCli([
      'recognize',
      join(folder, 'party'),
      '--model',
      model,
      '--annotate',
      join(folder, 'out'),
    ]);
    expect(table.stdout).toMatch(/1\.jpg +1 +Franck +[\d.]+ +[\d.]+/);
    expect(table.stdout).toMatch(/2\.jpg +1 +unknown /);
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(['1.jpg', '2.jpg', '3.png']);

    const strict = [
      'recognize',
      media('franck_04117.jpg'),
      '--model',
      model,
      '--json',
      '--max-distance',
      '0.01',
    ];
    const [line] = jsonLines<ImageLine>(await runCli([...strict, '--embeddings']));
    expect(line!.faces![0]!.identity!.label).toBeNull();
    expect(line!.faces![0]!.embedding).toHaveLength(128);
  });

  it('trains a support vector machine where everybody has several photos', async () => {
    const folder = await photoFolder({
      ...photosOf('Franck', FRANCK),
      ...Object.fromEntries(
        ['audrey.jpg', 'audrey_crop.jpg', 'cage.jpg', 'cage2_crop.jpg', 'obama4_crop.jpg'].map((name) => [
          `people/others/${name}`,
          name,
        ]),
      ),
    });
    const model = join(folder, 'model');
    const trained = await runCli(['train', join(folder, 'people'), '--out', model, '--json']);
    expect(jsonLines<TrainLine>(trained)[0]!.classifier.kind).toBe('svm');
    const run = await runCli([
      'recognize',
      media('franck_02888.jpg'),
      media('cage.jpg'),
      '--model',
      model,
      '--json',
    ]);
    const names = jsonLines<ImageLine>(run).map(({ faces }) => faces![0]!.identity!.label);
    expect(names).toEqual(['Franck', 'others']);
  });

  it('ends with 4 where the model is missing, damaged or of another embedder', async () => {
    const folder = await photoFolder({ 'people/Franck.jpg': 'franck_01829.jpg' });
    const model = join(folder, 'model');
    const recognize = () => runCli(['recognize', media('audrey.jpg'), '--model', model]);
    const missing = await recognize();
    expect(missing.status).toBe(4);
    expect(missing.stderr).toContain('ERR_MODEL_NOT_FOUND');
    await runCli(['train', join(folder, 'people'), '--out', model]);
    const classifier = join(model, 'classifier.onnx');
    const whole = await readFile(classifier);
    await writeFile(classifier, whole.subarray(0, whole.length / 2));
    const damaged = await recognize();
    expect(damaged.status).toBe(4);
    expect(damaged.stderr).toContain('ERR_MODEL_FORMAT');
  });
});
