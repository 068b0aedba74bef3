import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Gallery } from '../../gallery/gallery.ts';
import type { Face } from '../../gallery/gallery-types.ts';
import { assertLive } from '../assert-live.ts';
import type { ServerContext } from '../server-context.ts';
import { CompreFaceError } from './compreface-error.ts';
import { onlyFace } from './compreface-face.ts';
import { type RawQuery, readParameters, readSubject } from './compreface-parameters.ts';
import {
  analyze,
  type CompreFaceRequest,
  deleteSubject,
  everyone,
  findFace,
  ROUTES,
} from './compreface-work.ts';

interface ExampleRequest {
  Params: { readonly id: string };
}

/** Most examples that one request deletes. */
const MAX_DELETED = 1000;

/** Adds the routes that add, list, show and delete examples: the faces that people are known by. */
export function addExampleRoutes(server: FastifyInstance): void {
  addEnrolling(server);
  addListing(server);
  addDeleting(server);
  addPictures(server);
}

function addEnrolling(server: FastifyInstance): void {
  server.post('/recognition/faces', ROUTES.enroll, async (request: CompreFaceRequest, reply) => {
    const { gallery, pool, events, settings } = request.here;
    const read = (query: RawQuery) => ({ parameters: readParameters(query), name: neededSubject(query) });
    const { asked, analyses } = await analyze(request, { names: ['file'], read });
    const { parameters, name } = asked;
    const only = onlyFace(parameters, analyses[0]!);
    assertLive(only);
    const { embedding, quality, thumbnail } = only;
    const face = {
      embedding: embedding!,
      embedder: pool.embedder,
      quality: quality!,
      source: 'compreface',
      thumbnail: thumbnail ?? null,
    };
    const expiresAt = settings.defaultExpiry();
    const { person, created, faces } = await gallery.enroll({ name, expiresAt }, [face], { review: 'off' });
    if (created) await events.publish('person.created', { personId: person.id, name: person.name });
    return reply.code(201).send({ image_id: faces[0]!.face.id, subject: person.name });
  });
}

function addListing(server: FastifyInstance): void {
  server.get('/recognition/faces', ROUTES.read, async ({ query, here: { gallery } }: CompreFaceRequest) => {
    const { page, size } = readParameters(query);
    const subject = readSubject(query, { blank: 'absent' });
    const owner = subject === undefined ? null : await gallery.findPerson(subject);
    if (subject !== undefined && owner === null) return pageJson([], { page, size, total: 0 });
    const total = owner ? owner.faces : (await gallery.stats()).faces;
    const faces = await facesFrom(gallery, { start: page * size, count: size, personId: owner?.id });
    const items = [];
    for (const { id, personId } of faces) {
      items.push({ image_id: id, subject: (await gallery.getPerson(personId))?.name ?? '' });
    }
    return pageJson(items, { page, size, total });
  });
}

function addDeleting(server: FastifyInstance): void {
  server.delete('/recognition/faces', ROUTES.admin, async ({ query, here }: CompreFaceRequest) => {
    // A template that fills in nobody's name must not delete everybody.
    const subject = readSubject(query, { blank: 'refused' });
    let deleted = 0;
    if (subject === undefined) {
      for (const { id } of await everyone(here)) deleted += await deleteSubject(here, id);
    } else {
      const person = await here.gallery.findPerson(subject);
      if (person) deleted = await deleteSubject(here, person.id);
    }
    return { deleted };
  });

  server.post<{ Body: unknown }>('/recognition/faces/delete', ROUTES.admin, async ({ body, here }) => {
    if (!Array.isArray(body) || body.length > MAX_DELETED || body.some((id) => typeof id !== 'string')) {
      throw new CompreFaceError(
        'INCORRECT_ARGUMENT',
        `Expected an array of at most ${MAX_DELETED} image ids, each a string`,
      );
    }
    const deleted = [];
    for (const id of body) {
      const face = await findFace(here, id);
      if (face) deleted.push(await removeFace(here.gallery, face));
    }
    return deleted;
  });

  server.delete<ExampleRequest>('/recognition/faces/:id', ROUTES.admin, async ({ params: { id }, here }) => {
    const face = await findFace(here, id);
    if (face === null) throw new CompreFaceError('EMBEDDING_NOT_FOUND', 'Image not found');
    return removeFace(here.gallery, face);
  });
}

function addPictures(server: FastifyInstance): void {
  server.get<ExampleRequest>('/recognition/faces/:id/img', ROUTES.read, async ({ params, here }, reply) =>
    sendThumbnail(params.id, here, reply),
  );
  server.get<ExampleRequest>(
    '/static/:key/images/:id',
    { config: { scope: 'read', keyInPath: true }, schema: { hide: true } },
    async ({ params, here }, reply) => sendThumbnail(params.id, here, reply),
  );

  async function sendThumbnail(id: string, here: ServerContext, reply: FastifyReply): Promise<FastifyReply> {
    const face = await findFace(here, id);
    const thumbnail = face ? await here.gallery.getThumbnail(face.id) : null;
    return reply.type('image/jpeg').send(Buffer.from(thumbnail ?? []));
  }
}

/** Some of all faces, or of a person's, in their order. */
async function facesFrom(
  gallery: Gallery,
  {
    start,
    count,
    personId,
  }: { readonly start: number; readonly count: number; readonly personId: string | undefined },
): Promise<readonly Face[]> {
  const faces: Face[] = [];
  let place = 0;
  for (let cursor: string | null | undefined; cursor !== null && faces.length < count; ) {
    const part = await gallery.listFaces({
      limit: 1000,
      cursor: cursor ?? null,
      ...(personId && { personId }),
    });
    for (const face of part.items) if (place++ >= start && faces.length < count) faces.push(face);
    cursor = part.nextCursor;
    await nextTurn();
  }
  return faces;
}

async function removeFace(gallery: Gallery, { id, personId }: Face): Promise<object> {
  const subject = (await gallery.getPerson(personId))?.name ?? '';
  await gallery.deleteFace(id);
  return { image_id: id, subject };
}

function neededSubject(query: RawQuery): string {
  const subject = readSubject(query, { blank: 'refused' });
  if (subject !== undefined) return subject;
  throw new CompreFaceError('MISSING_REQUEST_PARAMETER', 'Missing request parameter: subject');
}

function pageJson(
  faces: readonly object[],
  { page, size, total }: { readonly page: number; readonly size: number; readonly total: number },
): object {
  return {
    faces,
    page_number: page,
    page_size: size,
    total_pages: Math.ceil(total / size),
    total_elements: total,
  };
}
