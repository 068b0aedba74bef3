import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { describeEmbedder } from '../gallery/check-embedding.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { DEFAULT_GALLERY } from '../gallery/stores/postgres/postgres-address.ts';
import { buildServer } from './build-server.ts';
import { drain } from './drain.ts';
import { toLogged } from './failure-answer.ts';
import { LogStream } from './log-stream.ts';
import { ownContext } from './own-context.ts';
import { PhotoDesk } from './photos/photo-desk.ts';
import { publishHomeEvents } from './publish-home-events.ts';
import { ServedGalleries } from './served-galleries.ts';
import type { ServerContext } from './server-context.ts';
import { runServerJobs } from './server-jobs.ts';
import { createMetrics } from './server-metrics.ts';
import { readLimits, type ServerOptions } from './server-options.ts';
import { isLoopback } from './web-guard.ts';
import { WorkerPool } from './worker-pool.ts';

export { DEFAULT_SERVER_LIMITS, type ServerOptions } from './server-options.ts';

/** A server that listens. */
export interface FaceTriggerServer extends AsyncDisposable {
  /** Where it listens, such as "http://127.0.0.1:8000". */
  readonly url: string;
  /** Takes no new requests, answers those under way, for half a minute at most, and frees everything but the gallery. */
  close(): Promise<void>;
}

/** How often whoever has expired is deleted, and galleries that nobody uses are closed. */
const PURGE_MS = 60_000;

/**
 * Starts the server.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where no keys are given and the address is not a loopback one,
 * `ERR_MODEL_MISMATCH` where the gallery is made for another embedder, and what loading the models throws
 */
export async function createServer(options: ServerOptions): Promise<FaceTriggerServer> {
  const { gallery, host = '127.0.0.1', port = 8000 } = options;
  if (options.keys === null && !isLoopback(host)) {
    throw invalidArgument('API keys, or 127.0.0.1', 'options.host', host);
  }
  const limits = readLimits(options);
  let log: FastifyBaseLogger | null = null;
  let isStopping = false;
  const onProblem = (error: Error, retryMs: number): void => {
    log?.error({ err: toLogged(error), retryMs }, 'no process for pictures could be started');
  };
  const pool = await WorkerPool.create({ ...options.pool, onProblem: options.pool?.onProblem ?? onProblem });
  try {
    const { id, sha256 } = gallery.embedder;
    if (pool.embedder.id !== id || pool.embedder.sha256 !== sha256) {
      const message = `The gallery is made for ${describeEmbedder(gallery.embedder)}, not for ${describeEmbedder(pool.embedder)}`;
      throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
    }
    const warn = (message: string): void => log?.warn(message);
    const make = (one: Gallery, name: string) => ownContext(one, { ...options, name, log: warn });
    const { galleryName = DEFAULT_GALLERY } = options;
    const { close: closeMain, isKept: _isKept, ...parts } = await make(gallery, galleryName);
    const photos =
      options.photos === undefined
        ? null
        : await PhotoDesk.open(options.photos, (error) => {
            log?.error({ err: toLogged(error as Error) }, 'the faces of the photos could not be grouped');
          });
    const context: ServerContext = {
      ...{ minFaceSize: options.minFaceSize, name: galleryName, ...parts },
      ...{ pool, metrics: createMetrics(pool, gallery, options.jobs?.queues ?? options.jobs?.queue), limits },
      ...{ home: options.home ?? null, photos, isStopping: () => isStopping },
    };
    const galleries = new ServedGalleries(context, options.galleries ?? null, make);
    const logStream = options.logStream ?? new LogStream();
    context.metrics.gauge('galleries_open', 'Galleries that this server has open', () => galleries.size);
    const { server, lives } = await buildServer({ ...options, logStream }, galleries);
    log = server.log;
    const url = await server.listen({ host, port });
    if (options.keys === null) {
      server.log.warn(`NO API KEYS: everybody on this machine can read and change the gallery at ${url}`);
    }
    const jobs = options.jobs && runServerJobs(galleries, options.jobs, server.log);
    const purge = setInterval(() => {
      galleries
        .purgeExpired()
        .catch((error: unknown) => server.log.error({ err: toLogged(error) }, 'purge failed'));
      galleries
        .closeIdle()
        .catch((error: unknown) => server.log.error({ err: toLogged(error) }, 'closing galleries failed'));
    }, PURGE_MS);
    purge.unref();
    const endNews = options.home && publishHomeEvents(options.home, context.events);
    const stop = async (): Promise<void> => {
      clearInterval(purge);
      endNews?.();
      isStopping = true;
      await pause(options.stopAfterMs ?? 0);
      using _draining = drain(server, lives);
      try {
        await jobs?.[Symbol.asyncDispose]();
        await server.close();
      } finally {
        await photos?.close();
        await pool.dispose();
        await galleries.close();
        await closeMain();
        if (logStream instanceof LogStream) await logStream.close();
      }
    };
    let stopping: Promise<void> | null = null;
    const close = (): Promise<void> => {
      stopping ??= stop();
      return stopping;
    };
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}
