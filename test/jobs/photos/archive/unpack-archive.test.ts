import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  isArchiveName,
  type UnpackLimits,
  unpackArchive,
} from '../../../../src/jobs/photos/archive/unpack-archive.ts';
import { type MadeEntry, makeTar, makeZip } from './make-archives.ts';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(200, 7)]);

const KINDS = [
  { name: 'a.zip', make: makeZip },
  { name: 'a.tar', make: makeTar },
  { name: 'a.tar.gz', make: (entries: readonly MadeEntry[]) => gzipSync(makeTar(entries)) },
  { name: 'A.TGZ', make: (entries: readonly MadeEntry[]) => gzipSync(makeTar(entries)) },
] as const;

async function unpack(name: string, bytes: Uint8Array, limits: Partial<UnpackLimits> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'face-trigger-archive-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const archive = join(root, name);
  const folder = join(root, 'deep', 'unpacked');
  await mkdir(folder, { recursive: true });
  await writeFile(archive, bytes);
  const everything = async () => (await readdir(root, { recursive: true })).sort();
  const before = await everything();
  const work = unpackArchive(archive, { folder, limits: { maxBytes: 1e9, ...limits } });
  return {
    work,
    archive,
    folder,
    outside: async () =>
      (await everything()).filter(
        (path) => !path.startsWith(join('deep', 'unpacked', '')) && !before.includes(path),
      ),
  };
}

describe.each(KINDS)('the archive $name', ({ name, make }) => {
  test('gives its pictures under names of ours, and says what it leaves out', async () => {
    const entries = [
      { name: 'Ada/1.png', bytes: PNG },
      { name: './Zoë/x y.PNG', bytes: Buffer.concat([PNG, PNG]) },
      { name: 'Ada/notes.txt', bytes: Buffer.from('a letter') },
      { name: '__MACOSX/Ada/._1.png', bytes: PNG },
      { name: 'Ada/link.png', link: '/etc/passwd' },
    ];
    const { work, archive, folder } = await unpack(name, make(entries));
    const { photos, skipped } = await work;
    expect(photos.map((photo) => photo.name)).toEqual(['Ada/1.png', 'Zoë/x y.PNG']);
    expect(await readFile(photos[1]!.path)).toEqual(entries[1]!.bytes);
    expect(await readdir(folder)).toHaveLength(2);
    for (const file of await readdir(folder)) expect(file).toMatch(/^[0-9a-f-]{36}\.png$/);
    expect(skipped.map(({ path, reason }) => [path, reason])).toEqual([
      [`${archive}:Ada/notes.txt`, 'not-a-picture'],
      [`${archive}:__MACOSX/Ada/._1.png`, 'system'],
      [`${archive}:Ada/link.png`, 'unreadable'],
    ]);
  });

  test.each(['../evil.png', 'Ada/../../evil.png', '/tmp/evil.png', '..\\evil.png', 'C:\\evil.png', 'Ada/..'])(
    'is refused for an entry %s, and nothing is written elsewhere',
    async (evil) => {
      const { work, outside } = await unpack(name, make([{ name: evil, bytes: PNG }]));
      await expect(work).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
      expect(await outside()).toEqual([]);
    },
  );

  test('is refused when it holds more than it may, whatever its size says', async () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ name: `Ada/${n}.png`, bytes: PNG }));
    const large = await unpack(name, make(many), { maxBytes: 3000 });
    await expect(large.work).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringMatching(/more than 3000 bytes/),
    });
    const numerous = await unpack(name, make(many), { maxEntries: 29 });
    await expect(numerous.work).rejects.toMatchObject({
      message: expect.stringMatching(/more than 29 entries/),
    });
  });

  test('leaves out a photo that is too large', async () => {
    const entries = [
      { name: 'Ada/1.png', bytes: Buffer.concat([PNG, PNG]) },
      { name: 'Ada/2.png', bytes: PNG },
    ];
    const { photos, skipped } = await (await unpack(name, make(entries), { maxPhotoBytes: 300 })).work;
    expect(photos.map((photo) => photo.name)).toEqual(['Ada/2.png']);
    expect(skipped).toMatchObject([{ reason: 'unsupported' }]);
  });

  test('is refused where it was cut off or is something else', async () => {
    const bytes = make([
      { name: 'Ada/1.png', bytes: PNG },
      { name: 'Ada/2.png', bytes: PNG },
    ]);
    for (const wrong of [
      bytes.subarray(0, Math.floor(bytes.length * 0.6)),
      Buffer.from('a letter '.repeat(300)),
      Buffer.alloc(0),
    ]) {
      const { work } = await unpack(name, wrong);
      await expect(work).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    }
  });
});

test.each([
  { name: 'bomb.zip', make: makeZip },
  { name: 'bomb.tar.gz', make: (entries: readonly MadeEntry[]) => gzipSync(makeTar(entries)) },
])('$name that grows a thousandfold is refused long before it fills a disk', async ({ name, make }) => {
  const zeros = Buffer.alloc(60_000_000);
  const { work } = await unpack(
    name,
    make([
      { name: 'Ada/1.bmp', bytes: zeros },
      { name: 'Ada/2.bmp', bytes: zeros },
    ]),
    { maxBytes: 1e12 },
  );
  await expect(work).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
});

test('a zip whose entries lie about their size is refused, and an encrypted photo is left out', async () => {
  const liar = await unpack('a.zip', makeZip([{ name: 'Ada/1.png', bytes: PNG, size: 10 }]));
  await expect(liar.work).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  const encrypted = [
    { name: 'Ada/1.png', bytes: PNG, encrypted: true },
    { name: 'Ada/2.png', bytes: PNG },
  ];
  const { photos, skipped } = await (await unpack('a.zip', makeZip(encrypted))).work;
  expect(photos).toHaveLength(1);
  expect(skipped).toMatchObject([{ reason: 'unreadable' }]);
});

test('archives are known by their names', () => {
  expect(['a.zip', 'b.TAR.GZ', 'x/c.tgz', 'd.tar'].every(isArchiveName)).toBe(true);
  expect(['a.gz', 'b.jpg', 'zip', 'c.zip.part', 'd.7z'].some(isArchiveName)).toBe(false);
});
