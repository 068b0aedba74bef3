import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesContaining } from '../gallery/temporary-gallery.ts';
import { form, json, media, startServer, type TestServer } from './start-server.ts';

const franck = readFileSync(media('franck_01829.jpg'));
const franckAgain = readFileSync(media('franck_04035.jpg'));
const audrey = readFileSync(media('audrey.jpg'));
const average = readFileSync(media('average.png'));

let test: TestServer;
beforeAll(async () => {
  test = await startServer({}, { thumbnails: true });
});

async function create(name: string, photo: Uint8Array): Promise<{ id: string; faceId: string }> {
  const created = await test.request('/people', { method: 'POST', ...json({ name }) });
  expect(created.status).toBe(201);
  const { id } = (await created.json()) as { id: string };
  const added = await test.request(`/people/${id}/faces?review=off`, {
    method: 'POST',
    body: form({ image: photo }),
  });
  expect(added.status).toBe(201);
  const { face } = (await added.json()) as { face: { id: string } };
  return { id, faceId: face.id };
}

type Recognized = {
  width: number;
  faces: {
    box: { left: number };
    candidates: { person: { id: string; name: string }; distance: number }[];
  }[];
};
const recognize = async (photo: Uint8Array): Promise<Recognized> => {
  const response = await test.request('/recognize', { method: 'POST', body: form({ image: photo }) });
  expect(response.status).toBe(200);
  return (await response.json()) as Recognized;
};

describe('the server', () => {
  it('enrolls a person, recognizes another photo of them, and forgets them for good', async () => {
    const { id } = await create('Franck Vanishing', franck);
    const found = await recognize(franckAgain);
    expect(found.faces[0]!.candidates[0]!.person).toEqual({ id, name: 'Franck Vanishing' });
    expect((await recognize(audrey)).faces[0]!.candidates).toEqual([]);
    const deleted = await test.request(`/people/${id}`, { method: 'DELETE' });
    expect(await deleted.json()).toEqual({ deletedFaces: 1 });
    expect((await recognize(franckAgain)).faces[0]!.candidates).toEqual([]);
    expect(filesContaining(test.folder, [Buffer.from('Vanishing')])).toEqual([]);
  });

  it('takes forms, plain bytes and base64, and answers all alike', async () => {
    const bodies: RequestInit[] = [
      { body: form({ image: audrey }) },
      { body: audrey, headers: { 'content-type': 'image/jpeg' } },
      { body: audrey, headers: { 'content-type': 'text/plain' } },
      json({ image: audrey.toString('base64') }),
      json({ image: `data:image/jpeg;base64,${audrey.toString('base64')}` }),
    ];
    const answers = [];
    for (const body of bodies) {
      const response = await test.request('/detect', { method: 'POST', ...body });
      expect(response.status).toBe(200);
      const { faces } = (await response.json()) as { faces: object[] };
      expect(faces).toHaveLength(1);
      answers.push(faces);
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('embeds, searches and compares', async () => {
    const response = await test.request('/embed', { method: 'POST', body: form({ image: franck }) });
    const { faces } = (await response.json()) as { faces: { embedding: number[] }[] };
    const { embedding } = faces[0]!;
    expect(embedding).toHaveLength(128);
    const { id } = await create('Franck', franck);
    const search = await test.request('/search', { method: 'POST', ...json({ embedding }) });
    expect(await search.json()).toMatchObject({ candidates: [{ person: { id } }] });
    const compare = async (image1: Uint8Array, image2: Uint8Array) =>
      (await test.request('/verify', { method: 'POST', body: form({ image1, image2 }) })).json();
    expect(await compare(franck, franckAgain)).toMatchObject({ same: true, maxDistance: 0.6 });
    expect(await compare(franck, audrey)).toMatchObject({ same: false });
    await test.request(`/people/${id}/negatives`, { method: 'POST', ...json({ embedding }) });
    const after = await test.request('/search', {
      method: 'POST',
      ...json({ embedding: embedding.map((x) => x * 1.001) }),
    });
    expect((await after.json()) as object).toHaveProperty('candidates');
    await test.request(`/people/${id}`, { method: 'DELETE' });
  });

  it.each([
    ...['2027-02-29T00:00:00Z', '2027-02-30T00:00:00Z', '2027-13-01T00:00:00Z', '2027-06-30T24:00:00Z'],
    ...[
      '2027-02-30',
      '2020-01-01',
      '2027-6-30',
      '2027-06-30T12:00:00',
      '2027-06-30 12:00:00Z',
      '2027-06-30T23:59:60Z',
      '2020-01-01T00:00:00Z',
    ],
  ])('refuses the expiry %s, and keeps nobody', async (expiresAt) => {
    const created = await test.request('/people', { method: 'POST', ...json({ name: 'Ada', expiresAt }) });
    expect(created.status).toBe(400);
    expect(await created.json()).toMatchObject({ error: { code: 'ERR_INVALID_ARGUMENT' } });
    const ann = await create('Ann', audrey);
    const path = `/people/${ann.id}`;
    expect((await test.request(path, { method: 'PATCH', ...json({ expiresAt }) })).status).toBe(400);
    expect(await (await test.request(path)).json()).toMatchObject({ name: 'Ann', expiresAt: null });
    await test.request(path, { method: 'DELETE' });
    expect(await (await test.request('/people')).json()).toMatchObject({ items: [] });
  });

  it('takes a day as expiry for its first moment in UTC, as the command line does', async () => {
    const first = '2999-06-30T00:00:00.000Z';
    const query = new URLSearchParams({ name: 'Zed', expiresAt: '2999-06-30' });
    const enrolled = await test.request(`/faces?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: audrey,
    });
    expect(await enrolled.json()).toMatchObject({ person: { expiresAt: first } });
    const body = json({ name: 'Yan', expiresAt: '2999-06-30' });
    const made = await (await test.request('/people', { method: 'POST', ...body })).json();
    expect(made).toMatchObject({ expiresAt: first });
    for (const name of ['Zed', 'Yan']) {
      await test.request(`/people/${(await test.gallery.findPerson(name))!.id}`, { method: 'DELETE' });
    }
  });

  it('lists, renames, merges and undoes', async () => {
    const a = await create('A <b>&"', franck);
    const b = await create('B', audrey);
    const renamed = await test.request(`/people/${a.id}`, {
      method: 'PATCH',
      ...json({ name: 'Ann', expiresAt: '2999-01-01T00:00:00Z' }),
    });
    expect(await renamed.json()).toMatchObject({
      name: 'Ann',
      expiresAt: '2999-01-01T00:00:00.000Z',
      faces: 1,
    });
    const first = (await (await test.request('/people?limit=1')).json()) as {
      items: object[];
      nextCursor: string;
    };
    expect(first.items).toMatchObject([{ name: 'Ann' }]);
    const rest = await test.request(`/people?limit=1&cursor=${first.nextCursor}`);
    expect(await rest.json()).toMatchObject({ items: [{ name: 'B' }], nextCursor: null });
    const merged = await test.request(`/people/${b.id}/merge`, { method: 'POST', ...json({ into: a.id }) });
    const { id, person } = (await merged.json()) as { id: string; person: object };
    expect(person).toMatchObject({ name: 'Ann', faces: 2 });
    const undone = await test.request(`/merges/${id}/undo`, { method: 'POST' });
    expect(await undone.json()).toMatchObject({ name: 'B', faces: 1 });
    const thumbnail = await test.request(`/faces/${a.faceId}/thumbnail`);
    expect(thumbnail.headers.get('content-type')).toBe('image/jpeg');
    expect((await test.request(`/faces/${a.faceId}`, { method: 'DELETE' })).status).toBe(204);
    const faces = await test.request(`/people/${a.id}/faces`);
    expect(await faces.json()).toEqual({ items: [], nextCursor: null });
    for (const person of [a, b]) await test.request(`/people/${person.id}`, { method: 'DELETE' });
  });

  it('refuses photos that are not fit to enroll', async () => {
    const created = await test.request('/people', { method: 'POST', ...json({ name: 'Nobody' }) });
    const { id } = (await created.json()) as { id: string };
    const blank = readFileSync(media('icon_angry.png'));
    const response = await test.request(`/people/${id}/faces`, {
      method: 'POST',
      body: form({ image: blank }),
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ error: { code: 'ERR_UNSUITABLE_FACE' } });
    await test.request(`/people/${id}`, { method: 'DELETE' });
  });

  it('enrolls by name, says that a photo is there already, and leaves no empty person', async () => {
    const enroll = (name: string, image: Buffer, rest = '') =>
      test.request(`/faces?name=${encodeURIComponent(name)}${rest}`, {
        method: 'POST',
        body: form({ image }),
      });
    const refused = await enroll('Ghost', readFileSync(media('icon_angry.png')));
    expect(refused.status).toBe(422);
    expect(await (await test.request('/people?query=Ghost')).json()).toMatchObject({ items: [] });
    const first = await enroll('Zoë', audrey);
    expect(first.status).toBe(201);
    const created = (await first.json()) as { person: { id: string }; face: { id: string } };
    expect(created).toMatchObject({ created: true, alreadyThere: false, person: { name: 'Zoë', faces: 1 } });
    const again = await enroll('Zoë', audrey);
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({
      created: false,
      alreadyThere: true,
      face: { id: created.face.id },
      person: { faces: 1 },
    });
    const path = `/people/${created.person.id}/faces`;
    const byId = await test.request(path, { method: 'POST', body: form({ image: audrey }) });
    expect(byId.status).toBe(200);
    expect((await enroll('Zoë', audrey, '&duplicates=keep')).status).toBe(201);
    const beth = await enroll('Beth', audrey);
    const other = (await beth.json()) as { person: { id: string } };
    expect(other).toMatchObject({ nearerPerson: { name: 'Zoë', samePhoto: true } });
    for (const { id } of [created.person, other.person])
      await test.request(`/people/${id}`, { method: 'DELETE' });
  });

  it('gives events as they happen, and those that were missed', async () => {
    const controller = new AbortController();
    const listen = async (headers: Record<string, string>) => {
      const response = await test.request('/events', { headers, signal: controller.signal });
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      return async (wanted: string): Promise<string> => {
        while (!text.includes(wanted)) text += (await reader.read()).value ?? '';
        return text;
      };
    };
    const live = await listen({});
    const { id } = await create('Eventful', average);
    expect(await live('person.created')).toContain('"name":"Eventful"');
    await recognize(average);
    expect(await live('face.recognized')).toContain(`"personId":"${id}"`);
    const missed = await listen({ 'last-event-id': '0' });
    expect(await missed('face.recognized')).toContain('person.created');
    await test.request(`/people/${id}`, { method: 'DELETE' });
    const later = await listen({ 'last-event-id': '0' });
    expect(await later('person.deleted')).not.toContain('Eventful');

    // The routes of CompreFace tell of what they do too, and a deletion through them or elsewhere forgets as well.
    const other = await create('Occasional', average);
    await test.request('/recognition/recognize', { method: 'POST', body: form({ file: average }) });
    expect(await live(`"personId":"${other.id}","name":"Occasional","distance"`)).toContain(
      'face.recognized',
    );
    await test.gallery.deletePerson(other.id);
    await test.request('/recognition/subjects', { method: 'POST', ...json({ subject: 'Fleeting' }) });
    expect(await live('"name":"Fleeting"')).toContain('person.created');
    await test.request('/recognition/subjects/Fleeting', { method: 'DELETE' });
    await live('person.deleted');
    const last = await listen({ 'last-event-id': '0' });
    expect(await last('person.deleted')).not.toMatch(/Eventful|Occasional|Fleeting/);
    controller.abort();
  });

  it('describes itself in OpenAPI 3.1', async () => {
    const document = (await (await fetch(`${test.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/appearances',
      '/api/v1/appearances/{id}',
      '/api/v1/appearances/{id}/ignore',
      '/api/v1/appearances/{id}/name',
      '/api/v1/appearances/{id}/not',
      '/api/v1/appearances/{id}/pictures/{picture}',
      '/api/v1/cameras',
      '/api/v1/cameras/live',
      '/api/v1/cameras/{name}/enrollments',
      '/api/v1/cameras/{name}/live',
      '/api/v1/cameras/{name}/picture.jpg',
      '/api/v1/decisions',
      '/api/v1/decisions/{id}/undo',
      '/api/v1/detect',
      '/api/v1/embed',
      '/api/v1/enrollments',
      '/api/v1/enrollments/{id}',
      '/api/v1/enrollments/{id}/cancel',
      '/api/v1/enrollments/{id}/undo',
      '/api/v1/evaluation',
      '/api/v1/events',
      '/api/v1/export',
      '/api/v1/faces',
      '/api/v1/faces/embedded',
      '/api/v1/faces/{id}',
      '/api/v1/faces/{id}/thumbnail',
      '/api/v1/galleries',
      '/api/v1/galleries/{name}',
      '/api/v1/health',
      '/api/v1/ignored',
      '/api/v1/jobs',
      '/api/v1/jobs/failures',
      '/api/v1/jobs/{id}',
      '/api/v1/jobs/{id}/cancel',
      '/api/v1/jobs/{id}/retry',
      '/api/v1/keys',
      '/api/v1/keys/{id}',
      '/api/v1/liveness/challenges',
      '/api/v1/liveness/challenges/{nonce}/frames',
      '/api/v1/merges/{id}/undo',
      '/api/v1/metrics',
      '/api/v1/negatives/{id}',
      '/api/v1/people',
      '/api/v1/people/{id}',
      '/api/v1/people/{id}/faces',
      '/api/v1/people/{id}/ignored',
      '/api/v1/people/{id}/merge',
      '/api/v1/people/{id}/negatives',
      '/api/v1/people/{id}/thumbnail',
      '/api/v1/photos',
      '/api/v1/photos/alone',
      '/api/v1/photos/decisions',
      '/api/v1/photos/decisions/{id}/undo',
      '/api/v1/photos/faces/{id}/thumbnail',
      '/api/v1/photos/groups/{group}/faces',
      '/api/v1/photos/ignore',
      '/api/v1/photos/merge',
      '/api/v1/photos/name',
      '/api/v1/photos/not',
      '/api/v1/photos/people',
      '/api/v1/photos/people/{id}',
      '/api/v1/photos/people/{id}/faces',
      '/api/v1/photos/people/{id}/suggestions',
      '/api/v1/photos/questions',
      '/api/v1/photos/split',
      '/api/v1/photos/stats',
      '/api/v1/photos/thumbnails',
      '/api/v1/photos/{id}',
      '/api/v1/photos/{id}/picture',
      '/api/v1/presence',
      '/api/v1/ready',
      '/api/v1/recognize',
      '/api/v1/review',
      '/api/v1/search',
      '/api/v1/session',
      '/api/v1/settings',
      '/api/v1/stats',
      '/api/v1/strangers',
      '/api/v1/strangers/{id}',
      '/api/v1/strangers/{id}/ignored',
      '/api/v1/strangers/{id}/merge',
      '/api/v1/strangers/{id}/name',
      '/api/v1/strangers/{id}/split',
      '/api/v1/verify',
    ]);
    expect(Object.keys(document.paths['/api/v1/recognize']!['post']!.requestBody!.content)).toContain(
      'multipart/form-data',
    );
  });

  it('says that it watches no cameras, and how it would', async () => {
    for (const path of [
      '/cameras',
      '/cameras/live',
      '/presence',
      '/appearances',
      '/strangers',
      '/enrollments',
    ]) {
      const response = await test.request(path);
      expect(response.status, path).toBe(404);
      expect(await response.json()).toMatchObject({
        error: { code: 'ERR_NOT_FOUND', message: expect.stringContaining('face-trigger run') },
      });
    }
    expect(await (await test.request('/session')).json()).toMatchObject({ home: null });
  });

  it('shows health, readiness, statistics and metrics', async () => {
    expect(await (await fetch(`${test.url}/api/v1/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${test.url}/api/v1/ready`)).json()).toEqual({ status: 'ready' });
    expect(await (await test.request('/stats')).json()).toMatchObject({ people: 0, index: 'exact' });
    const metrics = await (await test.request('/metrics')).text();
    expect(metrics).toMatch(/face_trigger_request_seconds_count\{.*route="\/api\/v1\/recognize"/);
    expect(metrics).toContain('face_trigger_gallery_faces 0');
  });

  it('logs no names, addresses with names, pictures or embeddings', async () => {
    const { id } = await create('Loggable Person', audrey);
    await test.request('/recognition/subjects/Loggable%20Person', { method: 'DELETE' });
    await test.request('/people?query=Loggable');
    await test.request('/people', { method: 'POST', ...json({ name: '' }) });
    await test.request(`/people/${id}`, { method: 'DELETE' });
    expect(test.log.length).toBeGreaterThan(10);
    const text = test.log.join('');
    expect(text).not.toMatch(/Loggable|embedding|ft_[0-9a-f]{12}/);
    for (const line of test.log) JSON.parse(line);
  });
});

describe('who may ask', () => {
  it('lets nobody in without a key, and keys only as far as their scopes go', async () => {
    const status = async (path: string, init: RequestInit = {}) => (await test.request(path, init)).status;
    const headers = (key: string) => ({ 'x-api-key': key });
    expect(await status('/people', { headers: headers('') })).toBe(401);
    expect(await status('/people', { headers: headers('ft_000000000000_x') })).toBe(401);
    expect(await status('/people', { headers: headers(`${test.secrets.read.slice(0, -1)}!`) })).toBe(401);
    expect(await status('/people', { headers: headers(test.secrets.read) })).toBe(200);
    expect(await status('/people', { headers: headers(test.secrets.recognize) })).toBe(403);
    expect(await status('/people', { headers: headers(test.secrets.admin) })).toBe(200);
    expect(await status('/people', { method: 'POST', headers: headers(test.secrets.read) })).toBe(403);
    expect(await status('/detect', { method: 'POST', headers: headers(test.secrets.read) })).toBe(403);
    const bearer = await fetch(`${test.url}/api/v1/people`, {
      headers: { authorization: `Bearer ${test.secrets.read}` },
    });
    expect(bearer.status).toBe(200);
  });

  it('keeps secrets as hashes in a file for the owner alone, and revokes at once', async () => {
    const { key, secret } = await test.keys.create('door', ['read']);
    const path = join(test.folder, 'keys.json');
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(readFileSync(path, 'utf8')).not.toContain(secret.slice(16));
    const ask = async () => (await test.request('/people', { headers: { 'x-api-key': secret } })).status;
    expect(await ask()).toBe(200);
    await test.keys.revoke(key.id);
    expect(await ask()).toBe(401);
    await expect(test.keys.revoke(key.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('sends security headers and lets no other web page in', async () => {
    const response = await fetch(`${test.url}/api/v1/health`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    const preflight = await fetch(`${test.url}/api/v1/people`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example' },
    });
    expect(preflight.status).toBe(404);
  });
});
