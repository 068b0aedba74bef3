import type { FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { GalleryMatch } from '../gallery/gallery-types.ts';
import type { ServedHome } from '../home/served-home.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Analysis, AnalysisJob } from './analysis-job.ts';
import type { ApiKeyScope } from './api-key-scopes.ts';
import { ownerOf } from './body-gate.ts';
import type { ServerEvents } from './event-hub.ts';
import type { PhotoDesk } from './photos/photo-desk.ts';
import type { FormText } from './read-form.ts';
import { readUploads } from './read-upload.ts';
import type { ServerMetrics } from './server-metrics.ts';
import type { ServerSettings } from './server-settings.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Bounds of what a request may ask. */
export interface ServerLimits {
  /** Bytes of a picture. */
  readonly maxUploadBytes: number;
  /** Pixels of a picture. */
  readonly maxPixels: number;
  /** From the first byte of a request to its answer. */
  readonly timeoutMs: number;
}

/** What routes work with: the server's parts, and those of the gallery that a request is for. */
export interface ServerContext {
  /** The gallery's. */
  readonly name: string;
  readonly gallery: Gallery;
  readonly pool: WorkerPool;
  readonly events: ServerEvents;
  readonly metrics: ServerMetrics;
  readonly limits: ServerLimits;
  readonly settings: ServerSettings;
  /** `null`: this server knows none. */
  readonly jobs: JobQueue | null;
  /** `null`: this server watches no cameras for the gallery. */
  readonly home: ServedHome | null;
  /** `null`: this server shows no photos for the gallery. */
  readonly photos: PhotoDesk | null;
  /** Whether the server was told to stop. */
  readonly isStopping: () => boolean;
  /** Faces looked for unless a request says otherwise, in pixels; absent: by the picture's size. */
  readonly minFaceSize?: number | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** For the gallery of its key, or of its header x-gallery. Set once the key is known. */
    here: ServerContext;
  }
  interface FastifyContextConfig {
    /** What a key must be allowed to do for this route, 'any' for every valid key; absent where none is needed. */
    scope?: ApiKeyScope | 'any' | undefined;
    /** The key's secret is the path's parameter "key", for pages that can't send headers with a picture's address. */
    keyInPath?: boolean | undefined;
    /** How pictures come with requests, by content type; absent where none do. */
    upload?: object | undefined;
    /** How many of them at most. @defaultValue 1 */
    pictures?: number | undefined;
    /** Largest document of a route without pictures, in bytes. @defaultValue `MAX_DOCUMENT_BYTES` */
    documentBytes?: number | undefined;
  }
}

/**
 * Counts a face that was searched for, and tells who listens to events whose it is.
 *
 * @param sighting.best - the nearest person who is near enough
 * @param sighting.shows - the same of a face that is not live, which is nobody's
 */
export function reportSighting(
  { events, metrics }: ServerContext,
  {
    box,
    best,
    liveness,
    shows,
  }: {
    readonly box: Box;
    readonly best: GalleryMatch | undefined;
    readonly liveness?: Liveness | undefined;
    readonly shows?: GalleryMatch | undefined;
  },
): void {
  if (liveness?.live === false) {
    metrics.faces.inc({ outcome: 'not live' });
    const { score, attackKind } = liveness;
    const person = shows && { personId: shows.person.id, name: shows.person.name };
    void events.publish('face.spoofed', { ...person, score, attackKind, box });
    return;
  }
  metrics.faces.inc({ outcome: best ? 'recognized' : 'unknown' });
  if (best) {
    const { person, distance, probability } = best;
    const { id: personId, name } = person;
    void events.publish('face.recognized', { personId, name, distance, probability, box });
  } else void events.publish('face.unknown', { box });
}

/** Reads the pictures of a request and looks at each, within the limits; canceled when the client goes away. */
export async function analyzeUploads(
  context: ServerContext,
  request: FastifyRequest,
  {
    names,
    job,
    onTexts,
  }: {
    readonly names: readonly string[];
    /** Gets the texts of a form before the work begins, and may refuse it. */
    readonly onTexts?: ((texts: readonly FormText[]) => void) | undefined;
    readonly job: Omit<AnalysisJob, 'bytes' | 'jsonField' | 'maxBytes' | 'maxPixels'>;
  },
): Promise<readonly Analysis[]> {
  const { pool, limits } = context;
  const { life } = request;
  const { maxUploadBytes: maxBytes, maxPixels } = limits;
  const late = new FaceTriggerError('ERR_TIMEOUT', `The work took longer than ${limits.timeoutMs} ms`);
  const timer = setTimeout(() => life.cancel(late), limits.timeoutMs);
  life.hold(() => clearTimeout(timer));
  const { pictures, texts } = await unlessAborted(readUploads(request, { names, maxBytes }), life.signal);
  onTexts?.(texts);
  const options = { signal: life.signal, owner: ownerOf(request) };
  const minFaceSize = job.minFaceSize ?? context.minFaceSize;
  const work = { ...job, minFaceSize, maxBytes, maxPixels };
  return Promise.all(pictures.map((upload) => pool.run({ ...work, ...upload }, options)));
}

/** Waits for a promise, or rejects with the reason of a signal once it is aborted. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort!);
  }
}
