import { identityOf } from '../../core/embed/embedder-profile.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { SESSION, SETTINGS, SETTINGS_CHANGES } from '../schemas/system-schemas.ts';
import type { ServerContext } from '../server-context.ts';
import { type Api, FAILURES } from './api.ts';

/** What `/session` tells beside what the context knows. */
export interface SettingsRoutesOptions {
  readonly version: string;
  readonly requestsPerMinute: number;
  /** Whether the server answers for several galleries. */
  readonly hasSeveral: boolean;
  /** Numbers that a page computes with to get the server's embeddings; `null`: it has no models for pages. */
  readonly inBrowser: ModelPrecision | null;
  /** Whether requests need a key at this moment. */
  keysNeeded(): Promise<boolean>;
}

const tags = ['system'];

/** Adds `/session` and `/settings`. */
export function addSettingsRoutes(
  api: Api,
  { limits: { maxUploadBytes, maxPixels } }: Pick<ServerContext, 'limits'>,
  { version, requestsPerMinute, hasSeveral, inBrowser, keysNeeded }: SettingsRoutesOptions,
): void {
  const session = { summary: 'Say what the key allows and what the server takes', tags };
  api.get(
    '/session',
    { schema: { ...session, response: { '2xx': SESSION, ...FAILURES } }, config: { scope: 'any' } },
    async ({ apiKey, here: { name, gallery, settings, home, photos } }) => ({
      version,
      gallery: name,
      galleries: hasSeveral && (apiKey?.gallery ?? null) === null,
      keysNeeded: await keysNeeded(),
      keyId: apiKey?.id ?? null,
      scopes: apiKey?.scopes ?? ['admin' as const],
      keepsThumbnails: gallery.keepsThumbnails,
      maxDistance: settings.values.maxDistance,
      metric: gallery.metric,
      range: gallery.thresholds.farthest,
      embedder: identityOf(gallery.embedder),
      inBrowser,
      home: home && {
        enrollment: home.enrollment !== null,
        appearances: home.appearances !== null,
        strangers: home.strangers !== null,
        presence: home.presence !== null,
      },
      photos: (await photos?.hasPhotos()) ?? false,
      limits: { maxUploadBytes, maxPixels, requestsPerMinute },
    }),
  );
  const show = { summary: 'Show the settings', tags };
  api.get(
    '/settings',
    { schema: { ...show, response: { '2xx': SETTINGS, ...FAILURES } }, config: { scope: 'read' } },
    async ({ here }) => here.settings.values,
  );
  const change = { summary: 'Change settings', tags, body: SETTINGS_CHANGES };
  api.patch(
    '/settings',
    { schema: { ...change, response: { '2xx': SETTINGS, ...FAILURES } }, config: { scope: 'admin' } },
    ({ body, here }) => here.settings.change(body),
  );
}
