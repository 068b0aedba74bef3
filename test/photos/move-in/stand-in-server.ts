import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request with JSON, with bytes, or by itself (undefined). */
export type Answer = (request: {
  readonly url: URL;
  readonly body: unknown;
  readonly response: ServerResponse;
}) => unknown;

/** A server that speaks another program's documented routes: those of `routes`, by method and path. */
export interface StandInServer extends AsyncDisposable {
  readonly url: string;
  /** Requests so far, such as `GET /api/people?page=1`. */
  readonly asked: string[];
}

/** Starts one on this machine; requests without the key are refused, others are answered by the first route that fits. */
export async function startStandIn(
  key: string,
  routes: readonly (readonly [method: string, path: RegExp, answer: Answer])[],
): Promise<StandInServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers['x-api-key'] !== key) return void response.writeHead(401).end();
    const url = new URL(request.url ?? '/', base);
    const route = routes.find(([method, path]) => method === request.method && path.test(url.pathname));
    if (!route) return void response.writeHead(404).end();
    let text = '';
    for await (const chunk of request) text += chunk;
    const value = route[2]({ url, body: text === '' ? undefined : JSON.parse(text), response });
    if (value instanceof Uint8Array) response.writeHead(200, { 'content-type': 'image/jpeg' }).end(value);
    else if (value !== undefined)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  }

  return {
    url: base,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
