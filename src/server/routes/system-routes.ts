import { failureAnswer, toLogged } from '../failure-answer.ts';
import { NOT_READY, STATUS } from '../schemas/system-schemas.ts';
import type { ServerContext } from '../server-context.ts';
import type { Api } from './api.ts';

const tags = ['system'];

/** Adds `/health`, `/ready`, `/stats` and `/metrics`. */
export function addSystemRoutes(api: Api, { gallery, pool, metrics }: ServerContext): void {
  api.get(
    '/health',
    { schema: { summary: 'Whether the process lives', tags, response: { 200: STATUS } } },
    async () => ({ status: 'ok' }),
  );
  api.get(
    '/ready',
    { schema: { summary: 'Whether work is taken', tags, response: { 200: STATUS, 503: NOT_READY } } },
    async (request, reply) => {
      try {
        await gallery.stats();
      } catch (error) {
        request.log.error({ err: toLogged(error) }, 'not ready');
        const reason = failureAnswer(error as Error).message;
        return reply.code(503).send({ status: 'unavailable', reason });
      }
      const { problem } = pool;
      if (problem) return reply.code(503).send({ status: 'unavailable', reason: problem.message });
      if (pool.isFull) return reply.code(503).send({ status: 'busy' });
      return { status: 'ready' };
    },
  );
  api.get('/stats', { schema: { summary: 'Size of the gallery', tags }, config: { scope: 'read' } }, () =>
    gallery.stats(),
  );
  api.get(
    '/metrics',
    {
      schema: { summary: 'Prometheus metrics', tags, produces: ['text/plain'] },
      config: { scope: 'read' },
    },
    async (_request, reply) => {
      const text = await metrics.registry.metrics();
      return reply.type(metrics.registry.contentType).send(text);
    },
  );
}
