import type { FastifyInstance } from 'fastify';
import { FaceTriggerError } from '../../errors.ts';
import type { Consent, PageOptions } from '../../gallery/gallery.ts';
import type { ReviewLevel } from '../../gallery/review-face.ts';
import { iou } from '../../geometry/box.ts';
import { parseDateTime } from '../../text/iso-date.ts';
import type { Analysis, AnalyzedFace } from '../analysis-job.ts';
import * as schemas from '../schemas.ts';
import { analyzeUploads, type ServerContext } from '../server-context.ts';

interface PersonBody {
  readonly name?: string;
  readonly expiresAt?: string | null;
  readonly consent?: { readonly text: string; readonly at: string } | null;
}
type Id = { readonly id: string };
interface EnrollQuery {
  readonly review?: ReviewLevel;
  readonly source?: string;
  /** left,top,width,height */
  readonly box?: string;
  readonly minFaceSize?: number;
}

/** How much of a face's box must be the box that was asked for: the same face found again, and no neighbor. */
const SAME_FACE_IOU = 0.5;

/** Adds `/people`, `/merges`, `/faces` and `/negatives`. */
export function addPeopleRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, events, pool, settings } = context;
  const route = (
    scope: 'read' | 'admin',
    summary: string,
    {
      status = 200,
      response,
      upload,
      ...rest
    }: { status?: number; response: object; upload?: object; [key: string]: unknown },
  ) => ({
    schema: { summary, tags: ['people'], response: { [status]: response, '4xx': schemas.ERROR }, ...rest },
    config: { scope, ...(upload && { upload }) },
  });
  const params = schemas.ID_PARAMETERS;
  const nothing = { type: 'null', description: 'Done' };

  server.get<{ Querystring: PageOptions & { readonly query?: string } }>(
    '/people',
    route('read', 'List people', {
      response: schemas.pageOf(schemas.PERSON),
      querystring: schemas.PAGE_QUERY,
    }),
    ({ query }) => gallery.listPeople(query),
  );
  server.post<{ Body: PersonBody & { readonly name: string } }>(
    '/people',
    route('admin', 'Create a person', { status: 201, response: schemas.PERSON, body: schemas.NEW_PERSON }),
    async ({ body }, reply) => {
      const expiresAt = settings.defaultExpiry();
      const person = await gallery.createPerson({ expiresAt, ...dates(body), name: body.name });
      events.publish('person.created', { personId: person.id, name: person.name });
      return reply.code(201).send(person);
    },
  );
  server.get<{ Params: Id }>(
    '/people/:id',
    route('read', 'Show a person', { response: schemas.PERSON, params }),
    ({ params: { id } }) => personOf(id),
  );
  server.patch<{ Params: Id; Body: PersonBody }>(
    '/people/:id',
    route('admin', 'Rename a person, or change expiry and consent', {
      response: schemas.PERSON,
      params,
      body: schemas.PERSON_CHANGES,
    }),
    async ({ params: { id }, body }) => {
      const { name } = body;
      const person = await gallery.updatePerson(id, { ...dates(body), ...(name !== undefined && { name }) });
      events.publish('person.changed', { personId: id, name: person.name });
      return person;
    },
  );
  server.delete<{ Params: Id }>(
    '/people/:id',
    route('admin', 'Delete a person with all faces, for good', {
      response: schemas.object({ deletedFaces: { type: 'integer' } }),
      params,
    }),
    async ({ params: { id } }) => {
      const deletedFaces = await gallery.deletePerson(id);
      events.publish('person.deleted', { personId: id });
      return { deletedFaces };
    },
  );
  server.post<{ Params: Id; Body: { readonly into: string } }>(
    '/people/:id/merge',
    route('admin', 'Make two people one', { response: schemas.MERGE, params, body: schemas.INTO_BODY }),
    async ({ params: { id }, body: { into } }) => {
      const merge = await gallery.mergePerson(id, into);
      events.publish('person.changed', { personId: into, name: merge.person.name });
      return merge;
    },
  );
  server.post<{ Params: Id }>(
    '/merges/:id/undo',
    route('admin', 'Take a merge back', { response: schemas.PERSON, params }),
    async ({ params: { id } }) => {
      const person = await gallery.undoMerge(id);
      events.publish('person.created', { personId: person.id, name: person.name });
      return person;
    },
  );

  server.get<{ Params: Id; Querystring: PageOptions }>(
    '/people/:id/faces',
    route('read', 'List the faces of a person', {
      response: schemas.pageOf(schemas.FACE),
      params,
      querystring: schemas.PAGE_QUERY,
    }),
    ({ params: { id }, query: { limit, cursor } }) =>
      gallery.listFaces({ personId: id, ...(limit && { limit }), ...(cursor && { cursor }) }),
  );
  server.post<{ Params: Id; Querystring: EnrollQuery }>(
    '/people/:id/faces',
    route('admin', 'Enrol the face of a photo', {
      status: 201,
      response: schemas.ENROLLED_FACE,
      params,
      querystring: schemas.ENROLL_QUERY,
      upload: schemas.uploadBody('image'),
    }),
    async (request, reply) => {
      const { id } = request.params;
      await personOf(id);
      const { review, source = null, box, minFaceSize } = request.query;
      const job = {
        embeddings: true,
        quality: true,
        thumbnails: gallery.keepsThumbnails,
        minFaceSize,
        ...(box === undefined && { maxFaces: 1 }),
      };
      const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
      const face = box === undefined ? analysis!.faces[0] : faceAt(analysis!, box);
      if (!face?.embedding) {
        const where = box === undefined ? 'in the photo' : `at ${box} in the photo`;
        throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `No face was found ${where}`);
      }
      const { embedding, thumbnail } = face;
      // Whoever says which face is meant knows that there are others.
      const quality = box === undefined ? face.quality : { ...face.quality, faceCount: 1 };
      const newFace = {
        embedding,
        embedder: pool.embedder,
        source,
        quality: quality!,
        thumbnail: thumbnail ?? null,
      };
      const [added] = await gallery.addFaces(id, [newFace], review ? { review } : {});
      return reply.code(201).send(added);
    },
  );
  server.get<{ Params: Id }>(
    '/faces/:id/thumbnail',
    {
      schema: { summary: 'Picture of a face', tags: ['people'], params, produces: ['image/jpeg'] },
      config: { scope: 'read' },
    },
    async ({ params: { id } }, reply) => {
      const thumbnail = await gallery.getThumbnail(id);
      if (thumbnail === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'The face has no picture');
      return reply.type('image/jpeg').send(Buffer.from(thumbnail));
    },
  );
  server.delete<{ Params: Id }>(
    '/faces/:id',
    route('admin', 'Delete a face for good', { status: 204, response: nothing, params }),
    async ({ params: { id } }, reply) => {
      await gallery.deleteFace(id);
      return reply.code(204).send();
    },
  );
  server.get<{ Params: Id; Querystring: PageOptions }>(
    '/people/:id/negatives',
    route('read', 'List the "this is not X" examples of a person', {
      response: schemas.pageOf(schemas.NEGATIVE),
      params,
      querystring: schemas.PAGE_QUERY,
    }),
    ({ params: { id }, query: { limit, cursor } }) =>
      gallery.listNegatives({ personId: id, ...(limit && { limit }), ...(cursor && { cursor }) }),
  );
  server.post<{ Params: Id; Body: { readonly embedding: readonly number[]; readonly source?: string } }>(
    '/people/:id/negatives',
    route('admin', 'Say that an embedding is not this person', {
      status: 201,
      response: schemas.NEGATIVE,
      params,
      body: schemas.EMBEDDING_BODY,
    }),
    async ({ params: { id }, body: { embedding, source = null } }, reply) => {
      const example = { embedding: Float32Array.from(embedding), source };
      return reply.code(201).send(await gallery.addNegative(id, example));
    },
  );
  server.delete<{ Params: Id }>(
    '/negatives/:id',
    route('admin', 'Delete a "this is not X" example', { status: 204, response: nothing, params }),
    async ({ params: { id } }, reply) => {
      await gallery.deleteNegative(id);
      return reply.code(204).send();
    },
  );

  async function personOf(id: string) {
    const person = await gallery.getPerson(id);
    if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
    return person;
  }
}

function faceAt({ faces }: Analysis, text: string): AnalyzedFace | undefined {
  const [left = 0, top = 0, width = 0, height = 0] = text.split(',').map(Number);
  const box = { left, top, width, height };
  return faces
    .filter((face) => iou(face.box, box) >= SAME_FACE_IOU)
    .sort((a, b) => iou(b.box, box) - iou(a.box, box))[0];
}

function dates({ expiresAt, consent }: PersonBody): { expiresAt?: Date | null; consent?: Consent | null } {
  return {
    ...(expiresAt !== undefined && {
      expiresAt: expiresAt === null ? null : parseDateTime(expiresAt, 'expiresAt'),
    }),
    ...(consent !== undefined && {
      consent: consent && { text: consent.text, at: parseDateTime(consent.at, 'consent.at') },
    }),
  };
}
