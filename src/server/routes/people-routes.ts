import type { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { withoutUndefined } from '../../core/options/without-undefined.ts';
import { parseDate, parseDateTime } from '../../core/text/iso-date.ts';
import type { NewPerson } from '../../gallery/gallery-types.ts';
import { ID_PARAMETERS, PAGE_QUERY, pageOf } from '../schemas/fields.ts';
import {
  DELETED_PERSON,
  INTO_BODY,
  MERGE,
  NEW_PERSON,
  PERSON,
  PERSON_CHANGES,
} from '../schemas/people-schemas.ts';
import { type Api, FAILURES } from './api.ts';

const tags = ['people'];
const params = ID_PARAMETERS;
const read = { scope: 'read' } as const;
const admin = { scope: 'admin' } as const;

/** Adds `/people` and `/merges`. */
export function addPeopleRoutes(api: Api): void {
  const list = { summary: 'List people', tags, querystring: PAGE_QUERY };
  api.get(
    '/people',
    { schema: { ...list, response: { 200: pageOf(PERSON), ...FAILURES } }, config: read },
    ({ query, here }) => here.gallery.listPeople(query),
  );
  const create = { summary: 'Create a person', tags, body: NEW_PERSON };
  api.post(
    '/people',
    { schema: { ...create, response: { 201: PERSON, ...FAILURES } }, config: admin },
    async ({ body, here: { gallery, events, settings } }, reply) => {
      const expiresAt = settings.defaultExpiry();
      const person = await gallery.createPerson({
        expiresAt,
        ...withoutUndefined(dates(body)),
        name: body.name,
      });
      await events.publish('person.created', { personId: person.id, name: person.name });
      return reply.code(201).send(person);
    },
  );
  const show = { summary: 'Show a person', tags, params };
  api.get(
    '/people/:id',
    { schema: { ...show, response: { 200: PERSON, ...FAILURES } }, config: read },
    async ({ params: { id }, here: { gallery } }) => {
      const person = await gallery.getPerson(id);
      if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
      return person;
    },
  );
  const change = { summary: 'Rename a person, or change expiry and consent', tags, params };
  api.patch(
    '/people/:id',
    {
      schema: { ...change, body: PERSON_CHANGES, response: { 200: PERSON, ...FAILURES } },
      config: admin,
    },
    async ({ params: { id }, body, here: { gallery, events } }) => {
      const { name } = body;
      const person = await gallery.updatePerson(id, { ...dates(body), name });
      await events.publish('person.changed', { personId: id, name: person.name });
      return person;
    },
  );
  const remove = { summary: 'Delete a person with all faces, for good', tags, params };
  api.delete(
    '/people/:id',
    { schema: { ...remove, response: { 200: DELETED_PERSON, ...FAILURES } }, config: admin },
    async ({ params: { id }, here: { gallery, events } }) => {
      const deletedFaces = await gallery.deletePerson(id);
      await events.publish('person.deleted', { personId: id });
      return { deletedFaces };
    },
  );
  addMergeRoutes(api);
}

function addMergeRoutes(api: Api): void {
  const merge = { summary: 'Make two people one', tags, params, body: INTO_BODY };
  api.post(
    '/people/:id/merge',
    { schema: { ...merge, response: { 200: MERGE, ...FAILURES } }, config: admin },
    async ({ params: { id }, body: { into }, here: { gallery, events } }) => {
      const merged = await gallery.mergePerson(id, into);
      await events.publish('person.changed', { personId: into, name: merged.person.name });
      return merged;
    },
  );
  const undo = { summary: 'Take a merge back', tags, params };
  api.post(
    '/merges/:id/undo',
    { schema: { ...undo, response: { 200: PERSON, ...FAILURES } }, config: admin },
    async ({ params: { id }, here: { gallery, events } }) => {
      const person = await gallery.undoMerge(id);
      await events.publish('person.created', { personId: person.id, name: person.name });
      return person;
    },
  );
}

function dates({
  expiresAt,
  consent,
}: z.output<typeof PERSON_CHANGES>): Pick<NewPerson, 'expiresAt' | 'consent'> {
  return {
    expiresAt: typeof expiresAt === 'string' ? parseDate(expiresAt, 'expiresAt') : expiresAt,
    consent: consent && { text: consent.text, at: parseDateTime(consent.at, 'consent.at') },
  };
}
