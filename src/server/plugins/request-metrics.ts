import plugin from 'fastify-plugin';
import type { BodyPlaces } from '../body-gate.ts';
import { LogStream } from '../log-stream.ts';
import type { RequestLives } from '../request-life.ts';
import type { ServerContext } from '../server-context.ts';
import type { ServerOptions } from '../server-options.ts';

/** What the metrics count beside requests. */
export interface RequestMetricsOptions {
  readonly context: Pick<ServerContext, 'metrics' | 'events'>;
  readonly lives: RequestLives;
  readonly places: BodyPlaces;
  readonly logStream: ServerOptions['logStream'];
}

/** Counts and times requests, and tells what is open. */
export const requestMetrics = plugin<RequestMetricsOptions>(
  async (server, { context: { metrics, events }, lives, places, logStream }) => {
    server.addHook('onResponse', async (request, reply) => {
      const labels = {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: String(reply.statusCode),
      };
      metrics.requests.observe(labels, reply.elapsedTime / 1000);
    });
    metrics.gauge('requests_open', 'Requests that have not ended', () => lives.size);
    metrics.gauge('uploads_open', 'Requests with pictures that have not ended', () => places.uploads.taken);
    metrics.gauge(
      'documents_open',
      'Requests with a document that have not ended',
      () => places.documents.taken,
    );
    metrics.gauge('listeners', 'Connections that listen to events', () => events.listeners);
    if (logStream instanceof LogStream) {
      metrics.gauge('log_lines_dropped', 'Lines of the log there was no room for', () => logStream.dropped);
    }
  },
);
