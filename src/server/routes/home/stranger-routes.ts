import { FaceTriggerError } from '../../../core/errors.ts';
import {
  DECISION,
  IGNORE_PERSON_BODY,
  IGNORED,
  NAMED,
  SPLIT,
  SPLIT_BODY,
  STRANGER,
  STRANGER_INTO_BODY,
  STRANGER_PARAMETERS,
  STRANGERS,
  STRANGERS_QUERY,
  WHO_BODY,
} from '../../schemas/appearance-schemas.ts';
import { ID_PARAMETERS } from '../../schemas/fields.ts';
import { type Api, FAILURES } from '../api.ts';
import { whoOf } from './appearance-routes.ts';
import { partOf, tellNamed } from './home-of.ts';

const tags = ['strangers'];
const params = STRANGER_PARAMETERS;
const read = { scope: 'read' } as const;
const admin = { scope: 'admin' } as const;
const decides = { '2xx': DECISION, ...FAILURES };

/** Adds `/strangers`, `/ignored` and `/people/ID/ignored`. */
export function addStrangerRoutes(api: Api): void {
  const list = { summary: 'List strangers, those seen last first', tags, querystring: STRANGERS_QUERY };
  api.get(
    '/strangers',
    { schema: { ...list, response: { '2xx': STRANGERS, ...FAILURES } }, config: read },
    async (request) => partOf(request, 'strangers').list(request.query),
  );
  const show = { summary: 'Show a stranger', tags, params };
  api.get(
    '/strangers/:id',
    { schema: { ...show, response: { '2xx': STRANGER, ...FAILURES } }, config: read },
    async (request) => {
      const stranger = await partOf(request, 'strangers').get(request.params.id);
      if (stranger !== null) return stranger;
      throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no stranger with this id');
    },
  );
  addActions(api);
  addIgnored(api);
}

function addActions(api: Api): void {
  const name = { summary: 'Say who a stranger is: good, various faces are enrolled', tags, params };
  api.post(
    '/strangers/:id/name',
    { schema: { ...name, body: WHO_BODY, response: { '2xx': NAMED, ...FAILURES } }, config: admin },
    async (request) => {
      const { params, body } = request;
      return tellNamed(request, await partOf(request, 'strangers').name(params.id, whoOf(body)));
    },
  );
  const merge = { summary: 'Make two strangers one', tags, params, body: STRANGER_INTO_BODY };
  api.post(
    '/strangers/:id/merge',
    { schema: { ...merge, response: decides }, config: admin },
    async (request) => partOf(request, 'strangers').merge(request.params.id, request.body.into),
  );
  const split = {
    summary: 'Make some appearances of a stranger another one',
    tags,
    params,
    body: SPLIT_BODY,
  };
  api.post(
    '/strangers/:id/split',
    { schema: { ...split, response: { '2xx': SPLIT, ...FAILURES } }, config: admin },
    async (request) => partOf(request, 'strangers').split(request.params.id, request.body.appearances),
  );
  const change = { summary: 'Put a stranger on the ignore list, or take them off', tags, params };
  api.post(
    '/strangers/:id/ignored',
    { schema: { ...change, body: IGNORE_PERSON_BODY, response: decides }, config: admin },
    async (request) => partOf(request, 'strangers').ignore(request.params.id, request.body.ignored),
  );
  const remove = {
    summary: 'Delete a stranger with all appearances; for a day it can be undone',
    tags,
    params,
  };
  api.delete('/strangers/:id', { schema: { ...remove, response: decides }, config: admin }, async (request) =>
    partOf(request, 'strangers').delete(request.params.id),
  );
}

function addIgnored(api: Api): void {
  const list = { summary: 'Show who is on the ignore list', tags };
  api.get(
    '/ignored',
    { schema: { ...list, response: { '2xx': IGNORED, ...FAILURES } }, config: read },
    async (request) => partOf(request, 'strangers').ignored(),
  );
  const change = {
    summary: 'Put a person on the ignore list, or take them off',
    tags,
    params: ID_PARAMETERS,
  };
  api.post(
    '/people/:id/ignored',
    { schema: { ...change, body: IGNORE_PERSON_BODY, response: decides }, config: admin },
    async (request) => partOf(request, 'strangers').ignorePerson(request.params.id, request.body.ignored),
  );
}
