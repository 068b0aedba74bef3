import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './start-server.ts';

const SIZE = 12_000_000;
const PIECE = Buffer.alloc(256 * 1024, ' ');

let test: TestServer;
beforeAll(async () => {
  test = await startServer({ pool: { workers: 1, pipeline: { threads: 1 } } });
});

interface Sender {
  readonly path: string;
  readonly version?: string;
  readonly headers?: readonly string[];
  readonly chunked?: boolean;
}

async function open({ path, version = '1.1', headers = [], chunked = false }: Sender): Promise<Socket> {
  const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const lines = [
    `POST ${path} HTTP/${version}`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${SIZE}`,
    ...headers,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return socket;
}

/** As most clients do: reads nothing before everything is written. @returns the status, or how writing failed */
async function sendWhole(sender: Sender): Promise<string> {
  const socket = await open(sender);
  let failure: string | undefined;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code;
  });
  const head = Buffer.from(`${PIECE.length.toString(16)}\r\n`);
  for (let sent = 0; sent < SIZE && failure === undefined; sent += PIECE.length) {
    const piece = PIECE.subarray(0, SIZE - sent);
    const bytes = sender.chunked ? Buffer.concat([head, PIECE, Buffer.from('\r\n')]) : piece;
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  }
  if (sender.chunked) socket.write('0\r\n\r\n');
  if (failure !== undefined) return failure;
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('latin1').split(' ')[1]!;
}

describe('an answer that comes before its request is whole', () => {
  const ways: Record<string, Omit<Sender, 'path'>> = {
    'HTTP/1.1': {},
    'a last request of its connection': { headers: ['Connection: close'] },
    'HTTP/1.0': { version: '1.0' },
    chunks: { chunked: true },
    'chunks of a last request': { chunked: true, headers: ['Connection: close'] },
  };

  it.each(Object.entries(ways))('is read by a sender of %s that writes everything first', async (_, way) => {
    const key = `x-api-key: ${test.secrets.admin}`;
    const withKey = { ...way, headers: [...(way.headers ?? []), key] };
    expect(await sendWhole({ ...way, path: '/nowhere' })).toBe('404');
    expect(await sendWhole({ ...way, path: '/api/v1/nowhere' })).toBe('404');
    expect(await sendWhole({ ...way, path: '/api/v1/search' })).toBe('401');
    expect(await sendWhole({ ...withKey, path: '/api/v1/search' })).toBe('413');
    expect(await sendWhole({ ...withKey, path: '/api/v1/health' })).toBe('404');
  });

  it.each([['keep-alive'], ['close']])('lets nobody who falls silent hold a connection (%s)', async (how) => {
    const socket = await open({ path: '/nowhere', headers: [`Connection: ${how}`] });
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'close');
  });

  it('holds up no stop of the server, however long somebody goes on sending', async () => {
    const own = await startServer({ pool: { workers: 1, pipeline: { threads: 1 } } });
    const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(`POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n`);
    await once(socket, 'data');
    const closed = once(socket, 'close');
    const stopped = own.server.close();
    while (!socket.destroyed) {
      socket.write('x');
      await pause(200);
    }
    await closed;
    await stopped;
  });
});
