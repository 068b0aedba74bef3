import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { invalidArgument } from '../../../core/errors.ts';
import type { PhotoDecisionRow } from '../../../gallery/stores/photos/photo-store.ts';
import { ignoreFaces, notPerson } from '../../../photos/decide/decide-faces.ts';
import { mergeGroups, splitGroup } from '../../../photos/decide/merge-groups.ts';
import { nameFaces } from '../../../photos/decide/name-faces.ts';
import { undoDecision } from '../../../photos/decide/undo-decision.ts';
import { ID_PARAMETERS } from '../../schemas/fields.ts';
import {
  FACES_NAMED,
  IGNORE_FACES_BODY,
  MERGE_GROUPS_BODY,
  NAME_FACES_BODY,
  NOT_PERSON_BODY,
  PHOTO_DECISION,
  PHOTO_DECISIONS,
  PHOTO_DECISIONS_QUERY,
  SPLIT_GROUP_BODY,
} from '../../schemas/photo-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { ADMIN, deskOf, facesIn, personOf, TAGS } from './desk-of.ts';

const config = ADMIN;
const tags = TAGS;
const decides = { '2xx': PHOTO_DECISION, ...FAILURES };

/** Adds what people say about faces in photos; each of it can be undone by its id. */
export function addFaceDecisionRoutes(api: Api): void {
  const name = { summary: 'Say who it is: the good, various faces are enrolled', tags };
  api.post(
    '/photos/name',
    { schema: { ...name, body: NAME_FACES_BODY, response: { '2xx': FACES_NAMED, ...FAILURES } }, config },
    async (request) => {
      const desk = deskOf(request);
      const { confirm } = request.body;
      const who = await nameIn(request, request.body);
      const faces = await facesIn(desk, request.body);
      const named = await nameFaces(desk.library, faces, who, confirm ? 'confirm' : 'name');
      const { created, enrolled, personId } = named;
      const { events } = request.here;
      await events.publish(created ? 'person.created' : 'person.changed', { personId, name: who });
      desk.grouper.want();
      const decision = (await desk.library.store.findDecision(named.decisionId))!;
      return { ...(await showDecision(request, decision)), created, enrolled };
    },
  );
  const not = { summary: 'Say that faces are not somebody', tags, body: NOT_PERSON_BODY };
  api.post('/photos/not', { schema: { ...not, response: decides }, config }, async (request) => {
    const desk = deskOf(request);
    const { personId } = request.body;
    await personOf(request, personId);
    return decided(request, await notPerson(desk.library, await facesIn(desk, request.body), personId));
  });
  const ignore = { summary: 'Ignore faces: they are asked about no more', tags, body: IGNORE_FACES_BODY };
  api.post('/photos/ignore', { schema: { ...ignore, response: decides }, config }, async (request) => {
    const desk = deskOf(request);
    return decided(request, await ignoreFaces(desk.library, await facesIn(desk, request.body)));
  });
  addGroupDecisions(api);
  addDecisions(api);
}

function addGroupDecisions(api: Api): void {
  const merge = { summary: 'Say that groups are one person', tags, body: MERGE_GROUPS_BODY };
  api.post('/photos/merge', { schema: { ...merge, response: decides }, config }, async (request) =>
    decided(request, await mergeGroups(deskOf(request).library, request.body.groups)),
  );
  const split = { summary: 'Take faces out of a group that are somebody else', tags, body: SPLIT_GROUP_BODY };
  api.post('/photos/split', { schema: { ...split, response: decides }, config }, async (request) => {
    const { group, faces } = request.body;
    return decided(request, await splitGroup(deskOf(request).library, group, faces));
  });
}

function addDecisions(api: Api): void {
  const list = { summary: 'List what was decided about faces in photos, the newest first', tags };
  api.get(
    '/photos/decisions',
    {
      schema: {
        ...list,
        querystring: PHOTO_DECISIONS_QUERY,
        response: { '2xx': PHOTO_DECISIONS, ...FAILURES },
      },
      config,
    },
    async (request) => {
      const rows = await deskOf(request).library.store.listDecisions(request.query.limit);
      const done = rows.filter(({ changes }) => changes.pending === undefined);
      return { items: await Promise.all(done.map((row) => showDecision(request, row))) };
    },
  );
  const undo = { summary: 'Take a decision about faces in photos back', tags, params: ID_PARAMETERS };
  api.post(
    '/photos/decisions/:id/undo',
    { schema: { ...undo, response: decides }, config },
    async (request) => decided(request, await undoDecision(deskOf(request).library, request.params.id)),
  );
}

/** Groups anew, with what was decided. */
async function decided(request: FastifyRequest, row: PhotoDecisionRow) {
  deskOf(request).grouper.want();
  return showDecision(request, row);
}

async function showDecision(
  request: FastifyRequest,
  { id, at, kind, personId, undoneAt, changes }: PhotoDecisionRow,
): Promise<z.output<typeof PHOTO_DECISION>> {
  const names = await deskOf(request).library.store.peopleByIds(personId === null ? [] : [personId]);
  const name = personId === null ? undefined : names.get(personId);
  return {
    ...{ id, at, kind, undoneAt, faces: changes.faces?.length ?? 0 },
    person: personId === null || name === undefined ? null : { id: personId, name },
  };
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` unless there is one of the two, `ERR_NOT_FOUND` */
async function nameIn(
  request: FastifyRequest,
  { name, personId }: Pick<z.output<typeof NAME_FACES_BODY>, 'name' | 'personId'>,
): Promise<string> {
  if (name !== undefined && personId === undefined) return name;
  if (name === undefined && personId !== undefined) return (await personOf(request, personId)).name;
  throw invalidArgument('name or personId, one of the two', 'body', { name, personId });
}
