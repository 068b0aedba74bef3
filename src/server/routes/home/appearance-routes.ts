import type { z } from 'zod';
import { FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import { isDateTime, parseDate, parseDateTime } from '../../../core/text/iso-date.ts';
import type { AppearanceFilter, WhoItIs } from '../../../home/appearances/appearance-types.ts';
import {
  APPEARANCE,
  APPEARANCE_PARAMETERS,
  APPEARANCES,
  APPEARANCES_QUERY,
  DECISION,
  DECISION_PARAMETERS,
  DECISIONS,
  DECISIONS_QUERY,
  NAMED,
  NOT_BODY,
  PICTURE_PARAMETERS,
  WHO_BODY,
} from '../../schemas/appearance-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { partOf, tellNamed } from './home-of.ts';

const tags = ['appearances'];
const params = APPEARANCE_PARAMETERS;
const read = { scope: 'read' } as const;
const admin = { scope: 'admin' } as const;
const decides = { '2xx': DECISION, ...FAILURES };

/** Adds `/appearances` and `/decisions`: what cameras saw, and what people say about it. */
export function addAppearanceRoutes(api: Api): void {
  const list = { summary: 'List what cameras saw, the newest first', tags, querystring: APPEARANCES_QUERY };
  api.get(
    '/appearances',
    { schema: { ...list, response: { '2xx': APPEARANCES, ...FAILURES } }, config: read },
    async (request) => partOf(request, 'appearances').list(toFilter(request.query)),
  );
  const show = { summary: 'Show an appearance', tags, params };
  api.get(
    '/appearances/:id',
    { schema: { ...show, response: { '2xx': APPEARANCE, ...FAILURES } }, config: read },
    async (request) => {
      const appearance = await partOf(request, 'appearances').get(request.params.id);
      if (appearance === null) throw unknownAppearance();
      return appearance;
    },
  );
  const picture = { summary: 'Picture of a face of an appearance', tags, params: PICTURE_PARAMETERS };
  api.get(
    '/appearances/:id/pictures/:picture',
    { schema: { ...picture, produces: ['image/jpeg'] }, config: read },
    async (request, reply) => {
      const { id, picture: which } = request.params;
      const book = partOf(request, 'appearances');
      const appearance = await book.get(id);
      if (appearance === null) throw unknownAppearance();
      const faces = appearance.faces.filter(({ hasPicture }) => hasPicture);
      const face = faces.find((one) => one.id === which) ?? faces[Number(which) - 1];
      const bytes = face ? await book.picture(face.id) : null;
      if (bytes === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no such picture');
      return reply.type('image/jpeg').send(Buffer.from(bytes));
    },
  );
  addActions(api);
  addDecisions(api);
}

function addActions(api: Api): void {
  const name = { summary: 'Say who it is: the good faces are enrolled', tags, params, body: WHO_BODY };
  api.post(
    '/appearances/:id/name',
    { schema: { ...name, response: { '2xx': NAMED, ...FAILURES } }, config: admin },
    async (request) => {
      const { params, body } = request;
      return tellNamed(request, await partOf(request, 'appearances').nameAs(params.id, whoOf(body)));
    },
  );
  const not = { summary: 'Say who it is not: a negative example is kept', tags, params, body: NOT_BODY };
  api.post(
    '/appearances/:id/not',
    { schema: { ...not, response: decides }, config: admin },
    async (request) => partOf(request, 'appearances').notPerson(request.params.id, request.body.personId),
  );
  const ignore = { summary: 'Put whoever it is on the ignore list', tags, params };
  api.post(
    '/appearances/:id/ignore',
    { schema: { ...ignore, response: decides }, config: admin },
    async (request) => partOf(request, 'appearances').ignore(request.params.id),
  );
  const remove = { summary: 'Delete an appearance; for a day it can be undone', tags, params };
  api.delete(
    '/appearances/:id',
    { schema: { ...remove, response: decides }, config: admin },
    async (request) => partOf(request, 'appearances').delete(request.params.id),
  );
}

function addDecisions(api: Api): void {
  const list = { summary: 'List what was decided, the newest first', tags, querystring: DECISIONS_QUERY };
  api.get(
    '/decisions',
    { schema: { ...list, response: { '2xx': DECISIONS, ...FAILURES } }, config: read },
    async (request) => ({ items: await partOf(request, 'appearances').decisions(request.query.limit) }),
  );
  const undo = { summary: 'Take a decision back', tags, params: DECISION_PARAMETERS };
  api.post(
    '/decisions/:id/undo',
    { schema: { ...undo, response: decides }, config: admin },
    async (request) => partOf(request, 'appearances').undo(request.params.id),
  );
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` unless there is one of the two */
export function whoOf({ name, personId }: z.output<typeof WHO_BODY>): WhoItIs {
  if (name !== undefined && personId === undefined) return { name };
  if (name === undefined && personId !== undefined) return { personId };
  throw invalidArgument('name or personId, one of the two', 'body', { name, personId });
}

function toFilter(query: z.output<typeof APPEARANCES_QUERY>): AppearanceFilter {
  const { limit, cursor, person, stranger, camera, place, from, to, strangers, ignored } = query;
  return {
    ...{ limit, cursor, personId: person, stranger, camera, place, strangersOnly: strangers, ignored },
    from: from === undefined ? undefined : toTime(from, 'from'),
    to: to === undefined ? undefined : toTime(to, 'to'),
  };
}

function toTime(text: string, name: string): Date {
  return isDateTime(text) ? parseDateTime(text, name) : parseDate(text, name);
}

function unknownAppearance(): FaceTriggerError {
  return new FaceTriggerError('ERR_NOT_FOUND', 'There is no appearance with this id');
}
