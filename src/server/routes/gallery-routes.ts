import type { FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import type { ListedGallery } from '../../gallery/collection/gallery-collection.ts';
import { checkGalleryName } from '../../gallery/collection/gallery-name.ts';
import type { GalleryShelf } from '../../gallery/collection/gallery-shelf.ts';
import type { ApiKeys } from '../api-keys.ts';
import { NOTHING } from '../schemas/fields.ts';
import {
  DELETE_GALLERY_QUERY,
  GALLERIES,
  GALLERY_PARAMETERS,
  MADE_GALLERY,
  NEW_GALLERY,
} from '../schemas/system-schemas.ts';
import type { ServedGalleries } from '../served-galleries.ts';
import { type Api, FAILURES } from './api.ts';

const tags = ['galleries'];

/** Adds `/galleries`. */
export function addGalleryRoutes(api: Api, galleries: ServedGalleries, keys: ApiKeys | null): void {
  const list = { summary: 'List the galleries that the key may use', tags };
  api.get(
    '/galleries',
    { schema: { ...list, response: { '2xx': GALLERIES, ...FAILURES } }, config: { scope: 'read' } },
    async ({ apiKey, here }) => {
      if (galleries.shelf === null || apiKey?.gallery) {
        const { people, faces, embedder } = await here.gallery.stats();
        return { items: [{ name: here.name, people, faces, embedder: embedder.id, problem: null }] };
      }
      return { items: (await galleries.shelf.list()).map(withoutPath) };
    },
  );
  const create = { summary: 'Make an empty gallery', tags, body: NEW_GALLERY };
  api.post(
    '/galleries',
    { schema: { ...create, response: { 201: MADE_GALLERY, ...FAILURES } }, config: { scope: 'admin' } },
    async (request, reply) => {
      const name = checkGalleryName(request.body.name);
      await requireShelf(request).create(name);
      return reply.code(201).send({ name });
    },
  );
  const remove = { summary: 'Delete a gallery with everybody in it, for good', tags };
  api.delete(
    '/galleries/:name',
    {
      schema: {
        ...remove,
        params: GALLERY_PARAMETERS,
        querystring: DELETE_GALLERY_QUERY,
        response: { 204: NOTHING, ...FAILURES },
      },
      config: { scope: 'admin' },
    },
    async (request, reply) => {
      const name = checkGalleryName(request.params.name);
      const shelf = requireShelf(request);
      if (request.query.confirm !== name) {
        throw new FaceTriggerError(
          'ERR_INVALID_ARGUMENT',
          'Expected the name of the gallery once more, as ?confirm=, since everybody in it is deleted for good',
        );
      }
      if (name === galleries.main.name) {
        throw new FaceTriggerError(
          'ERR_CONFLICT',
          'This server was started with that gallery: stop it, and delete the gallery on the command line',
        );
      }
      await deleteFrom(shelf, name);
      // Keys of a database went with it; those of a file must not open another of the same name.
      const bound = ((await keys?.list()) ?? []).filter(({ gallery }) => gallery === name);
      for (const { id } of bound) await keys?.revoke(id, { gallery: name });
      return reply.code(204).send();
    },
  );

  function requireShelf({ apiKey }: FastifyRequest): GalleryShelf {
    if (apiKey?.gallery) throw new FaceTriggerError('ERR_FORBIDDEN', 'The key is for one gallery');
    if (galleries.shelf !== null) return galleries.shelf;
    throw new FaceTriggerError('ERR_CONFLICT', 'This server was started with one gallery only');
  }
}

async function deleteFrom(shelf: GalleryShelf, name: string): Promise<void> {
  try {
    await shelf.delete(name);
  } catch (error) {
    if (!(error instanceof FaceTriggerError) || error.code !== 'ERR_FILE_NOT_FOUND') throw error;
    throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no gallery of this name', { cause: error });
  }
}

/** Messages of files name them, which is nobody's business elsewhere. */
function withoutPath({ problem, ...gallery }: ListedGallery) {
  return { ...gallery, problem: problem === null ? null : 'It is no gallery that this server can use' };
}
