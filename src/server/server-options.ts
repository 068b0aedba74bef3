import { invalidArgument } from '../core/errors.ts';
import type { Optional } from '../core/options/optional.ts';
import { withoutUndefined } from '../core/options/without-undefined.ts';
import type { GalleryShelf } from '../gallery/collection/gallery-shelf.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { ServedHome } from '../home/served-home.ts';
import type { PhotoLibrary } from '../photos/photo-library.ts';
import type { ApiKeys } from './api-keys.ts';
import type { ServerLimits } from './server-context.ts';
import type { ServerJobsOptions } from './server-jobs.ts';
import type { ServerSettings } from './server-settings.ts';
import type { ServerDatabase } from './shared/server-database.ts';
import type { WorkerPoolOptions } from './worker-pool.ts';

/** How a server is made. */
export interface ServerOptions extends Optional<ServerLimits> {
  /** Its embedder must be that of the pipeline. The server does not dispose it. */
  readonly gallery: Gallery;
  /** `null`: everybody who reaches the server may do everything; allowed on a loopback address only. */
  readonly keys: ApiKeys | null;
  /**
   * Where keys made in the web page are kept while there are none. From the first one on, which must be an 'admin'
   * key, no request works without a key. Only where {@link ServerOptions.keys} is `null`.
   */
  readonly firstKeys?: ApiKeys | undefined;
  /** What the keys and the header x-gallery call {@link ServerOptions.gallery}. @defaultValue 'default' */
  readonly galleryName?: string | undefined;
  /**
   * Other galleries that it answers for, by the key or by the header x-gallery. The server does not dispose of them.
   * @defaultValue none
   */
  readonly galleries?: GalleryShelf | undefined;
  /**
   * What it has in common with other servers over one database, in which its galleries are: events, limits, and the
   * settings where `settings` are not given. The server does not dispose of it. @defaultValue nothing: all that is its
   * own
   */
  readonly shared?: ServerDatabase | undefined;
  /** Where the settings of the other galleries are kept. @defaultValue in `shared`, or in memory only */
  readonly settingsOf?: ((gallery: string, maxDistance: number) => Promise<ServerSettings>) | undefined;
  /**
   * How long it goes on to take requests once it is told to stop, while `/ready` says that it stops, so that whoever
   * spreads requests over several servers leaves it out. @defaultValue 0
   */
  readonly stopAfterMs?: number | undefined;
  /** What can be changed while the server runs. @defaultValue kept in memory only */
  readonly settings?: ServerSettings | undefined;
  /** The version that the documentation shows. */
  readonly version: string;
  /** @defaultValue '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 takes any free one. @defaultValue 8000, as CompreFace */
  readonly port?: number | undefined;
  /** Jobs of the gallery. @defaultValue none: routes of jobs answer `ERR_CONFLICT` */
  readonly jobs?: ServerJobsOptions | undefined;
  /**
   * Cameras that are watched for the gallery, what they saw, and who is there. The server does not close it.
   * @defaultValue none: routes of a home answer `ERR_NOT_FOUND`, and the page has no rooms for it
   */
  readonly home?: ServedHome | undefined;
  /**
   * The photos beside the gallery. The server does not close them. @defaultValue none: routes of photos answer
   * `ERR_NOT_FOUND`, and the page has no rooms for them
   */
  readonly photos?: Pick<PhotoLibrary, 'address' | 'gallery' | 'store'> | undefined;
  /** Processes and queue for pictures. */
  readonly pool?: WorkerPoolOptions | undefined;
  /** Farther away than this is unknown; not with `settings`. @defaultValue the gallery's `thresholds.identify` */
  readonly maxDistance?: number | undefined;
  /** Faces looked for unless a request says otherwise, in pixels. @defaultValue by the picture's size */
  readonly minFaceSize?: number | undefined;
  /** Requests a minute of one key, or of one address where there is none. @defaultValue 600 */
  readonly requestsPerMinute?: number | undefined;
  /** Web pages elsewhere that may call the server, such as "https://example.org". @defaultValue none */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * Addresses of proxies (or networks, such as "10.0.0.0/8") whose header X-Forwarded-For says who asks. @defaultValue
   * none: whoever connects is who asks
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Folder of the web page. @defaultValue the package's, where it is built */
  readonly webFolder?: string | undefined;
  /** What is logged, as JSON lines; no picture, embedding or name at 'info'. @defaultValue 'info' */
  readonly logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent' | undefined;
  /** Where the log goes. @defaultValue standard output, where lines are dropped and counted while it has no room */
  readonly logStream?: { write(line: string): void } | undefined;
}

/** Defaults of {@link ServerLimits}. */
export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  maxUploadBytes: 10_000_000,
  maxPixels: 30_000_000,
  timeoutMs: 30_000,
};

/**
 * The limits of a server.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for one that is no integer >= 1
 */
export function readLimits({ maxUploadBytes, maxPixels, timeoutMs }: ServerOptions): ServerLimits {
  const given = { maxUploadBytes, maxPixels, timeoutMs };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw invalidArgument('an integer >= 1', `options.${name}`, value);
  }
  return { ...DEFAULT_SERVER_LIMITS, ...withoutUndefined(given) };
}
