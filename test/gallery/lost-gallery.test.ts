import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';

const embedder = { id: 'test', sha256: '0'.repeat(64), dimension: 4 };

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-lost-'));
  const path = join(folder, 'data', 'gallery.db');
  mkdirSync(join(folder, 'data'));
  const gallery = await openGallery(path, { embedder });
  await gallery.createPerson({ name: 'Before' });
  onTestFinished(async () => {
    await gallery.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, path, gallery };
}

const LOSSES: Readonly<Record<string, (path: string, folder: string) => void>> = {
  'is deleted': (path) => rmSync(path),
  'is moved away': (path) => renameSync(path, `${path}.old`),
  'loses its folder': (_path, folder) => renameSync(join(folder, 'data'), join(folder, 'elsewhere')),
  'is replaced by a copy': (path) => {
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
  },
  'is emptied': (path) => truncateSync(path, 0),
  'loses its log': (path) => rmSync(`${path}-wal`),
};

// Windows lets nobody delete or move a file that is open.
describe.skipIf(process.platform === 'win32')('a gallery that is open', () => {
  it.each(Object.keys(LOSSES))('and %s acknowledges nothing more', async (loss) => {
    const { folder, path, gallery } = await open();
    const { id } = (await gallery.findPerson('Before'))!;
    LOSSES[loss]!(path, folder);
    const lost = { code: 'ERR_UNAVAILABLE' };
    await expect(gallery.createPerson({ name: 'After' })).rejects.toMatchObject(lost);
    await expect(gallery.updatePerson(id, { name: 'Other' })).rejects.toMatchObject(lost);
    await expect(gallery.deletePerson(id)).rejects.toMatchObject(lost);
    await expect(gallery.addFaces(id, [{ embedding: Float32Array.of(1, 0, 0, 0) }])).rejects.toMatchObject(
      lost,
    );
    await expect(gallery.search(Float32Array.of(1, 0, 0, 0))).rejects.toMatchObject(lost);
    await expect(gallery.stats()).rejects.toMatchObject(lost);
  });

  it('goes on when its file comes back to its place', async () => {
    const { path, gallery } = await open();
    renameSync(path, `${path}.old`);
    await expect(gallery.stats()).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
    renameSync(`${path}.old`, path);
    await gallery.createPerson({ name: 'After' });
    expect((await gallery.stats()).people).toBe(2);
  });
});

describe('a change of a person', () => {
  it('is kept whole or not at all', async () => {
    const { gallery } = await open();
    const { id } = (await gallery.findPerson('Before'))!;
    await gallery.createPerson({ name: 'Taken' });
    const refused = [
      { name: 'New', expiresAt: new Date(Number.NaN) },
      { name: 'New', expiresAt: new Date(0) },
      { name: 'New', consent: { text: '', at: new Date() } },
      { name: 'Taken', consent: { text: 'yes', at: new Date() } },
      { name: '', expiresAt: null },
    ];
    for (const changes of refused) {
      await expect(gallery.updatePerson(id, changes)).rejects.toThrow();
      expect(await gallery.getPerson(id)).toMatchObject({ name: 'Before', consent: null, expiresAt: null });
    }
    const expiresAt = new Date(Date.now() + 86_400_000);
    expect(await gallery.updatePerson(id, { name: 'New', expiresAt })).toMatchObject({
      name: 'New',
      expiresAt,
    });
  });
});
