import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromCompreFace } from '../../../src/photos/move-in/compreface-server.ts';
import { fromImmich } from '../../../src/photos/move-in/immich-server.ts';
import type { MoveInSource, NamedPhoto } from '../../../src/photos/move-in/move-in-source.ts';
import { copyRealPhoto, REAL_PHOTO } from '../metadata/turned-photos.ts';
import { type Answer, startStandIn } from './stand-in-server.ts';

const KEY = 'secret-key';
let folder: string;
let into: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'face-trigger-servers-'));
  into = join(folder, 'downloads');
});
afterEach(() => rm(folder, { recursive: true }));

async function all(source: MoveInSource): Promise<NamedPhoto[]> {
  const photos: NamedPhoto[] = [];
  for await (const photo of source.photos()) photos.push(photo);
  return photos;
}

const picture: Answer = () => new Uint8Array(PICTURE);
const PICTURE = await readFile(REAL_PHOTO);

describe('fromCompreFace', () => {
  const examples = Array.from({ length: 3 }, (_, i) => ({
    image_id: `6b135f5b-a365-4522-b1f1-00000000000${i}`,
    subject: i < 2 ? 'Ada' : 'Bob/../x',
  }));
  const list: Answer = ({ url }) => {
    const page = Number(url.searchParams.get('page'));
    // Two pages, however many were asked for.
    const faces = page === 0 ? examples.slice(0, 2) : examples.slice(2);
    return { faces, page_number: page, page_size: 2, total_pages: 2, total_elements: 3 };
  };

  it('downloads each example of each subject once, whatever the subject is called', async () => {
    await using server = await startStandIn(KEY, [
      ['GET', /^\/api\/v1\/recognition\/faces$/, list],
      ['GET', /^\/api\/v1\/recognition\/faces\/[^/]+\/img$/, picture],
    ]);
    const options = { url: `${server.url}/`, key: KEY, into };
    const photos = await all(await fromCompreFace(options));
    expect(photos).toEqual(
      examples.map(({ image_id, subject }) => ({
        path: join(into, `${image_id}.jpg`),
        people: [{ name: subject, box: null }],
      })),
    );
    expect(await readFile(photos[0]!.path)).toEqual(PICTURE);
    const before = server.asked.length;
    expect(await all(await fromCompreFace(options))).toEqual(photos);
    expect(server.asked.slice(before).filter((one) => one.endsWith('/img'))).toEqual([]);
  });

  it('tells of examples without a picture, and of ids that are none, and goes on', async () => {
    const faces = [
      { image_id: '../../escape', subject: 'Mallory' },
      { image_id: 'empty', subject: 'Eve' },
      { image_id: 'gone', subject: 'Cleo' },
      ...examples.slice(0, 1),
    ];
    await using server = await startStandIn(KEY, [
      ['GET', /\/faces$/, () => ({ faces, page_number: 0, page_size: 4, total_pages: 1, total_elements: 4 })],
      ['GET', /\/empty\/img$/, () => new Uint8Array()],
      ['GET', /\/6b[^/]+\/img$/, picture],
    ]);
    const notes: string[] = [];
    const onNote = (what: string) => void notes.push(what);
    const photos = await all(await fromCompreFace({ url: server.url, key: KEY, into, onNote }));
    expect(photos.map(({ people }) => people[0]!.name)).toEqual(['Ada']);
    expect(notes).toEqual(['Mallory, ../../escape', 'Eve, empty', 'Cleo, gone']);
    expect(await readdir(folder)).toEqual(['downloads']);
  });

  it.each([
    ['a key that it refuses', 'other', 'ERR_FORBIDDEN', list],
    [
      'a redirect, which would take the key elsewhere',
      KEY,
      'ERR_UNAVAILABLE',
      (({ response }) =>
        void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()) satisfies Answer,
    ],
    ['an answer of another form', KEY, 'ERR_FILE_FORMAT', () => ({ faces: [{ id: 1 }] })],
    [
      'an answer without an end',
      KEY,
      'ERR_FILE_FORMAT',
      (({ response }) => {
        response.writeHead(200);
        const chunk = Buffer.alloc(1_000_000, ' ');
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }) satisfies Answer,
    ],
  ] as const)('stops at %s, and makes no folder', async (_, key, code, answer) => {
    await using server = await startStandIn(KEY, [['GET', /\/faces$/, answer]]);
    await expect(fromCompreFace({ url: server.url, key, into })).rejects.toMatchObject({ code });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what an address looks like, and which server does not answer', async () => {
    const options = { key: KEY, into };
    await expect(fromCompreFace({ ...options, url: 'compreface.lan' })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
      message: expect.stringContaining('the address of CompreFace'),
    });
    await expect(fromCompreFace({ ...options, url: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      message: expect.stringMatching(/^CompreFace does not answer: /),
    });
  });
});

describe('fromImmich', () => {
  const assets = [
    { id: 'asset-1', originalPath: '/usr/src/app/upload/library/admin/2024/one.jpg' },
    { id: 'asset-2', originalPath: '/usr/src/app/upload/library/admin/2024/two.jpg' },
  ];
  const face = (name: string | null, left: number) => ({
    id: `face-${left}`,
    ...{ boundingBoxX1: left, boundingBoxY1: 100, boundingBoxX2: left + 100, boundingBoxY2: 300 },
    ...{ imageWidth: 1000, imageHeight: 1000, sourceType: 'machine-learning' },
    person:
      name === null
        ? null
        : { id: `person-${name}`, name, isHidden: false, birthDate: null, thumbnailPath: '' },
  });
  const people: Answer = ({ url }) => {
    const page = Number(url.searchParams.get('page'));
    const names = page === 1 ? ['Ada', ''] : ['Bob'];
    return {
      people: names.map((name) => ({
        id: `person-${name}`,
        name,
        isHidden: false,
        thumbnailPath: '',
        birthDate: null,
      })),
      ...{ total: 3, hidden: 0, hasNextPage: page === 1 },
    };
  };
  const search: Answer = ({ body }) => {
    const { personIds, page } = body as { personIds: string[]; page: number };
    // Ada is in both photos, a page each; Bob in the first.
    const items = personIds[0] === 'person-Ada' ? [assets[page - 1]] : [assets[0]];
    const nextPage = personIds[0] === 'person-Ada' && page === 1 ? '2' : null;
    return { albums: {}, assets: { items, count: 1, total: 1, facets: [], nextPage } };
  };
  const faces: Answer = ({ url }) =>
    url.searchParams.get('id') === 'asset-1'
      ? [face('Ada', 100), face('Bob', 500), face(null, 800)]
      : [face('Ada', 700)];
  const ROUTES = [
    ['GET', /^\/api\/people$/, people],
    ['POST', /^\/api\/search\/metadata$/, search],
    ['GET', /^\/api\/faces$/, faces],
    ['GET', /^\/api\/assets\/[^/]+\/original$/, picture],
  ] as const;
  const box = (left: number) => ({
    left,
    top: 0.1,
    width: expect.closeTo(0.1, 9),
    height: expect.closeTo(0.2, 9),
  });

  it.each(['', '/api', '/api/'])(
    'takes named people and their boxes, each photo once (%j)',
    async (below) => {
      await using server = await startStandIn(KEY, ROUTES);
      const photos = await all(await fromImmich({ url: `${server.url}${below}`, key: KEY, into }));
      expect(photos).toEqual([
        {
          path: join(into, 'asset-1.jpg'),
          people: [
            { name: 'Ada', box: box(0.1) },
            { name: 'Bob', box: box(0.5) },
          ],
        },
        { path: join(into, 'asset-2.jpg'), people: [{ name: 'Ada', box: box(0.7) }] },
      ]);
    },
  );

  it('reads photos that are on this machine where they are', async () => {
    await mkdir(join(folder, 'ours/library/admin/2024'), { recursive: true });
    const here = await copyRealPhoto(join(folder, 'ours/library/admin/2024/one.jpg'));
    await using server = await startStandIn(KEY, ROUTES);
    const local = { theirs: '/usr/src/app/upload', ours: join(folder, 'ours') };
    const photos = await all(await fromImmich({ url: server.url, key: KEY, into, local }));
    expect(photos.map(({ path }) => path)).toEqual([here, join(into, 'asset-2.jpg')]);
    expect(server.asked.filter((one) => one.endsWith('/original'))).toEqual([
      'GET /api/assets/asset-2/original',
    ]);
  });

  it('reads nothing outside the folder of photos, whatever path the server says', async () => {
    await mkdir(join(folder, 'ours'));
    await copyRealPhoto(join(folder, 'secret.jpg'));
    const asset = { id: 'asset-1', originalPath: '/usr/src/app/upload/../secret.jpg' };
    await using server = await startStandIn(KEY, [
      ['POST', /metadata$/, () => ({ assets: { items: [asset], nextPage: null } })],
      ...ROUTES,
    ]);
    const local = { theirs: '/usr/src/app/upload', ours: join(folder, 'ours') };
    const photos = await all(await fromImmich({ url: server.url, key: KEY, into, local }));
    expect(photos.map(({ path }) => path)).toEqual([join(into, 'asset-1.jpg')]);
  });

  it('says that nobody has a name', async () => {
    await using server = await startStandIn(KEY, [
      ['GET', /people$/, () => ({ people: [], total: 0, hidden: 0, hasNextPage: false })],
    ]);
    const source = await fromImmich({ url: server.url, key: KEY, into });
    expect(source.notes).toEqual(['nobody has a name on this Immich server']);
    expect(await all(source)).toEqual([]);
  });
});
