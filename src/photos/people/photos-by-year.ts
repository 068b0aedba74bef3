import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';

/** Photos of a year. */
export interface PhotosOfYear {
  readonly year: number;
  readonly photos: number;
}

/**
 * How many photos somebody is in, by the years in which they were taken.
 *
 * @returns years with photos, oldest first; photos without a date are in none
 */
export async function photosByYear(store: PhotoReads, personId: string): Promise<readonly PhotosOfYear[]> {
  const person = (await store.listPeople()).find((one) => one.personId === personId);
  if (!person?.firstTakenAt || !person.lastTakenAt) return [];
  const years: PhotosOfYear[] = [];
  for (let year = person.firstTakenAt.getUTCFullYear(); year <= person.lastTakenAt.getUTCFullYear(); year++) {
    const [from, to] = [year, year + 1].map(startOf);
    const photos = await store.countPhotos({ personIds: [personId], from, to });
    if (photos > 0) years.push({ year, photos });
  }
  return years;
}

/** Years before 100 are not those of the 20th century here. */
function startOf(year: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year);
  return date;
}
