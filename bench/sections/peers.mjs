import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, startNode } from '../child.mjs';
import { Contestant, compete, ratioAim } from '../contest.mjs';

const FOLDER = join(ROOT, 'bench/peers');
const SIZES = ['250x250', '640x480'];

/** The same work in @vladmandic/face-api, in turns, one thread each. */
export const peers = {
  name: 'peers',
  title: 'Beside @vladmandic/face-api',
  columns: {
    what: 'work',
    image: 'image',
    ourMedian: 'face-trigger ms, median',
    ourMin: 'min',
    theirMedian: 'face-api ms, median',
    theirMin: 'min',
    ratio: 'times as fast',
    ratioOfMinima: 'of minima',
  },

  async run({ images, quick, log }) {
    const problem = installPeers(log);
    if (problem !== null) return { skipped: problem };
    const paths = [await images.ppm(await images.one()), await images.ppm(await images.vga())];
    const start = (name) =>
      Contestant.start(startNode([`bench/contestants/${name}.mjs`, ...paths], { stdin: 'pipe' }), name);
    const ours = await start('face-trigger');
    const theirs = await start('face-api');
    const matches = [
      { what: 'embed one face', image: SIZES[0], index: 0, ours: 'embed-1', theirs: 'embed-1' },
      {
        what: 'landmarks (5 : 68 points)',
        image: SIZES[0],
        index: 0,
        ours: 'landmarks',
        theirs: 'landmarks',
      },
      ...SIZES.flatMap((image, index) => [
        {
          what: 'detect (MMOD, faces from 80 px : SSD)',
          image,
          index,
          ours: 'detect-80',
          theirs: 'detect-ssd',
        },
        {
          what: 'detect (MMOD, faces from 80 px : tiny 416)',
          image,
          index,
          ours: 'detect-80',
          theirs: 'detect-tiny',
        },
        { what: 'whole chain (: SSD)', image, index, ours: 'chain-80', theirs: 'chain-ssd' },
        { what: 'whole chain (: tiny 416)', image, index, ours: 'chain-80', theirs: 'chain-tiny' },
      ]),
    ];
    const rows = await compete({ ours, theirs }, matches, { quick, log });
    await Promise.all([ours.end(), theirs.end()]);
    const embed = { what: 'embed one face', image: SIZES[0], least: 4, aim: 'embed at least 4x face-api' };
    return { facts: { ours: ours.ready, theirs: theirs.ready }, rows, aims: [ratioAim(rows, embed)] };
  },
};

/** @returns why the peers cannot run here, or null */
function installPeers(log) {
  const { dependencies } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8'));
  const isInstalled = Object.entries(dependencies).every(([name, version]) => {
    const path = join(FOLDER, 'node_modules', name, 'package.json');
    return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).version === version;
  });
  if (isInstalled) return null;
  log('installing bench/peers (once)');
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefix', 'bench/peers'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return null;
  return `npm ci --prefix bench/peers ${error ? `failed: ${error.message}` : `ended with exit status ${status}`}`;
}
