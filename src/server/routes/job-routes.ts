import type { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { parseDate } from '../../core/text/iso-date.ts';
import { jobProgress } from '../../jobs/job-progress.ts';
import type { Job, JobQueue, NewJob } from '../../jobs/job-queue.ts';
import { tasksOfUrls } from '../../jobs/photos/read-url-list.ts';
import { removeUnpacked, removeUnpackedFolder } from '../../jobs/photos/remove-unpacked.ts';
import { webUrl } from '../../jobs/photos/shown-url.ts';
import { ID_PARAMETERS, NOTHING } from '../schemas/fields.ts';
import {
  FAILURES_OF_JOBS,
  FAILURES_QUERY,
  JOB,
  JOB_BYTES,
  JOBS,
  JOBS_QUERY,
  NEW_JOB,
  PUT_BACK,
  RETRY,
} from '../schemas/job-schemas.ts';
import type { ServerContext } from '../server-context.ts';
import { type Api, FAILURES } from './api.ts';

const tags = ['jobs'];
const params = ID_PARAMETERS;
const read = { scope: 'read' } as const;
const change = { scope: 'admin' } as const;

/** Adds `/jobs`. Files of the server's machine can't be named here: photos come from addresses. */
export function addJobRoutes(api: Api): void {
  const queue = ({ jobs }: ServerContext): JobQueue => {
    if (jobs !== null) return jobs;
    throw new FaceTriggerError('ERR_CONFLICT', 'This server does no jobs for this gallery');
  };
  const add = { summary: 'Have workers enroll photos, evaluate the gallery or change its models', tags };
  api.post(
    '/jobs',
    {
      schema: { ...add, body: NEW_JOB, response: { '2xx': JOB, ...FAILURES } },
      config: { ...change, documentBytes: JOB_BYTES },
    },
    async ({ body, here }, reply) => reply.code(201).send(toAnswer(await queue(here).add(toJob(body, here)))),
  );
  const all = { summary: 'List jobs, the newest first', tags, querystring: JOBS_QUERY };
  api.get(
    '/jobs',
    { schema: { ...all, response: { '2xx': JOBS, ...FAILURES } }, config: read },
    async ({ query, here }) => ({ items: (await queue(here).list(query.limit)).map(toAnswer) }),
  );
  const failures = { summary: 'List what was given up, and why', tags, querystring: FAILURES_QUERY };
  api.get(
    '/jobs/failures',
    { schema: { ...failures, response: { '2xx': FAILURES_OF_JOBS, ...FAILURES } }, config: read },
    async ({ query: { job, limit }, here }) => {
      const items = await queue(here).failures({ jobId: job, limit });
      return { items: items.map((item) => ({ ...item, failedAt: item.failedAt.toISOString() })) };
    },
  );
  const one = { summary: 'Say how far a job is', tags, params };
  api.get(
    '/jobs/:id',
    { schema: { ...one, response: { '2xx': JOB, ...FAILURES } }, config: read },
    async (request) => toAnswer(await queue(request.here).get(request.params.id)),
  );
  const cancel = { summary: 'End a job; what is done stays', tags, params };
  api.post(
    '/jobs/:id/cancel',
    { schema: { ...cancel, response: { '2xx': JOB, ...FAILURES } }, config: change },
    async (request) => {
      const job = await queue(request.here).cancel(request.params.id);
      await removeUnpacked(queue(request.here), job);
      return toAnswer(job);
    },
  );
  const retry = { summary: 'Put back what was given up', tags, params, querystring: RETRY };
  api.post(
    '/jobs/:id/retry',
    { schema: { ...retry, response: { '2xx': PUT_BACK, ...FAILURES } }, config: change },
    async (request) => ({
      putBack: await queue(request.here).retry(request.params.id, { taskId: request.query.task }),
    }),
  );
  const remove = { summary: 'Forget a job that is over, with its failures', tags, params };
  api.delete(
    '/jobs/:id',
    { schema: { ...remove, response: { 204: NOTHING, ...FAILURES } }, config: change },
    async (request, reply) => {
      const { parameters } = await queue(request.here).get(request.params.id);
      await queue(request.here).remove(request.params.id);
      await removeUnpackedFolder(parameters);
      return reply.code(204).send();
    },
  );
}

function toJob(body: z.output<typeof NEW_JOB>, { settings }: ServerContext): NewJob {
  const { kind } = body;
  switch (kind) {
    case 'enroll': {
      const { photos, review, duplicates, expiresAt: wished, tries } = body;
      const wrong = photos.findIndex(({ url }) => webUrl(url) === null);
      if (wrong !== -1)
        throw new FaceTriggerError(
          'ERR_INVALID_ARGUMENT',
          `Expected an address that begins with https:// or http:// for photos[${wrong}].url`,
        );
      const expiresAt = wished === undefined ? settings.defaultExpiry() : parseDate(wished, 'expiresAt');
      const parameters = { review, duplicates, ...(expiresAt && { expiresAt: expiresAt.toISOString() }) };
      return { kind, parameters, tasks: tasksOfUrls(photos, undefined), tries };
    }
    case 'evaluate':
      return { kind, parameters: { sample: body.sample }, tasks: [{ what: 'the gallery', data: {} }] };
    case 'migrate': {
      const { kind: _, ...parameters } = body;
      return { kind, parameters, tasks: [{ what: `the gallery to ${body.models}`, data: {} }] };
    }
  }
}

function toAnswer(job: Job): z.output<typeof JOB> {
  const { createdAt, startedAt, updatedAt, result } = job;
  return {
    ...job,
    ...jobProgress(job),
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    updatedAt: updatedAt?.toISOString() ?? null,
    result: result && { ...result },
  };
}
