import type { FastifyInstance } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import { parseDate, parseDateTime } from '../../core/text/iso-date.ts';
import type { Consent, PageOptions } from '../../gallery/gallery-types.ts';
import * as schemas from '../schemas.ts';
import type { ServerContext } from '../server-context.ts';

interface PersonBody {
  readonly name?: string;
  readonly expiresAt?: string | null;
  readonly consent?: { readonly text: string; readonly at: string } | null;
}
type Id = { readonly id: string };
/** Adds `/people`, `/merges`, `/faces` and `/negatives`. */
export function addPeopleRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, events, settings } = context;
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

function dates({ expiresAt, consent }: PersonBody): { expiresAt?: Date | null; consent?: Consent | null } {
  return {
    ...(expiresAt !== undefined && {
      expiresAt: expiresAt === null ? null : parseDate(expiresAt, 'expiresAt'),
    }),
    ...(consent !== undefined && {
      consent: consent && { text: consent.text, at: parseDateTime(consent.at, 'consent.at') },
    }),
  };
}
