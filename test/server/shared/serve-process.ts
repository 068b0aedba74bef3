import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../../bin/face-trigger.js', import.meta.url));

/** A server as a user starts it: a process of its own, in a folder of its own. */
export interface ServeProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** As a power cut does. */
  kill(): Promise<void>;
}

/** Starts `face-trigger serve`, and waits until it listens. */
export async function startServe(gallery: string, args: readonly string[] = []): Promise<ServeProcess> {
  const cwd = mkdtempSync(join(tmpdir(), 'face-trigger-serve-'));
  const all = [
    'serve',
    '--gallery',
    gallery,
    '--port',
    '0',
    '--threads',
    '1',
    '--log-level',
    'error',
    ...args,
  ];
  const child = spawn(process.execPath, [BIN, ...all], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      rmSync(cwd, { recursive: true, force: true });
      resolve();
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stderr!.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /listens on (\S+);/.exec(text);
      if (found) resolve(found[1]!);
    });
    child.once('exit', () => reject(new Error(text)));
  });
  return {
    url,
    child,
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

/** A request below /api/v1. */
export function ask(
  { url }: Pick<ServeProcess, 'url'>,
  path: string,
  {
    key,
    gallery,
    body,
    ...init
  }: Omit<RequestInit, 'body'> & { key?: string; gallery?: string; body?: unknown } = {},
): Promise<Response> {
  const isBytes = body instanceof Uint8Array;
  return fetch(`${url}/api/v1${path}`, {
    ...init,
    headers: {
      ...(key !== undefined && { 'x-api-key': key }),
      ...(gallery !== undefined && { 'x-gallery': gallery }),
      ...(body !== undefined && { 'content-type': isBytes ? 'image/jpeg' : 'application/json' }),
    },
    ...(body !== undefined && { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
}

/** An event as it came. */
export interface StreamedEvent {
  readonly id: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Listens to a server's events until it is ended, or the server is. */
export function listenToEvents(
  { url }: Pick<ServeProcess, 'url'>,
  { key, after }: { readonly key: string; readonly after?: number },
) {
  const events: StreamedEvent[] = [];
  const end = new AbortController();
  const headers = { 'x-api-key': key, ...(after !== undefined && { 'last-event-id': String(after) }) };
  const connected = deferred();
  const done = (async () => {
    try {
      const { body } = await fetch(`${url}/api/v1/events`, { headers, signal: end.signal });
      let text = '';
      for await (const part of body!.pipeThrough(new TextDecoderStream())) {
        connected.resolve();
        text += part;
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) {
          const found = /^id: (\d+)\nevent: (\S+)\ndata: (.*)$/.exec(block);
          if (found) events.push({ id: Number(found[1]), type: found[2]!, data: JSON.parse(found[3]!) });
        }
      }
    } catch {
      connected.resolve();
    }
  })();
  return { events, connected: connected.promise, end: () => end.abort(), done };
}

function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
