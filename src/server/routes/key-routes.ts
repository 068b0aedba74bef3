import { FaceTriggerError } from '../../core/errors.ts';
import type { ApiKeys } from '../api-keys.ts';
import { NOTHING } from '../schemas/fields.ts';
import { CREATED_KEY, KEY_ID_PARAMETERS, KEYS, NEW_KEY } from '../schemas/system-schemas.ts';
import { type Api, FAILURES } from './api.ts';

const tags = ['system'];
const config = { scope: 'admin' } as const;

/**
 * Adds `/keys`.
 *
 * @param keys - where keys are kept; `null` where this server knows none and can't make any
 */
export function addKeyRoutes(api: Api, keys: ApiKeys | null): void {
  const list = { summary: 'List keys, without their secrets', tags };
  api.get(
    '/keys',
    { schema: { ...list, response: { '2xx': KEYS, ...FAILURES } }, config },
    async ({ apiKey }) => {
      const own = apiKey?.gallery ?? null;
      const items = (await keys?.list()) ?? [];
      return { items: own === null ? items : items.filter(({ gallery }) => gallery === own) };
    },
  );
  const create = { summary: 'Make a key; its secret is told only here', tags, body: NEW_KEY };
  api.post(
    '/keys',
    { schema: { ...create, response: { '2xx': CREATED_KEY, ...FAILURES } }, config },
    async ({ body: { label, scopes, gallery: wanted = null }, apiKey }, reply) => {
      const own = apiKey?.gallery ?? null;
      if (own !== null && wanted !== null && wanted !== own) {
        throw new FaceTriggerError('ERR_FORBIDDEN', 'A key for one gallery makes keys for that one only');
      }
      const gallery = own ?? wanted;
      return reply.code(201).send(await requireKeys().create(label, scopes, { firstIsAdmin: true, gallery }));
    },
  );
  const remove = { summary: 'Make a key useless', tags, params: KEY_ID_PARAMETERS };
  api.delete(
    '/keys/:id',
    { schema: { ...remove, response: { 204: NOTHING, ...FAILURES } }, config },
    async ({ params: { id }, apiKey }, reply) => {
      await requireKeys().revoke(id, { keepAdmin: true, gallery: apiKey?.gallery });
      return reply.code(204).send();
    },
  );

  function requireKeys(): ApiKeys {
    if (keys !== null) return keys;
    throw new FaceTriggerError('ERR_CONFLICT', 'This server was started without a file of keys');
  }
}
