import type { GalleryReads } from '../stores/gallery-store.ts';
import type { MissingReason } from './face-pictures.ts';

/** Faces and negative examples of a person that there is no picture of. */
export interface MissingPictures {
  readonly person: { readonly id: string; readonly name: string };
  /** Faces that can't be embedded anew. */
  readonly faces: number;
  /** Faces of the person in all. */
  readonly of: number;
  /** Negative examples that can't be embedded anew. */
  readonly negatives: number;
  /** How often for which reason. */
  readonly reasons: Readonly<Partial<Record<MissingReason, number>>>;
}

/** Counts by person what there is no picture of. */
export async function missingOf(
  store: GalleryReads,
  missing: readonly {
    readonly row: { readonly kind: 'face' | 'negative'; readonly personId: string };
    readonly reason: MissingReason;
  }[],
): Promise<readonly MissingPictures[]> {
  const byPerson = new Map<string, (typeof missing)[number][]>();
  for (const one of missing) {
    byPerson.set(one.row.personId, [...(byPerson.get(one.row.personId) ?? []), one]);
  }
  const counted: MissingPictures[] = [];
  for (const [id, own] of byPerson) {
    const person = await store.findPerson({ id }, null);
    // Deleted meanwhile.
    if (person === null) continue;
    const reasons: Partial<Record<MissingReason, number>> = {};
    for (const { reason } of own) reasons[reason] = (reasons[reason] ?? 0) + 1;
    const faces = own.filter(({ row }) => row.kind === 'face').length;
    counted.push({
      person: { id, name: person.name },
      ...{ faces, of: person.faces, negatives: own.length - faces, reasons },
    });
  }
  return counted;
}
