import type { FastifyInstance } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import type { ApiKeyScope } from '../api-key-scopes.ts';
import type { ApiKeys } from '../api-keys.ts';
import * as pages from '../page-schemas.ts';
import { ERROR } from '../schemas.ts';
import type { ServerContext } from '../server-context.ts';
import type { SettingsValues } from '../server-settings.ts';

/** What the routes need beside the context. */
export interface SettingsRoutesOptions {
  readonly version: string;
  readonly requestsPerMinute: number;
  /** Where keys are kept; `null` where this server knows none and can't make any. */
  readonly keys: ApiKeys | null;
  /** Whether requests need a key at this moment. */
  keysNeeded(): Promise<boolean>;
}
type Id = { readonly id: string };

/** Adds `/session`, `/settings` and `/keys`. */
export function addSettingsRoutes(
  server: FastifyInstance,
  context: ServerContext,
  options: SettingsRoutesOptions,
): void {
  const { gallery, settings, limits } = context;
  const route = (scope: ApiKeyScope | 'any', summary: string, response: object, rest: object = {}) => ({
    schema: { summary, tags: ['system'], response: { '2xx': response, '4xx': ERROR }, ...rest },
    config: { scope },
  });

  server.get(
    '/session',
    route('any', 'Say what the key allows and what the server takes', pages.SESSION),
    async ({ apiKey }) => ({
      version: options.version,
      keysNeeded: await options.keysNeeded(),
      keyId: apiKey?.id ?? null,
      scopes: apiKey?.scopes ?? ['admin'],
      keepsThumbnails: gallery.keepsThumbnails,
      maxDistance: settings.values.maxDistance,
      limits: {
        maxUploadBytes: limits.maxUploadBytes,
        maxPixels: limits.maxPixels,
        requestsPerMinute: options.requestsPerMinute,
      },
    }),
  );
  server.get('/settings', route('read', 'Show the settings', pages.SETTINGS), async () => settings.values);
  server.patch<{ Body: Partial<SettingsValues> }>(
    '/settings',
    route('admin', 'Change settings', pages.SETTINGS, { body: pages.SETTINGS_CHANGES }),
    ({ body }) => settings.change(body),
  );

  server.get('/keys', route('admin', 'List keys, without their secrets', pages.KEYS), async () => ({
    items: (await options.keys?.list()) ?? [],
  }));
  server.post<{ Body: { readonly label: string; readonly scopes: readonly ApiKeyScope[] } }>(
    '/keys',
    route('admin', 'Make a key; its secret is told only here', pages.CREATED_KEY, { body: pages.NEW_KEY }),
    async ({ body: { label, scopes } }, reply) => {
      return reply.code(201).send(await requireKeys().create(label, scopes, { firstIsAdmin: true }));
    },
  );
  server.delete<{ Params: Id }>(
    '/keys/:id',
    route(
      'admin',
      'Make a key useless',
      { type: 'null', description: 'Done' },
      {
        params: pages.KEY_ID_PARAMETERS,
      },
    ),
    async ({ params: { id } }, reply) => {
      await requireKeys().revoke(id, { keepAdmin: true });
      return reply.code(204).send();
    },
  );

  function requireKeys(): ApiKeys {
    if (options.keys !== null) return options.keys;
    throw new FaceTriggerError('ERR_CONFLICT', 'This server was started without a file of keys');
  }
}
