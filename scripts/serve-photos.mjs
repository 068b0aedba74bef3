import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { run } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

const BIN = join(ROOT, 'bin/face-trigger.js');
const TRIES = 1200;

/** Scans the folder `photos` in a folder into a library beside it, as users do. @returns the library */
export async function scanBeside(folder) {
  const library = join(folder, 'photos.db');
  await run(process.execPath, [
    ...[BIN, 'photos', 'scan', join(folder, 'photos'), '--library', library, '--no-progress'],
  ]);
  return library;
}

/** A server over a library of photos, in a process of its own; files that it makes go beside the library. */
export class PhotoServer {
  /** The page's address. */
  url;
  #child;

  constructor(url, child) {
    this.url = url;
    this.#child = child;
  }

  /** Starts it and waits until it answers and all faces are grouped. */
  static async start(library, port) {
    const beside = (name) => join(library, '..', name);
    const files = ['--keys', beside('keys.json'), '--settings', beside('settings.json')];
    const options = [
      '--gallery',
      library,
      '--port',
      String(port),
      '--log-level',
      'error',
      '--rate',
      '100000',
    ];
    const child = spawn(process.execPath, [BIN, 'serve', ...options, ...files], {
      stdio: ['ignore', 'inherit', 'ignore'],
    });
    const server = new PhotoServer(`http://127.0.0.1:${port}/`, child);
    try {
      await until(async () => (await server.#fetch('/ready').catch(() => null))?.ok);
      await server.grouped();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  async get(path) {
    return (await this.#fetch(path)).json();
  }

  async post(path, body) {
    const headers = { 'content-type': 'application/json' };
    await this.#fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** Waits until all that was decided has gone into the groups. */
  grouped() {
    return until(async () => (await this.get('/photos/questions?limit=1')).grouping === 'current');
  }

  async close() {
    this.#child.kill();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }

  async #fetch(path, options) {
    const response = await fetch(`${this.url}api/v1${path}`, options);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

/** Waits until something is so. */
export async function until(isSo) {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await isSo()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('It did not come');
}
