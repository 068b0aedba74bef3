import type { FastifyInstance } from 'fastify';
import type { ServerEvent } from '../event-hub.ts';
import * as schemas from '../schemas.ts';
import type { ServerContext } from '../server-context.ts';

/** Proxies and browsers close a connection on which nothing happens. */
const HEARTBEAT_MS = 15_000;
/** Connections that may listen to events at once. */
const MAX_LISTENERS = 100;

/** Adds `/health`, `/ready`, `/stats`, `/metrics` and `/events`. */
export function addSystemRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, pool, events, metrics } = context;
  const status = schemas.object({ status: { type: 'string' } });
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
      schema: { summary: 'Whether work is taken', tags: ['system'], response: { 200: status, 503: status } },
    },
    async (_request, reply) => {
      await gallery.stats();
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
    (request, reply) => {
      if (events.listeners >= MAX_LISTENERS) {
        return reply
          .code(429)
          .send({ error: { code: 'ERR_TOO_MANY_REQUESTS', message: 'Too many listeners' } });
      }
      reply.hijack();
      const { raw } = reply;
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value);
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      const write = ({ id, type, time, data }: ServerEvent): void => {
        raw.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ time, ...data })}\n\n`);
        // Who does not read gets nothing more: the memory is not theirs to fill.
        if (raw.writableLength > 1_000_000) raw.destroy();
      };
      raw.write(': connected\n\n');
      const last = Number(request.headers['last-event-id']);
      if (Number.isInteger(last)) for (const event of events.since(last)) write(event);
      const unsubscribe = events.subscribe(write);
      const heartbeat = setInterval(() => raw.write(': alive\n\n'), HEARTBEAT_MS);
      const close = (): void => {
        clearInterval(heartbeat);
        unsubscribe();
        open.delete(close);
        raw.end();
      };
      open.add(close);
      raw.on('close', close);
      return reply;
    },
  );
}
