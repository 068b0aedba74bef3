import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookTarget } from '../../../src/watch/triggers/send-webhook.ts';

const servers = new Set<Server>();

/** What a receiver saw. */
export interface Call {
  readonly headers: IncomingHttpHeaders;
  /** Path and query. */
  readonly url: string;
  readonly body: string;
  readonly bytes: Buffer;
}

/**
 * A receiver that answers with the given statuses, then with 200.
 *
 * @param answer - a list of statuses, or a function that gives one for each body
 */
export async function receiver(
  answer: number[] | ((body: string) => number) = [],
  headers: Record<string, string> = {},
) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = bytes.toString();
      calls.push({ headers: request.headers, url: request.url ?? '', body, bytes });
      const status = typeof answer === 'function' ? answer(body) : (answer.shift() ?? 200);
      response.writeHead(status, headers).end('x'.repeat(1000));
    });
  });
  servers.add(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, port, calls };
}

/** Ends all receivers. */
export function closeReceivers(): void {
  for (const server of servers) server.close();
  servers.clear();
}

/** A target that may be on this machine. */
export function target(url: string, more: Partial<WebhookTarget> = {}): WebhookTarget {
  return { url, headers: {}, allowInternal: true, timeoutMs: 2000, ...more };
}
