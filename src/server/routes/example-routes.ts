import type { FastifyReply } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import { ID_PARAMETERS, NOTHING, PAGE_QUERY, pageOf } from '../schemas/fields.ts';
import { EMBEDDING_BODY, FACE, NEGATIVE } from '../schemas/people-schemas.ts';
import { type Api, FAILURES } from './api.ts';

const tags = ['people'];
const params = ID_PARAMETERS;
const read = { scope: 'read' } as const;
const admin = { scope: 'admin' } as const;

/** Adds the routes of what people are known by: their faces, and faces that are not theirs. */
export function addExampleRoutes(api: Api): void {
  addFaces(api);
  addThumbnails(api);
  addNegatives(api);
}

function addFaces(api: Api): void {
  const list = { summary: 'List the faces of a person', tags, params, querystring: PAGE_QUERY };
  api.get(
    '/people/:id/faces',
    { schema: { ...list, response: { 200: pageOf(FACE), ...FAILURES } }, config: read },
    ({ params: { id }, query: { limit, cursor }, here: { gallery } }) =>
      gallery.listFaces({ personId: id, limit, cursor: cursor || null }),
  );
  const remove = { summary: 'Delete a face for good', tags, params };
  api.delete(
    '/faces/:id',
    { schema: { ...remove, response: { 204: NOTHING, ...FAILURES } }, config: admin },
    async ({ params: { id }, here: { gallery } }, reply) => {
      await gallery.deleteFace(id);
      return reply.code(204).send();
    },
  );
}

function addThumbnails(api: Api): void {
  const produces = ['image/jpeg'];
  const send = (reply: FastifyReply, thumbnail: Uint8Array | null, whose: string) => {
    if (thumbnail === null) throw new FaceTriggerError('ERR_NOT_FOUND', `The ${whose} has no picture`);
    return reply.type('image/jpeg').send(Buffer.from(thumbnail));
  };
  api.get(
    '/faces/:id/thumbnail',
    { schema: { summary: 'Picture of a face', tags, params, produces }, config: read },
    async ({ params: { id }, here: { gallery } }, reply) =>
      send(reply, await gallery.getThumbnail(id), 'face'),
  );
  api.get(
    '/people/:id/thumbnail',
    {
      schema: { summary: "Picture of a person's first face that has one", tags, params, produces },
      config: read,
    },
    async ({ params: { id }, here: { gallery } }, reply) => {
      const { items } = await gallery.listFaces({ personId: id, limit: 100 });
      const face = items.find(({ hasThumbnail }) => hasThumbnail);
      return send(reply, face ? await gallery.getThumbnail(face.id) : null, 'person');
    },
  );
}

function addNegatives(api: Api): void {
  const list = { summary: 'List the "this is not X" examples of a person', tags, params };
  api.get(
    '/people/:id/negatives',
    {
      schema: { ...list, querystring: PAGE_QUERY, response: { 200: pageOf(NEGATIVE), ...FAILURES } },
      config: read,
    },
    ({ params: { id }, query: { limit, cursor }, here: { gallery } }) =>
      gallery.listNegatives({ personId: id, limit, cursor: cursor || null }),
  );
  const add = { summary: 'Say that an embedding is not this person', tags, params, body: EMBEDDING_BODY };
  api.post(
    '/people/:id/negatives',
    { schema: { ...add, response: { 201: NEGATIVE, ...FAILURES } }, config: admin },
    async ({ params: { id }, body: { embedding, source = null }, here: { gallery } }, reply) => {
      const example = { embedding: Float32Array.from(embedding), source };
      return reply.code(201).send(await gallery.addNegative(id, example));
    },
  );
  const remove = { summary: 'Delete a "this is not X" example', tags, params };
  api.delete(
    '/negatives/:id',
    { schema: { ...remove, response: { 204: NOTHING, ...FAILURES } }, config: admin },
    async ({ params: { id }, here: { gallery } }, reply) => {
      await gallery.deleteNegative(id);
      return reply.code(204).send();
    },
  );
}
