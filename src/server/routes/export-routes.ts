import { Readable } from 'node:stream';
import type { Gallery } from '../../gallery/gallery.ts';
import { EXPORT_QUERY } from '../schemas/people-schemas.ts';
import type { Api } from './api.ts';

/** Adds `/export`: the gallery with its embeddings, for whoever recognizes elsewhere, such as a page in a browser. */
export function addExportRoutes(api: Api): void {
  api.get(
    '/export',
    {
      schema: {
        summary: 'Everybody with their embeddings, as `face-trigger gallery export` writes them',
        description:
          'A record of JSON a line. Names and biometric data in the clear: the key must be an admin key.',
        tags: ['people'],
        querystring: EXPORT_QUERY,
        produces: ['application/x-ndjson'],
      },
      config: { scope: 'admin' },
    },
    async ({ query: { thumbnails }, here: { gallery } }, reply) =>
      reply.type('application/x-ndjson').send(Readable.from(linesOf(gallery, thumbnails))),
  );
}

async function* linesOf(gallery: Gallery, thumbnails: boolean): AsyncGenerator<string> {
  for await (const record of gallery.export()) {
    const kept = !thumbnails && record['type'] === 'face' ? { ...record, thumbnail: null } : record;
    yield `${JSON.stringify(kept)}\n`;
  }
}
