import { extname } from 'node:path';
import plugin from 'fastify-plugin';
import type { BrowserModels } from '../browser-models.ts';

/** Where the page finds the models that it computes with itself. */
const PREFIX = '/in-browser/';
/** The files change with the server's version alone, and pages keep the models by their hash. */
const KEEP_SECONDS = 3600;

/** Of files that a browser does not take without. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves the models for pages, where there are any. */
export const browserModels = plugin<{ readonly models: BrowserModels | null }>(async (server, { models }) => {
  for (const { file, read } of models?.files ?? []) {
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    server.get(`${PREFIX}${file}`, { schema: { hide: true } }, async (_request, reply) => {
      const bytes = await read();
      reply.header('cache-control', `private, max-age=${KEEP_SECONDS}`);
      return reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    });
  }
});
