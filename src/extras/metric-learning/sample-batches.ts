import type { Random } from '../../core/random/random.ts';

/** A photo's rows: the same face seen in several ways. */
export interface FacePhoto {
  /** The person, an integer. */
  readonly person: number;
  /** Rows of what is learned from; the first are the photo as it is, the others augmented. */
  readonly rows: readonly number[];
  /** How many of the rows are the photo as it is: its embedding is their mean. @defaultValue 1 */
  readonly views?: number | undefined;
}

/**
 * Draws the batches of one epoch: P people with K faces each.
 *
 * @param photos - to learn from
 * @param options.people - P, at least 2; all of them where there are fewer
 * @param options.faces - K, at least 2; of different photos as far as they reach, each in a random view
 * @returns row numbers of each batch; everybody is in at least one batch
 */
export function sampleBatches(
  photos: readonly FacePhoto[],
  options: { readonly people: number; readonly faces: number; readonly random: Random },
): number[][] {
  const { faces, random } = options;
  const byPerson = new Map<number, FacePhoto[]>();
  for (const photo of photos) byPerson.set(photo.person, [...(byPerson.get(photo.person) ?? []), photo]);
  const everybody = [...byPerson.keys()];
  const width = Math.min(options.people, everybody.length);
  const count = Math.ceil(Math.max(photos.length / faces, everybody.length) / width);
  let queue: number[] = [];
  return Array.from({ length: count }, () => {
    const chosen: number[] = [];
    while (chosen.length < width) {
      if (queue.length === 0) queue = random.shuffle([...everybody]);
      // Somebody who is in the batch already waits for the next one.
      const next = queue.findIndex((person) => !chosen.includes(person));
      if (next < 0) queue = [...queue, ...random.shuffle([...everybody])];
      else chosen.push(...queue.splice(next, 1));
    }
    return chosen.flatMap((person) => drawFaces(byPerson.get(person)!, faces, random));
  });
}

function drawFaces(photos: readonly FacePhoto[], count: number, random: Random): number[] {
  const order = random.shuffle([...photos]);
  return Array.from({ length: count }, (_, i) => {
    const { rows } = order[i % order.length]!;
    return rows[random.int(rows.length)]!;
  });
}
