import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../errors.ts';
import type { Candidate, Gallery } from '../gallery/gallery.ts';
import type { Box } from '../geometry/box.ts';
import type { Analysis, AnalysisJob } from './analysis-job.ts';
import type { ApiKeyScope } from './api-key-scopes.ts';
import type { EventHub } from './event-hub.ts';
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

/** What routes work with. */
export interface ServerContext {
  readonly gallery: Gallery;
  readonly pool: WorkerPool;
  readonly events: EventHub;
  readonly metrics: ServerMetrics;
  readonly limits: ServerLimits;
  readonly settings: ServerSettings;
}

/** Requests that may be open for each place in the queue: some are still being read while others are worked on. */
const UPLOADS_PER_PLACE = 2;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must be allowed to do for this route, 'any' for every valid key; absent where none is needed. */
    scope?: ApiKeyScope | 'any';
    /** The key's secret is the path's parameter "key", for pages that can't send headers with a picture's address. */
    keyInPath?: boolean;
    /** How pictures come with requests, by content type; absent where none do. */
    upload?: object;
  }
}

/**
 * Counts a face that was searched for, and tells who listens to events whose it is.
 *
 * @param sighting.best - the nearest person who is near enough
 */
export function reportSighting(
  { events, metrics }: ServerContext,
  { box, best }: { readonly box: Box; readonly best: Candidate | undefined },
): void {
  metrics.faces.inc({ outcome: best ? 'recognized' : 'unknown' });
  if (best) {
    const { person, distance, probability } = best;
    const { id: personId, name } = person;
    events.publish('face.recognized', { personId, name, distance, probability, box });
  } else events.publish('face.unknown', { box });
}

/**
 * Refuses requests with pictures before they are read while there is no room for them: neither a full queue nor many
 * slow clients shall fill the memory.
 */
export function addUploadGate(server: FastifyInstance, { pool }: Pick<ServerContext, 'pool'>): void {
  const most = UPLOADS_PER_PLACE * pool.capacity;
  let open = 0;
  server.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.upload === undefined) return;
    if (pool.isFull || open >= most) {
      throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', 'The queue is full; try again later');
    }
    open++;
    reply.raw.once('close', () => open--);
  });
}

/** Reads the pictures of a request and looks at each, within the limits; cancelled when the client goes away. */
export async function analyzeUploads(
  context: ServerContext,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  {
    names,
    job,
  }: {
    readonly names: readonly string[];
    readonly job: Omit<AnalysisJob, 'bytes' | 'jsonField' | 'maxBytes' | 'maxPixels'>;
  },
): Promise<readonly Analysis[]> {
  const { pool, limits } = context;
  const controller = new AbortController();
  const timeout = new FaceTriggerError('ERR_TIMEOUT', `The work took longer than ${limits.timeoutMs} ms`);
  const timer = setTimeout(() => controller.abort(timeout), limits.timeoutMs);
  const onClose = () => {
    if (!reply.raw.writableFinished)
      controller.abort(new FaceTriggerError('ERR_ABORTED', 'The client went away'));
  };
  reply.raw.on('close', onClose);
  try {
    const uploads = readUploads(request, { names, maxBytes: limits.maxUploadBytes });
    const pictures = await Promise.race([uploads, rejection(controller.signal)]);
    const { maxUploadBytes: maxBytes, maxPixels } = limits;
    return await Promise.all(
      pictures.map((upload) => pool.run({ ...job, ...upload, maxBytes, maxPixels }, controller.signal)),
    );
  } finally {
    clearTimeout(timer);
    reply.raw.off('close', onClose);
  }
}

/** Rejects with the reason of a signal once it is aborted. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
