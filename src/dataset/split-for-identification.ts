import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { createRandom } from '../core/random/random.ts';
import type { PersonPhotos } from './people-folder.ts';

/** Options of {@link splitForIdentification}. */
export interface IdentificationSplitOptions {
  /** Gallery photos of each known person, integer >= 1. */
  readonly trainImages: number;
  /** People held out as strangers, integer >= 0. @defaultValue half of the people, rounded down */
  readonly strangers?: number | undefined;
  /** Equal seeds draw equal people and photos. @defaultValue 0 */
  readonly seed?: number | undefined;
}

/** Photos to enroll and photos to look up. */
export interface IdentificationSplit {
  readonly gallery: readonly PersonPhotos[];
  /** The known people's other photos, then all photos of the strangers. */
  readonly probes: readonly PersonPhotos[];
}

/**
 * Draws a gallery, probes and strangers from one set of people.
 *
 * @remarks People with no more photos than `trainImages` cannot be known and looked up; they are strangers first.
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` if nobody is left to be known, `ERR_INVALID_ARGUMENT`
 */
export function splitForIdentification(
  people: readonly PersonPhotos[],
  options: IdentificationSplitOptions,
): IdentificationSplit {
  const { trainImages, strangers = Math.floor(people.length / 2), seed = 0 } = options;
  if (!Number.isInteger(trainImages) || trainImages < 1) {
    throw invalidArgument('an integer >= 1', 'options.trainImages', trainImages);
  }
  if (!Number.isInteger(strangers) || strangers < 0) {
    throw invalidArgument('an integer >= 0', 'options.strangers', strangers);
  }
  const random = createRandom(seed);
  const order = random.shuffle([...people]);
  const enough = order.filter((person) => person.photos.length > trainImages);
  const few = order.filter((person) => person.photos.length <= trainImages);
  const heldOut = Math.max(0, strangers - few.length);
  const known = enough.slice(heldOut);
  if (known.length === 0) {
    throw new FaceTriggerError(
      'ERR_TOO_FEW_SAMPLES',
      `Of ${people.length} people ${enough.length} have more than ${trainImages} photos; with ${strangers} strangers held out, nobody is left to recognize`,
    );
  }
  const gallery: PersonPhotos[] = [];
  const probes: PersonPhotos[] = [];
  for (const { label, photos } of known) {
    const drawn = random.shuffle([...photos]);
    gallery.push({ label, photos: drawn.slice(0, trainImages) });
    probes.push({ label, photos: drawn.slice(trainImages) });
  }
  const outside = strangers === 0 ? [] : [...few.slice(0, strangers), ...enough.slice(0, heldOut)];
  return { gallery, probes: [...probes, ...outside] };
}
