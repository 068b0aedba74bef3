import { readClock, writeClock } from './clock-trust.ts';
import { deleteExpiredMerges } from './merge-people.ts';
import { deletePeople } from './people.ts';
import type { GalleryStore } from './stores/gallery-store.ts';

/** What is said where the clock is not believed yet. */
function clockDoubt(now: number): string {
  return (
    `By this machine's clock (${new Date(now).toISOString()}) the gallery was not used for more than a day. Whoever ` +
    'has expired is in no answer, and is deleted for good when the clock still says so in ten minutes or later'
  );
}

/**
 * Deletes whoever's time is over, among the people and among those who were merged into somebody, unless the clock
 * is in doubt.
 *
 * @returns how many people went, and whether the old bytes have to be forgotten
 */
export async function purgeExpired(
  store: GalleryStore,
  { onDoubt }: { readonly onDoubt: (message: () => string) => void },
): Promise<{ readonly people: number; readonly hasDeleted: boolean }> {
  const now = Date.now();
  const isIdle =
    (await store.expiredPeople(now)).length === 0 &&
    (await store.findMerges({ expiredAt: now })).length === 0;
  const { isBelieved, record } = await readClock(store, isIdle);
  if (record !== null) await store.transaction((rows) => writeClock(rows, record));
  if (!isBelieved) onDoubt(() => clockDoubt(now));
  if (isIdle || !isBelieved) return { people: 0, hasDeleted: false };
  const people = await store.transaction(async (rows) => {
    const expired = await rows.expiredPeople(now);
    await deletePeople(rows, expired);
    await deleteExpiredMerges(rows, now);
    return expired.length;
  });
  return { people, hasDeleted: true };
}
