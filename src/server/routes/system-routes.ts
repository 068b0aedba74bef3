import type { FastifyInstance } from 'fastify';
import { ownerOf } from '../body-gate.ts';
import { streamEvents } from '../event-stream.ts';
import { failureAnswer, toLogged } from '../failure-answer.ts';
import { Places } from '../places.ts';
import * as schemas from '../schemas.ts';
import type { ServerContext } from '../server-context.ts';

/** Connections that may listen to events at once; a key or address may have half of them. */
const MAX_LISTENERS = 200;

/** Adds `/health`, `/ready`, `/stats`, `/metrics` and `/events`. */
export function addSystemRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, pool, events, metrics } = context;
  const status = schemas.object({ status: { type: 'string' } });
  const notReady = schemas.object({ status: { type: 'string' }, reason: { type: 'string' } }, ['reason']);
  server.get(
    '/health',
    { schema: { summary: 'Whether the process lives', tags: ['system'], response: { 200: status } } },
    async () => ({
      status: 'ok',
    }),
  );
  server.get(
    '/ready',
    {
      schema: {
        summary: 'Whether work is taken',
        tags: ['system'],
        response: { 200: status, 503: notReady },
      },
    },
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
  server.get(
    '/stats',
    { schema: { summary: 'Size of the gallery', tags: ['system'] }, config: { scope: 'read' } },
    () => gallery.stats(),
  );
  server.get(
    '/metrics',
    {
      schema: { summary: 'Prometheus metrics', tags: ['system'], produces: ['text/plain'] },
      config: { scope: 'read' },
    },
    async (_request, reply) => {
      const text = await metrics.registry.metrics();
      return reply.type(metrics.registry.contentType).send(text);
    },
  );
  const places = new Places({ what: 'listeners', count: MAX_LISTENERS });
  const open = new Set<() => void>();
  server.addHook('preClose', async () => {
    for (const close of open) close();
  });
  server.get(
    '/events',
    {
      schema: {
        summary: 'Events as they happen (server-sent events)',
        tags: ['system'],
        produces: ['text/event-stream'],
      },
      config: { scope: 'read' },
    },
    async (request, reply) => {
      const { life } = request;
      life.hold(places.take(ownerOf(request)));
      // However people went (here, by expiry, in another process): what was said of them is not said again.
      await events.forget(async (id) => (await gallery.getPerson(id)) === null);
      // Whoever went away meanwhile gets no subscription, which nothing would end.
      life.signal.throwIfAborted();
      reply.hijack();
      const { raw } = reply;
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value);
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      const last = Number(request.headers['last-event-id']);
      const close = streamEvents(raw, events, Number.isInteger(last) ? { lastEventId: last } : {});
      open.add(close);
      life.hold(() => {
        open.delete(close);
        close();
      });
      return reply;
    },
  );
}
