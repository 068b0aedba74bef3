import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import rateLimit from '@fastify/rate-limit';
import statics from '@fastify/static';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { FaceTriggerError, type FaceTriggerErrorCode, invalidArgument } from '../core/errors.ts';
import { describeEmbedder } from '../gallery/check-embedding.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { addApiDocs } from './api-docs/api-docs.ts';
import type { ApiKeys } from './api-keys.ts';
import { addAuthentication } from './authentication.ts';
import { addBodyGate, type BodyPlaces, maxUploadBody } from './body-gate.ts';
import { COMPREFACE_ERRORS, toCompreFaceAnswer } from './compreface/compreface-error.ts';
import { addCompreFaceRoutes, isCompreFace, mendUrl } from './compreface/compreface-routes.ts';
import { EventHub } from './event-hub.ts';
import { failureAnswer, toLogged } from './failure-answer.ts';
import { LogStream } from './log-stream.ts';
import { Places } from './places.ts';
import { addUploads } from './read-upload.ts';
import { addRequestLives, RequestLives } from './request-life.ts';
import { addEnrollRoutes } from './routes/enroll-routes.ts';
import { addEvaluationRoutes } from './routes/evaluation-routes.ts';
import { addFaceRoutes } from './routes/face-routes.ts';
import { addPeopleRoutes } from './routes/people-routes.ts';
import { addReviewRoutes } from './routes/review-routes.ts';
import { addSettingsRoutes } from './routes/settings-routes.ts';
import { addSystemRoutes } from './routes/system-routes.ts';
import type { ServerContext, ServerLimits } from './server-context.ts';
import { createMetrics } from './server-metrics.ts';
import { ServerSettings } from './server-settings.ts';
import { addSecurityHeaders, isLoopback } from './web-guard.ts';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';

/** How a server is made. */
export interface ServerOptions extends Partial<ServerLimits> {
  /** Its embedder must be that of the pipeline. The server does not dispose it. */
  readonly gallery: Gallery;
  /** `null`: everybody who reaches the server may do everything; allowed on a loopback address only. */
  readonly keys: ApiKeys | null;
  /**
   * Where keys made in the web page are kept while there are none. From the first one on, which must be an 'admin'
   * key, no request works without a key. Only where {@link ServerOptions.keys} is `null`.
   */
  readonly firstKeys?: ApiKeys;
  /** What can be changed while the server runs. @defaultValue kept in memory only */
  readonly settings?: ServerSettings;
  /** The version that the documentation shows. */
  readonly version: string;
  /** @defaultValue '127.0.0.1' */
  readonly host?: string;
  /** 0 takes any free one. @defaultValue 8000, as CompreFace */
  readonly port?: number;
  /** Processes and queue for pictures. */
  readonly pool?: WorkerPoolOptions;
  /** Farther away than this is unknown; not with `settings`. @defaultValue the gallery's `thresholds.identify` */
  readonly maxDistance?: number;
  /** Faces looked for unless a request says otherwise, in pixels. @defaultValue by the picture's size */
  readonly minFaceSize?: number;
  /** Requests a minute of one key, or of one address where there is none. @defaultValue 600 */
  readonly requestsPerMinute?: number;
  /** Web pages elsewhere that may call the server, such as "https://example.org". @defaultValue none */
  readonly allowedOrigins?: readonly string[];
  /**
   * Addresses of proxies (or networks, such as "10.0.0.0/8") whose header X-Forwarded-For says who asks. @defaultValue
   * none: whoever connects is who asks
   */
  readonly trustedProxies?: readonly string[];
  /** Folder of the web page. @defaultValue the package's, where it is built */
  readonly webFolder?: string;
  /** What is logged, as JSON lines; no picture, embedding or name at 'info'. @defaultValue 'info' */
  readonly logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Where the log goes. @defaultValue standard output, where lines are dropped and counted while it has no room */
  readonly logStream?: { write(line: string): void };
}

/** A server that listens. */
export interface FaceTriggerServer extends AsyncDisposable {
  /** Where it listens, such as "http://127.0.0.1:8000". */
  readonly url: string;
  /** Takes no new requests, answers those under way, for half a minute at most, and frees everything but the gallery. */
  close(): Promise<void>;
}

/** Defaults of {@link ServerLimits}. */
export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  maxUploadBytes: 10_000_000,
  maxPixels: 30_000_000,
  timeoutMs: 30_000,
};
/** Below it are all routes but those of the page and of the documentation. */
const API_PREFIX = '/api/v1';
/** How often a stopping server hangs up on silent connections. */
const HANG_UP_MS = 100;
/** How often whoever has expired is deleted. */
const PURGE_MS = 60_000;
/** How often requests that have not come in are looked at, by Node's own clock for them. */
const CHECK_MS = 1000;
/** Longest time for the head of a request. */
const HEAD_MS = 20_000;
/** How long a stopping server waits for requests that are still coming in, for their senders to read why, and for answers: systemd's unit allows 40 s. */
const DRAIN_MS = { unread: 5000, lingering: 2000, answers: 30_000 } as const;
/** Uploads that may be open for each place in the queue, of all keys together; a single key may have half of them. */
const UPLOADS_PER_PLACE = 4;
/** Answers to what never becomes a request, by Node's code for it. */
const CLIENT_ERRORS: Readonly<
  Record<string, readonly [string, { code: FaceTriggerErrorCode; message: string }]>
> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    { code: 'ERR_TIMEOUT', message: 'The request did not come in within its time' },
  ],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    { code: 'ERR_INVALID_ARGUMENT', message: 'The head of the request is too large' },
  ],
};
/** Bytes that uploads may fill before they are handed on, of all keys together: some fifty of the largest pictures. */
const UPLOAD_MEMORY = 512_000_000;
/** Requests with a document that may be open, and what they may fill, of all keys together. */
const DOCUMENTS = { count: 256, bytes: 64_000_000 } as const;

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
  const limits = { ...DEFAULT_SERVER_LIMITS, ...pickLimits(options) };
  let log: FastifyBaseLogger | null = null;
  const onProblem = (error: Error, retryMs: number): void => {
    log?.error({ err: toLogged(error), retryMs }, 'no process for pictures could be started');
  };
  const pool = await WorkerPool.create({ onProblem, ...options.pool });
  try {
    const { id, sha256 } = gallery.embedder;
    if (pool.embedder.id !== id || pool.embedder.sha256 !== sha256) {
      const message = `The gallery is made for ${describeEmbedder(gallery.embedder)}, not for ${describeEmbedder(pool.embedder)}`;
      throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
    }
    const context: ServerContext = {
      minFaceSize: options.minFaceSize,
      gallery,
      pool,
      events: new EventHub(),
      metrics: createMetrics(pool, gallery),
      limits,
      settings:
        options.settings ??
        (await ServerSettings.open({
          path: null,
          maxDistance: options.maxDistance ?? gallery.thresholds.identify,
        })),
    };
    const logStream = options.logStream ?? new LogStream();
    const { server, lives } = await buildServer({ ...options, logStream }, context);
    log = server.log;
    const url = await server.listen({ host, port });
    if (options.keys === null) {
      server.log.warn(`NO API KEYS: everybody on this machine can read and change the gallery at ${url}`);
    }
    const purge = setInterval(() => {
      gallery
        .purgeExpired()
        .catch((error: unknown) => server.log.error({ err: toLogged(error) }, 'purge failed'));
    }, PURGE_MS);
    purge.unref();
    const close = async (): Promise<void> => {
      clearInterval(purge);
      using _draining = drain(server, lives);
      try {
        await server.close();
      } finally {
        await pool.dispose();
        if (logStream instanceof LogStream) await logStream.close();
      }
    };
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

/** Gives whoever is still being served while the server stops an end. */
function drain(server: FastifyInstance, lives: RequestLives): Disposable {
  const stopping = new FaceTriggerError('ERR_UNAVAILABLE', 'The server is stopping; try again later');
  const timers = [
    // Connections that fall silent after their last answer would be kept open for their next request.
    setInterval(() => server.server.closeIdleConnections(), HANG_UP_MS),
    setTimeout(() => lives.cancel(stopping, (life) => !life.arrived), DRAIN_MS.unread),
    setTimeout(() => lives.endLingering(), DRAIN_MS.unread + DRAIN_MS.lingering),
    setTimeout(() => lives.cancel(stopping), DRAIN_MS.answers),
    setTimeout(() => server.server.closeAllConnections(), DRAIN_MS.answers + HANG_UP_MS),
  ];
  return {
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

async function buildServer(
  options: ServerOptions & { readonly logStream: NonNullable<ServerOptions['logStream']> },
  context: ServerContext,
): Promise<{ readonly server: FastifyInstance; readonly lives: RequestLives }> {
  const { limits, metrics, pool } = context;
  const { logLevel = 'info', logStream, requestsPerMinute = 600, trustedProxies = [] } = options;
  const lives = new RequestLives();
  const server: FastifyInstance = fastify({
    logger: {
      level: logLevel,
      stream: logStream,
      // Addresses are left out of the log as names are: they may hold a subject's name.
      serializers: {
        req: (request: FastifyRequest) => ({
          method: request.method,
          route: request.routeOptions?.url ?? null,
        }),
      },
    },
    requestTimeout: limits.timeoutMs,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, lives),
    http: {
      connectionsCheckingInterval: CHECK_MS,
      // Node takes the larger of the two for whole requests: one that is longer than the request's would replace it.
      headersTimeout: Math.min(HEAD_MS, limits.timeoutMs),
      requestTimeout: limits.timeoutMs,
    },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    // Of silence: longer than any answer takes, so that this never cuts off one that is being worked on.
    connectionTimeout: limits.timeoutMs + 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    rewriteUrl: (request) => mendUrl(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false, allErrors: false, strict: false } },
  });
  addRequestLives(server, lives);
  server.setErrorHandler((error: FastifyError | FaceTriggerError, request, reply) => {
    const failure = failureAnswer(error);
    const { code, status, message, details } = failure;
    if (status >= 500) request.log.error({ err: toLogged(error) }, 'request failed');
    // The limit of requests says itself when its minute is over.
    if (status === 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
    if (isCompreFace(request.url)) {
      const answer = toCompreFaceAnswer(error, failure);
      return reply.code(answer.status).send(answer.body);
    }
    return reply.code(status).send({ error: { code, message, ...(details && { details }) } });
  });
  const notFound = (request: FastifyRequest, reply: FastifyReply) => {
    const message = 'There is no such route';
    const body = isCompreFace(request.url)
      ? { message, code: COMPREFACE_ERRORS.UNDEFINED.code }
      : { error: { code: 'ERR_NOT_FOUND', message } };
    return reply.code(404).send(body);
  };
  server.setNotFoundHandler(notFound);
  addSecurityHeaders(server, options.allowedOrigins ?? []);
  // Here, and not in its own handler, which Fastify reads the body for first.
  server.addHook('onRequest', async (request, reply) =>
    request.is404 ? notFound(request, reply) : undefined,
  );
  addMetrics(server, metrics);
  addUploads(server, limits.maxUploadBytes);
  await addApiDocs(server, { prefix: API_PREFIX, version: options.version });
  const places: BodyPlaces = {
    uploads: new Places({
      what: 'uploads',
      count: UPLOADS_PER_PLACE * pool.capacity,
      bytes: Math.max(UPLOAD_MEMORY, 4 * maxUploadBody(2, limits.maxUploadBytes)),
    }),
    documents: new Places({ what: 'requests', ...DOCUMENTS }),
  };
  metrics.gauge('requests_open', 'Requests that have not ended', () => lives.size);
  metrics.gauge('uploads_open', 'Requests with pictures that have not ended', () => places.uploads.taken);
  metrics.gauge(
    'documents_open',
    'Requests with a document that have not ended',
    () => places.documents.taken,
  );
  metrics.gauge('listeners', 'Connections that listen to events', () => context.events.listeners);
  if (logStream instanceof LogStream) {
    metrics.gauge('log_lines_dropped', 'Lines of the log there was no room for', () => logStream.dropped);
  }
  await server.register(
    async (api) => {
      const keysNeeded = addAuthentication(api, options);
      addBodyGate(api, context, places);
      await api.register(rateLimit, {
        // After the key is known and before the body is read.
        hook: 'onRequest',
        max: requestsPerMinute,
        timeWindow: 60_000,
        keyGenerator: (request) => request.apiKey?.id ?? request.ip,
        errorResponseBuilder: (_request, { after }) =>
          new FaceTriggerError('ERR_TOO_MANY_REQUESTS', `Too many requests; try again in ${after}`),
      });
      addFaceRoutes(api, context);
      addPeopleRoutes(api, context);
      addEnrollRoutes(api, context);
      addSystemRoutes(api, context);
      addReviewRoutes(api, context);
      addEvaluationRoutes(api, context);
      addSettingsRoutes(api, context, {
        version: options.version,
        requestsPerMinute,
        keys: options.keys ?? options.firstKeys ?? null,
        keysNeeded: async () => (await keysNeeded()) !== null,
      });
      addCompreFaceRoutes(api, context);
    },
    { prefix: API_PREFIX },
  );
  const webFolder = options.webFolder ?? fileURLToPath(new URL('../../dist-web', import.meta.url));
  if (existsSync(webFolder)) await server.register(statics, { root: webFolder, prefix: '/' });
  return { server, lives };
}

/** Answers what is no request, or did not come in within its time. */
function answerClientError(
  { code }: { readonly code?: string | undefined },
  socket: Socket,
  lives: RequestLives,
): void {
  // Half an answer must not go on with another one.
  if (!socket.writable || code === 'ECONNRESET' || lives.isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const [status, error] = CLIENT_ERRORS[code ?? ''] ?? [
    '400 Bad Request',
    { code: 'ERR_INVALID_ARGUMENT', message: 'This is no HTTP request' },
  ];
  const body = JSON.stringify({ error });
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
  // Whoever reads no answer, or goes on sending, is not waited for.
  setTimeout(() => socket.destroy(), HANG_UP_MS).unref();
}

function addMetrics(server: FastifyInstance, metrics: ServerContext['metrics']): void {
  server.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    };
    metrics.requests.observe(labels, reply.elapsedTime / 1000);
  });
}

function pickLimits({ maxUploadBytes, maxPixels, timeoutMs }: ServerOptions): Partial<ServerLimits> {
  const given = { maxUploadBytes, maxPixels, timeoutMs };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw invalidArgument('an integer >= 1', `options.${name}`, value);
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
