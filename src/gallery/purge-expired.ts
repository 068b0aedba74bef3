import { readClock, writeClock } from './clock-trust.ts';
import { deleteExpiredMerges } from './merge-people.ts';
import { deletePeople } from './people.ts';
import type { GalleryStore } from './stores/gallery-store.ts';

/**
 * Deletes whoever's time is over, among the people and among those who were merged into somebody, unless the clock
 * is in doubt.
 *
 * @returns how many people went, and whether the old bytes have to be forgotten
 */
export async function purgeExpired(
  store: GalleryStore,
  { onDoubt }: { readonly onDoubt: () => void },
): Promise<{ readonly people: number; readonly hasDeleted: boolean }> {
  const now = Date.now();
  const isIdle =
    (await store.expiredPeople(now)).length === 0 &&
    (await store.findMerges({ expiredAt: now })).length === 0;
  const { isBelieved, record } = await readClock(store, isIdle);
  if (record !== null) await store.transaction((rows) => writeClock(rows, record));
  if (!isBelieved) onDoubt();
  if (isIdle || !isBelieved) return { people: 0, hasDeleted: false };
  const people = await store.transaction(async (rows) => {
    const expired = await rows.expiredPeople(now);
    await deletePeople(rows, expired);
    await deleteExpiredMerges(rows, now);
    return expired.length;
  });
  return { people, hasDeleted: true };
}
