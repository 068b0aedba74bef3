import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import rateLimit from '@fastify/rate-limit';
import statics from '@fastify/static';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify';
import { DEFAULT_IDENTIFY_MAX_DISTANCE } from '../embed/distance.ts';
import { ERROR_CODES, FaceTriggerError, type FaceTriggerErrorCode, invalidArgument } from '../errors.ts';
import { describeEmbedder } from '../gallery/check-embedding.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { addApiDocs } from './api-docs/api-docs.ts';
import { type ApiKey, type ApiKeys, allows } from './api-keys.ts';
import { COMPREFACE_ERRORS, CompreFaceError, toCompreFaceAnswer } from './compreface/compreface-error.ts';
import { addCompreFaceRoutes, isCompreFace, mendUrl } from './compreface/compreface-routes.ts';
import { EventHub } from './event-hub.ts';
import { addUploads } from './read-upload.ts';
import { addEvaluationRoutes } from './routes/evaluation-routes.ts';
import { addFaceRoutes } from './routes/face-routes.ts';
import { addPeopleRoutes } from './routes/people-routes.ts';
import { addReviewRoutes } from './routes/review-routes.ts';
import { addSettingsRoutes } from './routes/settings-routes.ts';
import { addSystemRoutes } from './routes/system-routes.ts';
import { addUploadGate, type ServerContext, type ServerLimits } from './server-context.ts';
import { createMetrics } from './server-metrics.ts';
import { ServerSettings } from './server-settings.ts';
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
  /** Farther away than this is unknown; not with `settings`. @defaultValue {@link DEFAULT_IDENTIFY_MAX_DISTANCE} */
  readonly maxDistance?: number;
  /** Requests a minute of one key, or of one address where there is none. @defaultValue 600 */
  readonly requestsPerMinute?: number;
  /** Web pages elsewhere that may call the server, such as "https://example.org". @defaultValue none */
  readonly allowedOrigins?: readonly string[];
  /** Folder of the web page. @defaultValue the package's, where it is built */
  readonly webFolder?: string;
  /** What is logged, as JSON lines; no picture, embedding or name at 'info'. @defaultValue 'info' */
  readonly logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Where the log goes. @defaultValue standard output */
  readonly logStream?: { write(line: string): void };
}

/** A server that listens. */
export interface FaceTriggerServer extends AsyncDisposable {
  /** Where it listens, such as "http://127.0.0.1:8000". */
  readonly url: string;
  /** Takes no new requests, answers those under way and frees everything but the gallery. */
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
/** Wrong keys from one address within a minute, after which it has to wait: scrypt is costly for us too. */
const MAX_WRONG_KEYS = 20;
/** How often a stopping server hangs up on silent connections. */
const HANG_UP_MS = 100;
/** How often whoever has expired is deleted. */
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
      gallery,
      pool,
      events: new EventHub(),
      metrics: createMetrics(pool, gallery),
      limits,
      settings:
        options.settings ??
        (await ServerSettings.open({
          path: null,
          maxDistance: options.maxDistance ?? DEFAULT_IDENTIFY_MAX_DISTANCE,
        })),
    };
    const server = await buildServer(options, context);
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
      // Connections that fall silent after their last answer would be kept open for their next request.
      const hangUp = setInterval(() => server.server.closeIdleConnections(), HANG_UP_MS);
      try {
        await server.close();
      } finally {
        clearInterval(hangUp);
        await pool.dispose();
      }
    };
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

async function buildServer(options: ServerOptions, context: ServerContext): Promise<FastifyInstance> {
  const { limits, metrics } = context;
  const { logLevel = 'info', logStream, requestsPerMinute = 600 } = options;
  const server: FastifyInstance = fastify({
    logger: {
      level: logLevel,
      ...(logStream && { stream: logStream }),
      // Addresses are left out of the log as names are: they may hold a subject's name.
      serializers: {
        req: (request: FastifyRequest) => ({
          method: request.method,
          route: request.routeOptions?.url ?? null,
        }),
      },
    },
    requestTimeout: limits.timeoutMs,
    // Of silence: longer than any answer takes, so that this never cuts off one that is being worked on.
    connectionTimeout: limits.timeoutMs + 30_000,
    bodyLimit: 1_000_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    rewriteUrl: (request) => mendUrl(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false, allErrors: false, strict: false } },
  });
  server.setErrorHandler((error: FastifyError | FaceTriggerError, request, reply) => {
    const failure = describeFailure(error);
    const { code, status, message } = failure;
    if (status >= 500) request.log.error({ err: toLogged(error) }, 'request failed');
    // The limit of requests says itself when its minute is over.
    if (status === 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
    if (isCompreFace(request.url)) {
      const answer = toCompreFaceAnswer(error, failure);
      return reply.code(answer.status).send(answer.body);
    }
    return reply.code(status).send({ error: { code, message } });
  });
  server.setNotFoundHandler((request, reply) => {
    const message = 'There is no such route';
    const body = isCompreFace(request.url)
      ? { message, code: COMPREFACE_ERRORS.UNDEFINED.code }
      : { error: { code: 'ERR_NOT_FOUND', message } };
    return reply.code(404).send(body);
  });
  addSecurityHeaders(server, options.allowedOrigins ?? []);
  addMetrics(server, metrics);
  await addUploads(server, limits.maxUploadBytes);
  await addApiDocs(server, { prefix: API_PREFIX, version: options.version });
  await server.register(
    async (api) => {
      const keysNeeded = addAuthentication(api, options);
      addUploadGate(api, context);
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
  return server;
}

declare module 'fastify' {
  interface FastifyRequest {
    apiKey: ApiKey | null;
  }
}

/** @returns tells which keys are valid at this moment; `null` where none is needed */
function addAuthentication(
  api: FastifyInstance,
  { keys: given, firstKeys, host = '127.0.0.1' }: ServerOptions,
): () => Promise<ApiKeys | null> {
  api.decorateRequest('apiKey', null);
  let current = given;
  const validKeys = async (): Promise<ApiKeys | null> => {
    // Once there was a key, the server never opens again: revoking the last one must not let everybody in.
    if (current === null && firstKeys && (await firstKeys.list()).length > 0) current = firstKeys;
    return current;
  };
  const wrong = new Map<string, { count: number; until: number }>();
  api.addHook('onRequest', async (request) => {
    const keys = await validKeys();
    if (keys === null) {
      // A web page elsewhere must not reach the open server through the user's browser.
      if (!isLocalRequest(request, host)) {
        throw new FaceTriggerError('ERR_FORBIDDEN', 'Without API keys only this machine may ask');
      }
      return;
    }
    const { scope } = request.routeOptions.config;
    if (scope === undefined) return;
    const { ip } = request;
    const record = wrong.get(ip);
    if (record && record.count >= MAX_WRONG_KEYS && record.until > Date.now()) {
      throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', 'Too many wrong keys; wait a minute');
    }
    const secret = secretOf(request);
    if (secret === undefined && isCompreFace(request.url)) {
      throw new CompreFaceError('MISSING_REQUEST_HEADER', 'Missing header: x-api-key');
    }
    const key = secret === undefined ? null : await keys.verify(secret);
    if (key === null) {
      if (wrong.size > 10_000) wrong.clear();
      const isOver = !record || record.until <= Date.now();
      wrong.set(
        ip,
        isOver ? { count: 1, until: Date.now() + 60_000 } : { ...record, count: record.count + 1 },
      );
      throw new FaceTriggerError('ERR_UNAUTHENTICATED', 'Expected a valid API key in the header x-api-key');
    }
    if (scope !== 'any' && !allows(key, scope)) {
      throw new FaceTriggerError('ERR_FORBIDDEN', `The key does not have the scope "${scope}"`);
    }
    request.apiKey = key;
  });
  return validKeys;
}

/** The secret of the key that a request comes with. */
function secretOf(request: FastifyRequest): string | undefined {
  const { headers, params, routeOptions } = request;
  const header = headers['x-api-key'] ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const secret = routeOptions.config.keyInPath ? (params as { readonly key?: unknown }).key : header;
  return typeof secret === 'string' ? secret : undefined;
}

/** Nothing from elsewhere, no inline script or style but what is named, no framing. */
function securityPolicy(): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

function addSecurityHeaders(server: FastifyInstance, allowedOrigins: readonly string[]): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': securityPolicy(),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
      'cache-control': 'no-store',
    });
    const { origin } = request.headers;
    if (origin === undefined || !allowedOrigins.includes(origin)) return;
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'content-type, x-api-key, authorization',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Origin',
    });
    if (request.method === 'OPTIONS') return reply.code(204).send();
  });
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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isLocalRequest(request: FastifyRequest, host: string): boolean {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  const { origin } = request.headers;
  return (
    (isLoopback(name) || name === host) &&
    (origin === undefined || origin === `http://${request.headers.host}`)
  );
}

function describeFailure(error: FastifyError | FaceTriggerError): {
  readonly code: FaceTriggerErrorCode;
  readonly status: number;
  readonly message: string;
} {
  if (error instanceof FaceTriggerError && error.httpStatus < 500) {
    return { code: error.code, status: error.httpStatus, message: error.message };
  }
  if (
    error instanceof FaceTriggerError &&
    ['ERR_BUSY', 'ERR_DISK_FULL', 'ERR_TIMEOUT', 'ERR_UNAVAILABLE'].includes(error.code)
  ) {
    return { code: error.code, status: error.httpStatus, message: ERROR_CODES[error.code].meaning };
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status === 413) return { code: 'ERR_IMAGE_TOO_LARGE', status, message: 'The request is too large' };
  if (status >= 400 && status < 500) return { code: 'ERR_INVALID_ARGUMENT', status, message: error.message };
  // What went wrong inside is for the log, not for whoever asks.
  return { code: 'ERR_RUNTIME', status: 500, message: 'The server failed; its log says why' };
}

function toLogged(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    code: (error as { code?: unknown }).code,
    message: error.message,
    stack: error.stack,
  };
}

function pickLimits({ maxUploadBytes, maxPixels, timeoutMs }: ServerOptions): Partial<ServerLimits> {
  const given = { maxUploadBytes, maxPixels, timeoutMs };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw invalidArgument('an integer >= 1', `options.${name}`, value);
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
