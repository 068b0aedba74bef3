import type { FastifyReply, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Analysis, AnalysisJob } from './analysis-job.ts';
import type { ApiKeyScope } from './api-keys.ts';
import type { EventHub } from './event-hub.ts';
import { readUploads } from './read-upload.ts';
import type { ServerMetrics } from './server-metrics.ts';
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
  /** Farther away than this is unknown, unless a request says otherwise. */
  readonly maxDistance: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must be allowed to do for this route; absent where no key is needed. */
    scope?: ApiKeyScope;
  }
}

/** Reads the pictures of a request and looks at each, within the limits; cancelled when the client goes away. */
export async function analyzeUploads(
  context: ServerContext,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  {
    names,
    job,
  }: { readonly names: readonly string[]; readonly job: Omit<AnalysisJob, 'bytes' | 'maxPixels'> },
): Promise<readonly Analysis[]> {
  const { pool, limits } = context;
  // Before the upload is read: a full queue shall not fill the memory.
  if (pool.isFull) throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', 'The queue is full; try again later');
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
    return await Promise.all(
      pictures.map((bytes) => pool.run({ ...job, bytes, maxPixels: limits.maxPixels }, controller.signal)),
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
