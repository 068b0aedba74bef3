import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import statics from '@fastify/static';
import plugin from 'fastify-plugin';

/** Serves the web page, where it is built. */
export const webPage = plugin<{ readonly webFolder?: string | undefined }>(
  async (server, { webFolder = fileURLToPath(new URL('../../../dist-web', import.meta.url)) }) => {
    if (existsSync(webFolder)) await server.register(statics, { root: webFolder, prefix: '/' });
  },
);
