import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A film that is served as a camera: it runs at its own speed, for ever, to everybody who asks. */
export async function filmCamera(film: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const children: ChildProcess[] = [];
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp2t' });
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
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.ts`,
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
