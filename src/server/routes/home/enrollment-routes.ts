import { ID_PARAMETERS } from '../../schemas/fields.ts';
import { CAMERA_PARAMETERS, ENROLLMENT, ENROLLMENT_BODY, ENROLLMENTS } from '../../schemas/home-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { partOf } from './home-of.ts';

const tags = ['cameras'];
const params = ID_PARAMETERS;
const config = { scope: 'admin' } as const;
const answers = { '2xx': ENROLLMENT, ...FAILURES };

/** Adds `/cameras/NAME/enrollments` and `/enrollments`: who stands before a camera is enrolled. */
export function addEnrollmentRoutes(api: Api): void {
  const start = {
    summary: 'Enroll the person before a camera, who is asked to look ahead, left, right and up',
    tags,
    params: CAMERA_PARAMETERS,
    body: ENROLLMENT_BODY,
  };
  api.post(
    '/cameras/:name/enrollments',
    { schema: { ...start, response: answers }, config },
    async (request, reply) => {
      const { params, body } = request;
      return reply.code(201).send(partOf(request, 'enrollment').start(params.name, body.name));
    },
  );
  const list = { summary: 'List enrollments before cameras that go on, and the last ones', tags };
  api.get(
    '/enrollments',
    { schema: { ...list, response: { '2xx': ENROLLMENTS, ...FAILURES } }, config },
    async (request) => ({ items: partOf(request, 'enrollment').list() }),
  );
  const show = { summary: 'Say how far an enrollment before a camera is', tags, params };
  api.get('/enrollments/:id', { schema: { ...show, response: answers }, config }, async (request) =>
    partOf(request, 'enrollment').get(request.params.id),
  );
  const cancel = { summary: 'End an enrollment without enrolling anybody', tags, params };
  api.post('/enrollments/:id/cancel', { schema: { ...cancel, response: answers }, config }, async (request) =>
    partOf(request, 'enrollment').cancel(request.params.id),
  );
  const undo = { summary: 'Take an enrollment back', tags, params };
  api.post('/enrollments/:id/undo', { schema: { ...undo, response: answers }, config }, async (request) =>
    partOf(request, 'enrollment').undo(request.params.id),
  );
}
