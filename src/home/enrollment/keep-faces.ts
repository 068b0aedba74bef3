import { FaceTriggerError } from '../../core/errors.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { NewFace } from '../../gallery/gallery-types.ts';
import { encodeImage } from '../../node/image/encode-image.ts';
import { type EnrollmentProgress, type EnrollmentResult, HINT_TEXTS } from './enrollment-progress.ts';
import type { PoseCollector, PosedFace } from './pose-collector.ts';
import { POSE_STEPS } from './pose-steps.ts';

/** Enrolls the faces that were collected. @returns what became of them, and in a sentence */
export async function keepFaces(
  gallery: Gallery,
  { kept, hint }: Pick<PoseCollector, 'kept' | 'hint'>,
  { camera, name }: Pick<EnrollmentProgress, 'camera' | 'name'>,
): Promise<{ readonly result: EnrollmentResult; readonly message: string }> {
  const faces = await Promise.all(kept.map((posed) => toNewFace(gallery, posed, camera)));
  const { person, created, faces: enrolled } = await gallery.enroll({ name }, faces);
  const missing = POSE_STEPS.slice(kept.length).map((step, i) => ({
    step,
    reason: i === 0 ? HINT_TEXTS[hint ?? 'go on'] : 'the time was over',
  }));
  const same = kept.flatMap(({ step }, i) =>
    enrolled[i]!.alreadyThere ? [{ step, reason: 'the person has this very face already' }] : [],
  );
  const result: EnrollmentResult = {
    ...{ personId: person.id, created },
    kept: kept.flatMap(({ step }, i) =>
      enrolled[i]!.alreadyThere ? [] : [{ step, faceId: enrolled[i]!.face.id }],
    ),
    refused: [...same, ...missing],
    nearerPerson: enrolled.find(({ nearerPerson }) => nearerPerson !== null)?.nearerPerson?.name ?? null,
    undone: false,
  };
  return { result, message: describe(result) };
}

/** Deletes what an enrollment added; what is gone already is no failure. */
export async function takeBack(
  gallery: Gallery,
  { personId, created, kept }: EnrollmentResult,
): Promise<void> {
  for (const { faceId } of kept) await gallery.deleteFace(faceId).catch(unlessGone);
  if (created && (await gallery.getPerson(personId))?.faces === 0)
    await gallery.deletePerson(personId).catch(unlessGone);
}

async function toNewFace(
  gallery: Gallery,
  { step, seen, facts }: PosedFace,
  camera: string,
): Promise<NewFace> {
  return {
    embedding: seen.embedding,
    quality: facts,
    source: `${camera}, looking ${step}`.slice(0, 1000),
    thumbnail: gallery.keepsThumbnails ? await encodeImage(seen.face.chip, { format: 'jpeg' }) : null,
  };
}

function describe({ kept, refused }: EnrollmentResult): string {
  const count = `${kept.length} face${kept.length === 1 ? '' : 's'} kept`;
  if (refused.length === 0) return count;
  return `${count}; left out: ${refused.map(({ step, reason }) => `looking ${step} (${reason})`).join(', ')}`;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof FaceTriggerError) || error.code !== 'ERR_NOT_FOUND') throw error;
}
