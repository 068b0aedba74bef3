import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { type OpenGalleryOptions, openGallery } from '../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../src/models/dlib/dlib-facts.ts';
import { NO_PGVECTOR, NO_POSTGRES, pgvectorServer, startPostgres } from './stores/postgres/test-postgres.ts';
import { TEST_EMBEDDER } from './synthetic-people.ts';

/** The kinds of stores that a gallery can live in, with their indexes, as far as they are here. */
export const STORES: readonly ('sqlite' | 'memory' | 'postgres' | 'pgvector')[] = [
  ...(['sqlite', 'memory'] as const),
  ...(NO_POSTGRES === null ? (['postgres'] as const) : []),
  ...(NO_PGVECTOR === null ? (['pgvector'] as const) : []),
];

/** How a gallery of the tests is opened. */
export interface TestGalleryOptions extends OpenGalleryOptions {
  /** @defaultValue a file in a folder of its own */
  readonly path?: string;
}

/** A folder for the current test file's galleries; everything in it is closed and removed after each test. */
export function temporaryGalleries() {
  const folders: string[] = [];
  const galleries: Gallery[] = [];
  const servers = new Map<string, ReturnType<typeof startWithDatabase>>();
  afterAll(async () => {
    for (const server of servers.values()) await (await server).server.stop();
  });
  afterEach(async () => {
    for (const gallery of galleries.splice(0)) await gallery.dispose();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const folder = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'face-trigger-gallery-'));
    folders.push(path);
    return path;
  };
  const open = async ({ path, ...options }: TestGalleryOptions = {}): Promise<Gallery> => {
    const gallery = await openGallery(path ?? join(folder(), 'gallery.db'), {
      embedder: TEST_EMBEDDER,
      // Of a Euclidean gallery of an embedder that nobody knows they would be assumed, with a warning.
      ...((options.embedder ?? TEST_EMBEDDER) === TEST_EMBEDDER && { distances: DLIB_FACTS }),
      ...options,
    });
    galleries.push(gallery);
    return gallery;
  };
  /** Opens galleries in a kind of store unless told where. */
  const openIn =
    (store: (typeof STORES)[number]) =>
    async (options: TestGalleryOptions = {}) => {
      if (store === 'sqlite') return open(options);
      if (store === 'memory') return open({ path: 'memory:', ...options });
      if (!servers.has(store)) servers.set(store, startWithDatabase(store));
      const { database } = await servers.get(store)!;
      const index = store === 'pgvector' ? 'pgvector' : 'memory';
      return open({ path: `${database}?gallery=test-${crypto.randomUUID()}&index=${index}`, ...options });
    };
  return { folder, open, openIn };
}

async function startWithDatabase(store: 'postgres' | 'pgvector') {
  const server = await (store === 'pgvector' ? pgvectorServer() : startPostgres());
  return { server, database: await server.createDatabase() };
}

/**
 * The bytes of a file that this process may have open as a database.
 *
 * @remarks Read by another process: closing any handle of a file takes all of a process's locks on it away, and the next
 * program that closes the database removes the log under this one.
 */
function bytesOf(path: string): Buffer {
  const print = 'process.stdout.write(require("node:fs").readFileSync(process.argv[1]))';
  return execFileSync(process.execPath, ['-e', print, path], { maxBuffer: 2 ** 30 });
}

/** Names of the files of a folder that contain any of the byte strings. */
export function filesContaining(folder: string, needles: readonly Uint8Array[]): string[] {
  return readdirSync(folder).filter((name) => {
    const bytes = bytesOf(join(folder, name));
    return needles.some((needle) => bytes.includes(Buffer.from(needle)));
  });
}
