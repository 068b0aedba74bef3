import { afterEach, describe, expect, it, vi } from 'vitest';
import { CLOCK_JUMP_MS, CLOCK_PROOF_MS } from '../../src/gallery/clock-trust.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { folder } = temporaryGalleries();
const START = Date.parse('2026-06-01T12:00:00Z');
const HOUR = 3_600_000;
afterEach(() => vi.useRealTimers());

const at = (time: number): void => void vi.useFakeTimers({ toFake: ['Date'], now: time });

/** Opens the gallery at a moment. @returns whether the guest is in the file, and whether in answers */
async function look(path: string, time: number): Promise<{ kept: boolean; answered: boolean }> {
  at(time);
  await using gallery = await openGallery(path, { embedder: TEST_EMBEDDER });
  const { people } = await gallery.stats();
  return { kept: people === 1, answered: (await gallery.listPeople()).items.length === 1 };
}

async function makeGallery(expiresAt: number): Promise<string> {
  at(START);
  const path = `${folder()}/g.db`;
  await using gallery = await openGallery(path, { embedder: TEST_EMBEDDER });
  const { id } = await gallery.createPerson({ name: 'Guest', expiresAt: new Date(expiresAt) });
  await gallery.addFaces(id, [{ embedding: syntheticPeople(1, 1)[0]![0]! }]);
  return path;
}

describe('a gallery and the clock', () => {
  it('deletes who has expired at once where it is in use every day', async () => {
    const path = await makeGallery(START + 3 * HOUR);
    expect(await look(path, START + 2 * HOUR)).toEqual({ kept: true, answered: true });
    expect(await look(path, START + 4 * HOUR)).toEqual({ kept: false, answered: false });
  });

  it('deletes nobody by a clock that was ahead for a while, and answers them again afterwards', async () => {
    const path = await makeGallery(START + 30 * 24 * HOUR);
    const wrong = Date.parse('2038-01-19T03:14:07Z');
    expect(await look(path, wrong)).toEqual({ kept: true, answered: false });
    expect(await look(path, wrong + CLOCK_PROOF_MS - 1000)).toEqual({ kept: true, answered: false });
    expect(await look(path, START + HOUR)).toEqual({ kept: true, answered: true });
    // A second wrong start begins anew.
    expect(await look(path, wrong + 2 * CLOCK_PROOF_MS)).toEqual({ kept: true, answered: false });
    expect(await look(path, START + 2 * HOUR)).toEqual({ kept: true, answered: true });
  });

  it('deletes at the second look after a long pause, and answers nobody before it', async () => {
    const path = await makeGallery(START + HOUR);
    const later = START + CLOCK_JUMP_MS + HOUR;
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(await look(path, later)).toEqual({ kept: true, answered: false });
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('ten minutes'), expect.anything());
    warned.mockRestore();
    expect(await look(path, later + CLOCK_PROOF_MS)).toEqual({ kept: false, answered: false });
  });

  it('goes on with a clock that was set back', async () => {
    const path = await makeGallery(START + 3 * HOUR);
    expect(await look(path, START - 10 * 24 * HOUR)).toEqual({ kept: true, answered: true });
    expect(await look(path, START - 10 * 24 * HOUR + HOUR)).toEqual({ kept: true, answered: true });
  });
});
