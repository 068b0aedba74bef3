import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { startPhotoServer } from '../jobs/photo-server.ts';
import { media, startServer, type TestServer } from './start-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

interface JobAnswer {
  readonly id: string;
  readonly state: string;
  readonly done: number;
  readonly failed: number;
  readonly percent: number;
  readonly outcomes: Record<string, number>;
  readonly result: Record<string, unknown> | null;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer({}, { jobs: { running: 1, allowInternal: ['127.0.0.1'] } });
});

const post = (path: string, body?: unknown, headers = {}) =>
  server.request(path, {
    method: 'POST',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const get = async <Answer>(path: string) => (await (await server.request(path)).json()) as Answer;

async function untilOver(id: string): Promise<JobAnswer> {
  for (let n = 0; n < 400; n++) {
    const job = await get<JobAnswer>(`/jobs/${id}`);
    if (job.state === 'done' || job.state === 'canceled') return job;
    await pause(150);
  }
  throw new Error('the job did not end');
}

describe('jobs of a server', () => {
  test('enroll photos from addresses, and tell what failed without the secrets of the address', async () => {
    const photo = await readFile(media('franck_02159.jpg'));
    const base = await startPhotoServer((request, response) => {
      if (request.url?.startsWith('/gone')) response.writeHead(404).end();
      else response.end(photo);
    });
    const photos = [
      { url: `${base}/Ada/1.jpg?signature=secret`, person: 'Ada' },
      { url: `${base}/gone.jpg?signature=secret`, person: 'Ada' },
    ];
    const added = await post('/jobs', { kind: 'enroll', photos });
    expect(added.status).toBe(201);
    const { id } = (await added.json()) as JobAnswer;
    const job = await untilOver(id);
    expect(job).toMatchObject({ state: 'done', done: 1, failed: 1, percent: 100, outcomes: { added: 1 } });
    expect((await server.gallery.findPerson('Ada'))?.faces).toBe(1);
    const { items } = await get<{ items: object[] }>(`/jobs/failures?job=${id}`);
    expect(items).toMatchObject([{ jobId: id, what: `${base}/gone.jpg`, code: 'ERR_NOT_FOUND', tries: 1 }]);
    expect(JSON.stringify([items, job, server.log])).not.toContain('secret');
    expect(server.log.join('')).not.toContain('gone.jpg');
    expect(await (await post(`/jobs/${id}/retry`)).json()).toEqual({ putBack: 1 });
    expect(await untilOver(id)).toMatchObject({ failed: 1 });
    expect((await server.request(`/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await server.request(`/jobs/${id}`)).status).toBe(404);
    expect(await get(`/jobs/failures`)).toEqual({ items: [] });
  });

  test('fetch nothing from an address that is not public unless it was allowed', async () => {
    const photos = [
      { url: 'http://169.254.169.254/latest/meta-data/', person: 'Ada' },
      { url: 'http://[::1]:1/', person: 'Ada' },
      { url: 'http://10.1.2.3/1.jpg', person: 'Ada' },
    ];
    const { id } = (await (await post('/jobs', { kind: 'enroll', photos })).json()) as JobAnswer;
    expect(await untilOver(id)).toMatchObject({ done: 0, failed: 3 });
    const { items } = await get<{ items: { code: string; message: string }[] }>(`/jobs/failures?job=${id}`);
    expect(items.map(({ code }) => code)).toEqual(Array(3).fill('ERR_FORBIDDEN'));
    expect(items[0]!.message).toContain('--allow-internal');
  });

  test('evaluate the gallery, or say why that is not possible', async () => {
    const { id } = (await (await post('/jobs', { kind: 'evaluate' })).json()) as JobAnswer;
    expect(await untilOver(id)).toMatchObject({ failed: 1 });
    expect(await get(`/jobs/failures?job=${id}`)).toMatchObject({ items: [{ code: 'ERR_TOO_FEW_SAMPLES' }] });
  });

  test('leave a change of models to a worker, and can be canceled', async () => {
    const { id } = (await (await post('/jobs', { kind: 'migrate', models: 'dlib' })).json()) as JobAnswer;
    await pause(1500);
    expect(await get(`/jobs/${id}`)).toMatchObject({ state: 'waiting' });
    expect(await (await post(`/jobs/${id}/cancel`)).json()).toMatchObject({ state: 'canceled' });
  });

  test('are seen by keys that may read and changed by those that may do everything', async () => {
    const { read, recognize } = server.secrets;
    const asked = (headers: object) => server.request('/jobs', { headers: { ...headers } });
    expect((await asked({ 'x-api-key': read })).status).toBe(200);
    expect((await asked({ 'x-api-key': recognize })).status).toBe(403);
    const body = { kind: 'evaluate' };
    expect((await post('/jobs', body, { 'x-api-key': read })).status).toBe(403);
  });

  test.each([
    { kind: 'enroll', photos: [] },
    { kind: 'enroll', photos: [{ url: 'file:///etc/passwd', person: 'Ada' }] },
    { kind: 'enroll', photos: [{ url: 'https://a.example/1.jpg' }] },
    { kind: 'migrate', models: '../models' },
    { kind: 'clean' },
    {},
  ])('are refused where they are none: %j', async (body) => {
    expect((await post('/jobs', body)).status).toBe(400);
  });

  test('are counted in the metrics', async () => {
    const text = await (await server.request('/metrics')).text();
    expect(text).toMatch(/face_trigger_job_tasks\{state="waiting"\} 0/);
    expect(text).toMatch(/face_trigger_job_tasks_total\{outcome="done"\} 1/);
  });
});
