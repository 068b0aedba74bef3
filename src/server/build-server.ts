import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { apiDocs } from './api-docs/api-docs.ts';
import { type BodyPlaces, maxUploadBody } from './body-gate.ts';
import { findBrowserModels } from './browser-models.ts';
import { answerClientError } from './client-error.ts';
import { mendUrl } from './compreface/compreface-routes.ts';
import { Places } from './places.ts';
import { api } from './plugins/api.ts';
import { browserModels } from './plugins/browser-models.ts';
import { crossOrigin } from './plugins/cross-origin.ts';
import { failures } from './plugins/failures.ts';
import { requestMetrics } from './plugins/request-metrics.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import { webPage } from './plugins/web-page.ts';
import { addUploads } from './read-upload.ts';
import { addRequestLives, RequestLives } from './request-life.ts';
import type { ServedGalleries } from './served-galleries.ts';
import type { ServerContext } from './server-context.ts';
import type { ServerOptions } from './server-options.ts';

/** Below it are all routes but those of the page and of the documentation. */
const API_PREFIX = '/api/v1';
/** How often requests that have not come in are looked at, by Node's own clock for them. */
const CHECK_MS = 1000;
/** Longest time for the head of a request. */
const HEAD_MS = 20_000;
/** Uploads that may be open for each place in the queue, of all keys together; a single key may have half of them. */
const UPLOADS_PER_PLACE = 4;
/** Bytes that uploads may fill before they are handed on, of all keys together: some fifty of the largest pictures. */
const UPLOAD_MEMORY = 512_000_000;
/** Requests with a document that may be open, and what they may fill, of all keys together. */
const DOCUMENTS = { count: 256, bytes: 64_000_000 } as const;

/** The options of a server, and where its log goes. */
type BuildOptions = ServerOptions & { readonly logStream: NonNullable<ServerOptions['logStream']> };

/** A server that does not listen yet, and what tells of its requests. */
export interface BuiltServer {
  readonly server: FastifyInstance;
  readonly lives: RequestLives;
}

/** Puts a server together: each plugin has one idea, and the order is that in which requests pass them. */
export async function buildServer(options: BuildOptions, galleries: ServedGalleries): Promise<BuiltServer> {
  const context = galleries.main;
  const { version, webFolder, logStream, allowedOrigins = [], requestsPerMinute = 600 } = options;
  const { maxUploadBytes } = context.limits;
  const forPages = await findBrowserModels(context.pool.embedder, options.pool?.pipeline?.models);
  const lives = new RequestLives();
  const server = openServer(options, context, lives);
  const places = openPlaces(context);
  addRequestLives(server, lives);
  await server.register(securityHeaders);
  await server.register(crossOrigin, { allowedOrigins });
  await server.register(failures);
  await server.register(requestMetrics, { context, lives, places, logStream });
  addUploads(server, maxUploadBytes);
  await server.register(apiDocs, { apiPrefix: API_PREFIX, version });
  await server.register(api, {
    prefix: API_PREFIX,
    galleries,
    places,
    options: { ...options, requestsPerMinute, inBrowser: forPages?.precision ?? null },
  });
  await server.register(browserModels, { models: forPages });
  await server.register(webPage, { webFolder });
  return { server, lives };
}

function openServer(
  { logLevel = 'info', logStream, trustedProxies = [] }: BuildOptions,
  { limits }: ServerContext,
  lives: RequestLives,
): FastifyInstance {
  return fastify({
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
  });
}

function openPlaces({ pool, limits: { maxUploadBytes } }: ServerContext): BodyPlaces {
  return {
    uploads: new Places({
      what: 'uploads',
      count: UPLOADS_PER_PLACE * pool.capacity,
      bytes: Math.max(UPLOAD_MEMORY, 4 * maxUploadBody(2, maxUploadBytes)),
    }),
    documents: new Places({ what: 'requests', ...DOCUMENTS }),
  };
}
