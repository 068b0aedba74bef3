import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOGETHER, TURNED, writeAlbum } from '../../photos/album.ts';
import { media } from '../../watch/ffmpeg-tools.ts';
import { json, startServer, type TestServer } from '../start-server.ts';

interface Face {
  readonly id: string;
  readonly photoId: string;
  readonly person: { readonly id: string; readonly name: string } | null;
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}
interface Question {
  readonly group: string;
  readonly faces: number;
  readonly best: readonly Face[];
  readonly suggestions: readonly { readonly person: { readonly id: string } }[];
}
interface Questions {
  readonly items: readonly Question[];
  readonly reviews: readonly { readonly person: { readonly name: string }; readonly items: number }[];
  readonly grouping: string;
}
interface Decision {
  readonly id: string;
  readonly kind: string;
  readonly faces: number;
  readonly person: { readonly id: string; readonly name: string } | null;
}
interface Photo {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly paths: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-album-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let server: TestServer;
beforeAll(async () => {
  await writeAlbum(folder);
  server = await startServer({}, { thumbnails: true, photos: folder });
}, 120_000);

const get = async <Answer>(path: string): Promise<Answer> => {
  const response = await server.request(path);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Answer;
};
const post = (path: string, body: unknown = {}) => server.request(path, { method: 'POST', ...json(body) });
const decide = async (path: string, body: unknown = {}): Promise<Decision> => {
  const response = await post(path, body);
  expect(response.status, `${path}: ${await response.clone().text()}`).toBe(200);
  return (await response.json()) as Decision;
};
/** The questions once the faces are grouped with all that was decided. */
const questions = (): Promise<Questions> =>
  expect
    .poll(() => get<Questions>('/photos/questions'), { timeout: 60_000, interval: 200 })
    .toMatchObject({ grouping: 'current' })
    .then(() => get<Questions>('/photos/questions'));
const photoOf = async (name: string): Promise<Photo> => {
  const { items } = await get<{ items: readonly Photo[] }>('/photos');
  return items.find(({ paths }) => paths[0]!.endsWith(name))!;
};

describe('the routes of photos', () => {
  it('are for administrators, and the session says that there are photos', async () => {
    expect(await get('/session')).toMatchObject({ photos: true });
    const { id } = await photoOf(TURNED);
    for (const path of [
      '/photos',
      '/photos/questions',
      '/photos/people',
      '/photos/stats',
      `/photos/${id}/picture`,
    ]) {
      for (const key of ['read', 'recognize'] as const) {
        const response = await server.request(path, { headers: { 'x-api-key': server.secrets[key] } });
        expect(response.status, path).toBe(403);
      }
    }
    const body = { faces: [id], name: 'Ada' };
    const init = { method: 'POST', ...json(body) };
    const headers = { ...init.headers, 'x-api-key': server.secrets.read };
    expect((await server.request('/photos/name', { ...init, headers })).status).toBe(403);
  });

  it('ask for the largest group first, name it, and take the name back', async () => {
    const { items } = await questions();
    const [first] = items;
    expect(first!.faces).toBeGreaterThan(items[1]?.faces ?? 0);
    expect(first!.best.length).toBeGreaterThan(1);
    const named = await decide('/photos/name', { group: first!.group, name: 'Franck' });
    expect(named).toMatchObject({ kind: 'name', faces: first!.faces, person: { name: 'Franck' } });
    expect((await questions()).items.map(({ group }) => group)).not.toContain(first!.group);
    expect(await server.gallery.findPerson('Franck')).not.toBeNull();
    expect(await get('/photos/stats')).toMatchObject({ named: first!.faces });
    const { items: decisions } = await get<{ items: readonly Decision[] }>('/photos/decisions');
    expect(decisions[0]).toMatchObject({ id: named.id, faces: first!.faces });

    await decide(`/photos/decisions/${named.id}/undo`);
    expect(await server.gallery.findPerson('Franck')).toBeNull();
    expect((await questions()).items[0]).toMatchObject({ faces: first!.faces });
    expect((await post(`/photos/decisions/${named.id}/undo`)).status).toBe(409);
  });

  it('take faces out of a group, put groups together, and undo both', async () => {
    const { items } = await questions();
    const [first, second] = items as [Question, Question];
    const { items: all } = await get<{ items: readonly Face[] }>(`/photos/groups/${first.group}/faces`);
    const split = await decide('/photos/split', { group: first.group, faces: [all[0]!.id] });
    expect(split).toMatchObject({ kind: 'split', faces: 1 });
    const after = (await questions()).items.find(({ best }) => best.some(({ id }) => id === all[1]!.id))!;
    expect(after.faces).toBe(first.faces - 1);
    await decide(`/photos/decisions/${split.id}/undo`);
    expect((await questions()).items[0]!.faces).toBe(first.faces);
    const merge = await decide('/photos/merge', { groups: [first.group, second.group] });
    expect((await questions()).items[0]!.faces).toBe(first.faces + second.faces);
    await decide(`/photos/decisions/${merge.id}/undo`);
    expect((await questions()).items.map(({ faces }) => faces).slice(0, 2)).toEqual([
      first.faces,
      second.faces,
    ]);
  });

  it('suggest faces for a person, which are confirmed or denied', async () => {
    const before = (await questions()).items[0]!;
    const { items: all } = await get<{ items: readonly Face[] }>(`/photos/groups/${before.group}/faces`);
    expect(all).toHaveLength(before.faces);
    // Two of them are named: what the group was has the name now, and the rest only wants a yes.
    const named = await decide('/photos/name', {
      faces: all.slice(0, 2).map(({ id }) => id),
      name: 'Franck',
    });
    const person = named.person!;
    const { reviews } = await questions();
    expect(reviews[0]).toMatchObject({ person: { name: 'Franck' } });
    const path = `/photos/people/${person.id}/suggestions`;
    const suggested = async () =>
      (await get<{ items: readonly { faceIds: readonly string[] }[] }>(path)).items.flatMap(
        ({ faceIds }) => faceIds,
      );
    const offered = await suggested();
    expect(offered).toHaveLength(before.faces - 2);
    const [yes, no, ...rest] = offered;
    await decide('/photos/name', { faces: [yes], personId: person.id, confirm: true });
    const denied = await decide('/photos/not', { faces: [no], personId: person.id });
    // At once, before the faces are grouped again.
    expect((await suggested()).sort()).toEqual([...rest].sort());
    await questions();
    expect(await suggested()).not.toContain(no);
    await decide(`/photos/decisions/${denied.id}/undo`);
    await questions();
    expect(await suggested()).toContain(no);
    await decide('/photos/name', { faces: await suggested(), personId: person.id, confirm: true });
  });

  it('tell of a person over time and beside others', async () => {
    const { items } = await questions();
    const { best } = items[0]!;
    const { items: own } = await get<{ items: readonly Face[] }>(`/photos/groups/${items[0]!.group}/faces`);
    expect(best.length).toBeGreaterThan(0);
    const { person } = await decide('/photos/name', { faces: own.map(({ id }) => id), name: 'Audrey' });
    const overview = await get<{
      readonly photos: number;
      readonly years: readonly { readonly year: number; readonly photos: number }[];
      readonly undated: number;
      readonly beside: readonly {
        readonly person: { readonly id: string; readonly name: string };
        readonly photos: number;
      }[];
    }>(`/photos/people/${person!.id}`);
    expect(overview.years).toContainEqual({ year: 2022, photos: 2 });
    expect(overview.beside).toEqual([{ person: { id: expect.any(String), name: 'Franck' }, photos: 2 }]);
    const other = overview.beside[0]!.person.id;
    const both = await get<{ items: readonly Photo[]; total: number }>(
      `/photos?person=${person!.id}&with=${other}&from=2022-01-01&to=2023-01-01`,
    );
    expect(both.total).toBe(2);
    expect(both.items[0]!.paths[0]).toMatch(/together/);
    const { items: people } = await get<{ items: readonly { person: { name: string } }[] }>('/photos/people');
    expect(people.map(({ person }) => person.name)).toEqual(['Franck', 'Audrey']);
  });

  it('ignore faces that stand alone', async () => {
    const alone = async () => (await get<{ items: readonly Face[] }>('/photos/alone')).items;
    await questions();
    const before = await alone();
    expect(before.length).toBeGreaterThan(0);
    const ignored = await decide('/photos/ignore', { faces: before.map(({ id }) => id) });
    expect(await alone()).toEqual([]);
    await decide(`/photos/decisions/${ignored.id}/undo`);
    expect(await alone()).toEqual(before);
  });

  it('refuse what is asked for both ways, or not at all', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    for (const body of [
      {},
      { faces: [id], group: '1', name: 'Ada' },
      { faces: [id] },
      { faces: [], name: 'Ada' },
    ])
      expect((await post('/photos/name', body)).status).toBe(400);
    expect((await post('/photos/name', { faces: [id], name: 'Ada' })).status).toBe(404);
    expect((await post('/photos/name', { group: 'none', name: 'Ada' })).status).toBe(404);
    expect((await post('/photos/not', { faces: [id], personId: id })).status).toBe(404);
    expect(await server.gallery.findPerson('Ada')).toBeNull();
  });
});

describe('pictures of photos', () => {
  it('are small, upright, and without anything of the file but its pixels', async () => {
    const { id, width, height } = await photoOf(TURNED);
    const response = await server.request(`/photos/${id}/picture?side=200`);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    const shown = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
    expect(Math.max(shown.width, shown.height)).toBe(200);
    expect(shown.width / shown.height).toBeCloseTo(width / height, 1);
    expect(shown.exif).toBeUndefined();
    expect(shown.orientation ?? 1).toBe(1);
    const { shown: faces } = await get<{ shown: readonly Face[] }>(`/photos/${id}`);
    expect(faces).toHaveLength(1);
    expect(faces[0]!.box.top + faces[0]!.box.height).toBeLessThanOrEqual(height * 1.1);
    expect((await server.request(`/photos/${id}/picture?side=9999`)).status).toBe(400);
  });

  it('of faces come one by one, or many at once', async () => {
    const { id } = await photoOf(TOGETHER);
    const { shown } = await get<{ shown: readonly Face[] }>(`/photos/${id}`);
    expect(shown).toHaveLength(2);
    const one = await server.request(`/photos/faces/${shown[0]!.id}/thumbnail`);
    const bytes = Buffer.from(await one.arrayBuffer());
    expect((await sharp(bytes).metadata()).format).toBe('jpeg');
    const unknown = '00000000-0000-4000-8000-000000000000';
    const ids = [unknown, ...shown.map((face) => face.id)].join(',');
    const { items } = await get<{ items: readonly { id: string; jpeg: string }[] }>(
      `/photos/thumbnails?ids=${ids}`,
    );
    expect(items.map((item) => item.id)).toEqual(shown.map((face) => face.id));
    expect(Buffer.from(items[0]!.jpeg, 'base64')).toEqual(bytes);
    expect((await server.request(`/photos/faces/${unknown}/thumbnail`)).status).toBe(404);
  });

  it('are not given of a file that took the place of the photo', async () => {
    const { id, paths } = await photoOf('cage.jpg');
    expect((await server.request(`/photos/${id}/picture`)).status).toBe(200);
    copyFileSync(media('joconde.jpg'), paths[0]!);
    const changed = await server.request(`/photos/${id}/picture`);
    expect(changed.status).toBe(404);
    expect(JSON.stringify(await changed.json())).not.toContain(folder);
  });

  it('are found by the id of a photo alone, never by a path', async () => {
    for (const path of ['..%2f..%2fetc%2fpasswd', '%2fetc%2fpasswd', '.', 'x'])
      expect([400, 404], path).toContain((await server.request(`/photos/${path}/picture`)).status);
  });
});
