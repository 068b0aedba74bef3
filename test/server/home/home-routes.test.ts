import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { WATCH_EVENT_VERSION, type WatchEvent } from '../../../src/watch/watch-event.ts';
import { loopCamera } from '../../home/looped-camera.ts';
import { turnedPhotos } from '../../home/turned-photos.ts';
import { json, startServer, type TestServer } from '../start-server.ts';
import { crop, street, type TestHome, testHome } from './test-home.ts';

const [FIRST, SECOND, THIRD] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];
const FACE = '11111111-1111-4111-8111-111111111111';

let home: TestHome;
let server: TestServer;
let picture: Uint8Array;
beforeAll(async () => {
  server = await startServer(
    {},
    {
      thumbnails: true,
      home: async (...place) => {
        home = await testHome(...place);
        return home;
      },
    },
  );
  picture = await crop('audrey.jpg');
  const at = (date: string) => new Date(`${date}Z`);
  await home.book.add(
    { id: THIRD, stranger: 'stranger-3', startedAt: at('2026-11-25T09:00:00') },
    { id: SECOND, stranger: 'stranger-2', camera: 'workshop', startedAt: at('2026-11-26T09:00:00') },
    {
      ...{ id: FIRST, stranger: 'stranger-1', startedAt: at('2026-11-27T18:04:12') },
      faces: [{ id: FACE, picture }],
    },
  );
  await home.strangers!.ignore('stranger-3');
}, 120_000);

const get = async <Answer = Record<string, unknown>>(path: string): Promise<Answer> => {
  const response = await server.request(path);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Answer;
};
const post = (path: string, body: unknown = {}) => server.request(path, { method: 'POST', ...json(body) });

describe('the routes of a home', () => {
  it('are said by the session', async () => {
    expect(await get('/session')).toMatchObject({ home: { appearances: true, enrollment: true } });
  });

  it('let keys look, and only admins change', async () => {
    const as = (path: string, key: keyof TestServer['secrets'], method = 'GET') =>
      server.request(path, { method, headers: { 'x-api-key': server.secrets[key] } });
    for (const path of ['/cameras', '/presence', '/appearances', '/strangers', '/decisions', '/ignored']) {
      expect((await as(path, 'read')).status, path).toBe(200);
      expect((await as(path, 'recognize')).status, path).toBe(403);
    }
    expect((await as(`/appearances/${FIRST}`, 'read', 'DELETE')).status).toBe(403);
    expect((await as('/strangers/stranger-1/ignored', 'read', 'POST')).status).toBe(403);
    expect((await as('/enrollments', 'read')).status).toBe(403);
    expect((await as('/cameras/door/picture.jpg', 'recognize')).status).toBe(403);
  });

  it('show cameras, their pictures, and live pictures of one or of all', async () => {
    const running = home.cameras.slice(0, 2).map((view) => loopCamera(view, [street()]));
    try {
      const name = encodeURIComponent('garden / east');
      const picture = await server.request(`/cameras/${name}/picture.jpg`);
      expect(picture.headers.get('content-type')).toBe('image/jpeg');
      expect(await sharp(Buffer.from(await picture.arrayBuffer())).metadata()).toMatchObject({ width: 640 });
      const { items } = await get<{ items: { name: string; state: string }[] }>('/cameras');
      expect(items.map(({ state }) => state)).toEqual(['up', 'up', 'starting']);
      expect((await server.request('/cameras/hall/live')).status).toBe(404);
      for (const [path, cameras] of [
        [`/cameras/${name}/live`, [name]],
        ['/cameras/live', ['door', name]],
        ['/cameras/live?camera=door', ['door']],
      ] as const) {
        const stop = new AbortController();
        const response = await server.request(path, { signal: stop.signal });
        expect(response.headers.get('content-type')).toMatch(/^multipart\/x-mixed-replace; boundary=/);
        let text = '';
        for await (const bytes of response.body!) {
          text += Buffer.from(bytes).toString('latin1');
          if (cameras.every((camera) => text.includes(`x-camera: ${camera}\r\n`))) break;
        }
        stop.abort();
        if (cameras.length === 1)
          expect(text.match(/x-camera: (\S+)/g)?.every((one) => one.endsWith(cameras[0]))).toBe(true);
      }
    } finally {
      for (const one of running) one.stop();
    }
  });

  it('limit how many look, and give places back', async () => {
    const open: AbortController[] = [];
    const look = async () => {
      const stop = new AbortController();
      const { status } = await server.request('/cameras/door/live', { signal: stop.signal });
      if (status === 200) open.push(stop);
      return status;
    };
    // Places of the tests before this one may be given back late.
    await expect.poll(async () => ((await look()) === 200 ? open.length : -1), { interval: 1 }).toBe(16);
    expect(await look()).toBe(429);
    for (const stop of open) stop.abort();
    await expect
      .poll(async () => {
        const stop = new AbortController();
        const { status } = await server.request('/cameras/door/live', { signal: stop.signal });
        stop.abort();
        return status;
      })
      .toBe(200);
  });

  it('list appearances by what is asked for, with their pictures', async () => {
    const ids = async (query: string) =>
      (await get<{ items: { id: string }[] }>(`/appearances?${query}`)).items.map(({ id }) => id);
    expect(await ids('')).toEqual([FIRST, SECOND, THIRD]);
    expect(await ids('ignored=false')).toEqual([FIRST, SECOND]);
    expect(await ids('camera=workshop')).toEqual([SECOND]);
    expect(await ids('stranger=stranger-1')).toEqual([FIRST]);
    expect(await ids('from=2026-11-27')).toEqual([FIRST]);
    expect(await ids('to=2026-11-26T00:00:00Z')).toEqual([THIRD]);
    const page = await get<{ nextCursor: string }>('/appearances?limit=2');
    expect(await ids(`limit=2&cursor=${page.nextCursor}`)).toEqual([THIRD]);
    for (const query of ['from=yesterday', 'limit=0', 'ignored=1', 'person=Ada', 'who=all']) {
      expect((await server.request(`/appearances?${query}`)).status, query).toBe(400);
    }
    for (const which of ['1', FACE]) {
      const shown = await server.request(`/appearances/${FIRST}/pictures/${which}`);
      expect(Buffer.from(await shown.arrayBuffer()).equals(picture)).toBe(true);
    }
    expect((await server.request(`/appearances/${FIRST}/pictures/2`)).status).toBe(404);
    expect((await server.request(`/appearances/${FIRST}/pictures/0`)).status).toBe(400);
    expect((await server.request('/appearances/00000000-0000-4000-8000-000000000009')).status).toBe(404);
  });

  it('take decisions and take them back', async () => {
    const named = (await (await post(`/appearances/${FIRST}/name`, { name: 'Ada' })).json()) as {
      id: string;
    };
    expect(named).toMatchObject({ kind: 'name', person: { name: 'Ada' }, enrolledFaceIds: [FACE] });
    expect(await get(`/appearances/${FIRST}`)).toMatchObject({
      person: { name: 'Ada' },
      decidedBy: named.id,
    });
    expect(await get('/decisions?limit=1')).toMatchObject({ items: [{ id: named.id }] });
    expect((await post(`/decisions/${named.id}/undo`)).status).toBe(200);
    expect(await get(`/appearances/${FIRST}`)).toMatchObject({ person: null });
    for (const body of [{}, { name: 'Ada', personId: FIRST }, { name: '' }, { who: 'Ada' }]) {
      expect((await post(`/appearances/${FIRST}/name`, body)).status, JSON.stringify(body)).toBe(400);
    }
    const gone = await server.request(`/appearances/${SECOND}`, { method: 'DELETE' });
    const { id } = (await gone.json()) as { id: string };
    expect((await server.request(`/appearances/${SECOND}`)).status).toBe(404);
    await post(`/decisions/${id}/undo`);
    await get(`/appearances/${SECOND}`);
    expect((await post(`/decisions/${THIRD}/undo`)).status).toBe(404);
  });

  it('keep strangers', async () => {
    const merged = (await (await post('/strangers/stranger-1/merge', { into: 'stranger-2' })).json()) as {
      id: string;
    };
    expect(await get('/strangers')).toMatchObject({ items: [{ id: 'stranger-2', appearances: 2 }] });
    await post(`/decisions/${merged.id}/undo`);
    expect((await get<{ items: unknown[] }>('/strangers')).items).toHaveLength(2);
    const ignored = (await (await post('/strangers/stranger-2/ignored', { ignored: true })).json()) as {
      id: string;
    };
    expect(await get('/strangers?ignored=true')).toMatchObject({
      items: [{ id: 'stranger-2' }, { id: 'stranger-3' }],
    });
    await post(`/decisions/${ignored.id}/undo`);
    expect(await get('/ignored')).toMatchObject({ people: [], strangers: [{ id: 'stranger-3' }] });
    const told = (await (await post('/strangers/stranger-3/ignored', { ignored: false })).json()) as {
      id: string;
    };
    expect(await get('/ignored')).toMatchObject({ strangers: [] });
    await post(`/decisions/${told.id}/undo`);
    expect(await get('/ignored')).toMatchObject({ strangers: [{ id: 'stranger-3' }] });
    expect((await post('/strangers/nobody/ignored', { ignored: true })).status).toBe(404);
    expect((await server.request('/strangers/nobody')).status).toBe(404);
  });

  it('say who is in each place', async () => {
    home.visits.current = [
      {
        ...{ id: 'visit-1', place: 'house', camera: 'door', since: 0, lastSeen: 1000 },
        ...{ label: 'Ada', personId: null, stranger: null, ignored: false, appearance: FIRST, tracks: [] },
      },
    ];
    expect(await get('/presence')).toMatchObject({
      places: [
        {
          place: 'house',
          cameras: ['door', 'garden / east'],
          visits: [{ label: 'Ada', inView: false, since: '1970-01-01T00:00:00.000Z' }],
        },
        { place: 'shed', visits: [] },
      ],
      gone: [],
    });
  });

  it('tell of what happens as it happens', async () => {
    const stop = new AbortController();
    const response = await server.request('/events', { signal: stop.signal });
    const base = {
      ...({ version: WATCH_EVENT_VERSION, id: '1', source: 'door', timeMs: 0, place: 'house' } as const),
      time: '2026-11-27T18:00:00.000Z',
    };
    const arrived: WatchEvent = {
      ...{ ...base, type: 'presence.arrived', visit: 'visit-1', label: null, personId: null },
      ...{ stranger: 'stranger-1', place: 'house', camera: 'door', since: base.time },
      ...{ lastSeen: base.time, snapshot: null },
    };
    home.tell({ ...base, type: 'source.lost', reason: 'no answer', retryInMs: 1000 });
    home.tell(arrived);
    let text = '';
    for await (const bytes of response.body!) {
      text += Buffer.from(bytes).toString();
      if (text.includes('presence.changed')) break;
    }
    stop.abort();
    expect(text).toMatch(/event: camera.changed\ndata: .*"reason":"no answer"/);
    expect(text).toMatch(/event: presence.changed\ndata: .*"stranger":"stranger-1"/);
  });

  it('enroll whoever stands before a camera', async () => {
    const poses = await turnedPhotos();
    const shown = [street()];
    const running = loopCamera(home.cameras[0]!, shown, { everyMs: 30 });
    try {
      const started = await post('/cameras/door/enrollments', { name: 'Audrey' });
      expect(started.status).toBe(201);
      const { id } = (await started.json()) as { id: string };
      expect((await post('/cameras/door/enrollments', { name: 'Bob' })).status).toBe(409);
      for (const [done, pose] of (['ahead', 'left', 'right', 'up'] as const).entries()) {
        shown[0] = poses[pose];
        await expect
          .poll(() => get(`/enrollments/${id}`), { timeout: 20_000, interval: 100 })
          .toMatchObject({ done: done + 1 });
      }
      await expect
        .poll(() => get(`/enrollments/${id}`), { timeout: 20_000, interval: 100 })
        .toMatchObject({ state: 'done', result: { created: true, refused: [] } });
      expect(await get('/enrollments')).toMatchObject({ items: [{ id, name: 'Audrey' }] });
      expect((await server.gallery.findPerson('Audrey'))?.faces).toBe(4);
      expect((await post(`/enrollments/${id}/undo`)).status).toBe(200);
      expect(await server.gallery.findPerson('Audrey')).toBeNull();
      const next = (await (await post('/cameras/door/enrollments', { name: 'Bob' })).json()) as {
        id: string;
      };
      expect(await (await post(`/enrollments/${next.id}/cancel`)).json()).toMatchObject({
        state: 'canceled',
      });
      expect(server.log.join('')).not.toContain('Audrey');
    } finally {
      running.stop();
    }
  });
});
