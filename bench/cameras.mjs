// Several cameras of a home in one process, beside one camera:
//   node bench/cameras.mjs [--cameras 1,4] [--minutes 1] [--workers 1] [--threads 1] [--fps 5]
// Needs dist/ and models/ (node scripts/bootstrap.mjs), ffmpeg, and Linux, whose /proc tells what processes use. Each
// camera is a film of 1280 x 720 that ffmpeg serves over HTTP at its own speed. Before half of them a man comes and goes
// every ten seconds; before the others something moves all the time, so that faces are looked for in every frame.
// "Late" is the time from a frame's arrival to its event. Prints the environment and a line of JSON for each row.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runNode } from './child.mjs';
import { describeEnvironment } from './environment.mjs';
import { SIZE, startFilmCameras } from './film-cameras.mjs';

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
const films = await startFilmCameras(folder, fps);
try {
  tell(describeEnvironment());
  for (const count of values.cameras.split(',').map(Number)) tell(await row(count));
} finally {
  films.close();
  rmSync(folder, { recursive: true, force: true });
}

async function row(count) {
  const people = Math.ceil(count / 2);
  const cameras = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `camera-${i + 1}`,
      { url: `${films.host}/${i < people ? 'person' : 'pattern'}-${i + 1}.ts` },
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

function tell(line) {
  console.log(JSON.stringify(line));
}
