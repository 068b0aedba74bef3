import { ownerOf } from '../body-gate.ts';
import { streamEvents } from '../event-stream.ts';
import { Places } from '../places.ts';
import type { Api } from './api.ts';

/** Connections that may listen to events at once; a key or address may have half of them. */
const MAX_LISTENERS = 200;

/** Adds `/events`. */
export function addEventRoutes(api: Api): void {
  const places = new Places({ what: 'listeners', count: MAX_LISTENERS });
  const open = new Set<() => void>();
  api.addHook('preClose', async () => {
    for (const close of open) close();
  });
  api.get(
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
      const { life, here } = request;
      const { gallery, events } = here;
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
