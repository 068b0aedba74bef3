import { FaceTriggerError } from '../../core/errors.ts';
import { toLogged } from '../failure-answer.ts';
import { NOT_READY, STATUS } from '../schemas/system-schemas.ts';
import type { ServedGalleries } from '../served-galleries.ts';
import type { ServerDatabase } from '../shared/server-database.ts';
import { whatIsMissing } from '../what-is-missing.ts';
import type { Api } from './api.ts';

const tags = ['system'];

/** Adds `/health`, `/ready`, `/stats` and `/metrics`. */
export function addSystemRoutes(
  api: Api,
  galleries: ServedGalleries,
  shared: ServerDatabase | undefined,
): void {
  const { metrics } = galleries.main;
  api.get(
    '/health',
    {
      schema: { summary: 'Whether the process lives', tags, response: { 200: STATUS } },
      // Asks nobody: it lives while a database, which counts for all servers, does not.
      config: { rateLimit: false },
    },
    async () => ({ status: 'ok' }),
  );
  api.get(
    '/ready',
    { schema: { summary: 'Whether work is taken', tags, response: { 200: STATUS, 503: NOT_READY } } },
    async (request, reply) => {
      const missing = await whatIsMissing(galleries.main, shared);
      const [first] = missing;
      if (first === undefined) return { status: 'ready' };
      for (const { error } of missing) if (error) request.log.error({ err: toLogged(error) }, 'not ready');
      const status = first.what === 'queue' ? 'busy' : first.what === 'stopping' ? 'stopping' : 'unavailable';
      const reason = missing.map((one) => one.reason).join('; ');
      return reply.code(503).send({ status, reason, missing: missing.map(({ what }) => what) });
    },
  );
  api.get(
    '/stats',
    { schema: { summary: 'Size of the gallery', tags }, config: { scope: 'read' } },
    ({ here }) => here.gallery.stats(),
  );
  api.get(
    '/metrics',
    {
      schema: { summary: 'Prometheus metrics', tags, produces: ['text/plain'] },
      config: { scope: 'read' },
    },
    async ({ apiKey, here }, reply) => {
      if (apiKey?.gallery && here !== galleries.main) {
        throw new FaceTriggerError(
          'ERR_FORBIDDEN',
          'The key is for one gallery, and these are of the server',
        );
      }
      const text = await metrics.registry.metrics();
      return reply.type(metrics.registry.contentType).send(text);
    },
  );
}
