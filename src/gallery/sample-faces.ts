import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Random } from '../core/random/random.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import type { Gallery } from './gallery.ts';

/** Faces listed between two turns of the event loop: about a millisecond of work. */
const PAGE = 250;

/**
 * Draws faces of a gallery, each with the same chance, in random order.
 *
 * @param options.count - at most so many
 * @returns their ids, and how many faces there are
 * @throws FaceTriggerError `ERR_ABORTED`
 * @remarks Reservoir sampling (Vitter 1985, algorithm R): one pass, memory for `count` ids.
 */
export async function sampleFaces(
  gallery: Gallery,
  options: { readonly count: number; readonly random: Random; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly ids: readonly string[]; readonly total: number }> {
  const { count, random, signal } = options;
  const kept: string[] = [];
  let total = 0;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    throwIfAborted(signal, 'The drawing of faces');
    const page = await gallery.listFaces({ limit: PAGE, cursor: cursor ?? null });
    for (const { id } of page.items) {
      total++;
      if (kept.length < count) kept.push(id);
      else {
        const place = random.int(total);
        if (place < count) kept[place] = id;
      }
    }
    cursor = page.nextCursor;
    await nextTurn();
  }
  return { ids: random.shuffle(kept), total };
}
