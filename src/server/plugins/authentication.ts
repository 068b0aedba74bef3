import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { FaceTriggerError } from '../../core/errors.ts';
import { checkGalleryName } from '../../gallery/collection/gallery-name.ts';
import { type ApiKey, type ApiKeys, allows } from '../api-keys.ts';
import { AttemptCounter, type Attempts } from '../attempt-counter.ts';
import { CompreFaceError } from '../compreface/compreface-error.ts';
import { isCompreFace } from '../compreface/compreface-routes.ts';
import type { ServedGalleries } from '../served-galleries.ts';
import type { ServerContext } from '../server-context.ts';
import type { ServerOptions } from '../server-options.ts';
import { isLocalRequest, refuseOtherPages } from '../web-guard.ts';

declare module 'fastify' {
  interface FastifyRequest {
    apiKey: ApiKey | null;
  }
  interface FastifyInstance {
    /** Whether requests need a key at this moment. */
    keysNeeded(): Promise<boolean>;
  }
}

/** What it works with. */
export interface AuthenticationOptions
  extends Pick<ServerOptions, 'keys' | 'firstKeys' | 'host' | 'allowedOrigins'> {
  readonly galleries: ServedGalleries;
  /** Counts wrong keys. @defaultValue this server's own */
  readonly wrongKeys?: Attempts | undefined;
}

/** Says which gallery a request is for, where a server has several. */
export const GALLERY_HEADER = 'x-gallery';
/** Wrong keys from one address within a minute, after which more are told to wait. A right key is never refused. */
export const MAX_WRONG_KEYS = 20;

/** Lets requests in by their keys, before anything of their bodies is read. */
export const authentication = plugin<AuthenticationOptions>(async (api, options) => {
  const { keys: given, firstKeys, host = '127.0.0.1', allowedOrigins = [] } = options;
  const { galleries, wrongKeys = new AttemptCounter() } = options;
  api.decorateRequest('apiKey', null);
  api.decorateRequest('here', null as unknown as ServerContext);
  let current = given;
  const validKeys = async (): Promise<ApiKeys | null> => {
    // Once there was a key, the server never opens again: revoking the last one must not let everybody in.
    if (current === null && firstKeys && (await firstKeys.list()).length > 0) current = firstKeys;
    return current;
  };
  api.decorate('keysNeeded', async () => (await validKeys()) !== null);
  api.addHook('onRequest', async (request, reply) => {
    const keys = await validKeys();
    const { scope, keyInPath } = request.routeOptions.config;
    if (keys === null) {
      // A web page elsewhere must not reach the open server through the user's browser.
      if (!isLocalRequest(request, host)) {
        throw new FaceTriggerError('ERR_FORBIDDEN', 'Without API keys only this machine may ask');
      }
      refuseOtherPages(request, []);
      await hold(request, scope === undefined ? null : wantedGallery(request, null));
      return;
    }
    request.here = galleries.main;
    if (scope === undefined) return;
    // A picture whose address has a key in it is made to be shown on other pages.
    if (!keyInPath) refuseOtherPages(request, allowedOrigins);
    const secret = secretOf(request);
    if (secret === undefined && isCompreFace(request.url)) {
      throw new CompreFaceError('MISSING_REQUEST_HEADER', 'Missing header: x-api-key');
    }
    const key = secret === undefined ? null : await keys.verify(secret, request.ip);
    if (key === null) {
      const isWrong = secret !== undefined && secret !== '';
      if (isWrong && (await wrongKeys.add(request.ip)).count > MAX_WRONG_KEYS) {
        reply.header('retry-after', '60');
        throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', 'Too many wrong keys; wait a minute');
      }
      throw new FaceTriggerError('ERR_UNAUTHENTICATED', 'Expected a valid API key in the header x-api-key');
    }
    if (scope !== 'any' && !allows(key, scope)) {
      throw new FaceTriggerError('ERR_FORBIDDEN', `The key does not have the scope "${scope}"`);
    }
    request.apiKey = key;
    await hold(request, wantedGallery(request, key));
  });

  /** Keeps the gallery open until the request has ended. */
  async function hold(request: FastifyRequest, name: string | null): Promise<void> {
    const { context, release } = await galleries.hold(name);
    request.life.hold(release);
    request.here = context;
  }
});

/** The gallery of the key, or of the header; `null`: what the server was started with. */
function wantedGallery({ headers }: FastifyRequest, key: ApiKey | null): string | null {
  const wanted = headers[GALLERY_HEADER];
  const name = wanted === undefined ? null : checkGalleryName(wanted);
  const own = key?.gallery ?? null;
  if (own === null) return name;
  if (name === null || name === own) return own;
  throw new FaceTriggerError('ERR_FORBIDDEN', 'The key is for another gallery');
}

/** The secret of the key that a request comes with. */
function secretOf(request: FastifyRequest): string | undefined {
  const { headers, params, routeOptions } = request;
  const header = headers['x-api-key'] ?? /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const secret = routeOptions.config.keyInPath ? (params as { readonly key?: unknown }).key : header;
  return typeof secret === 'string' ? secret : undefined;
}
