import type { DistanceFacts } from '../core/embed/embedder-profile.ts';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import { mainFaces } from '../core/pipeline/main-faces.ts';
import type { PersonPhotos } from '../dataset/people-folder.ts';
import { type AnalyzeFilesOptions, analyzeFiles, type FileAnalysis } from './analyze-files.ts';
import { KnownPhotos } from './known-photos.ts';

/** A photo that nobody was learned from, and why. */
export interface SkippedPhoto {
  readonly label: string;
  readonly photo: string;
  readonly reason:
    | 'no-face'
    | 'several-faces'
    | 'unreadable'
    | 'unsupported'
    | 'not-downloaded'
    | 'duplicate';
  /** The reason as a sentence. */
  readonly message: string;
}

/** One photo that stands under two names: whoever it shows, recognition can't be sure of the name. */
export interface SharedPhoto {
  readonly label: string;
  readonly photo: string;
  readonly other: { readonly label: string; readonly photo: string };
}

/** What {@link enrollPeople} got out of the photos. */
export interface Enrollment {
  /** Those with at least one usable photo, in the order of the people given. */
  readonly people: readonly { readonly label: string; readonly embeddings: readonly Float32Array[] }[];
  /** Labels of those without any. */
  readonly notLearned: readonly string[];
  readonly skipped: readonly SkippedPhoto[];
  /** Photos that were learned under two names. */
  readonly shared: readonly SharedPhoto[];
}

/** Options of {@link enrollPeople}. */
export interface EnrollPeopleOptions extends AnalyzeFilesOptions {
  /** What distances between the embeddings mean: the profile of the embedder that made them. */
  readonly facts: DistanceFacts;
  /** Called after each photo. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Makes embeddings of people's photos, one for each photo with exactly one face.
 *
 * @param people - as `readPeopleFolder` gives them
 * @param analyze - finds the faces of one picture with their embeddings
 * @throws FaceTriggerError `ERR_ABORTED`
 * @remarks A photo with several faces is skipped: nothing says which of them is the person's. Passers-by do not count,
 * see mainFaces. A photo that a person has twice counts once.
 */
export async function enrollPeople(
  people: readonly PersonPhotos[],
  analyze: (image: Image) => Promise<readonly Face[]>,
  options: EnrollPeopleOptions,
): Promise<Enrollment> {
  const photos = people.flatMap(({ label, photos }) => photos.map((photo) => ({ label, photo })));
  const files = photos.map(({ photo }) => ({ path: photo, name: photo }));
  const embeddings = new Map(people.map(({ label }) => [label, [] as Float32Array[]]));
  const skipped: SkippedPhoto[] = [];
  const shared: SharedPhoto[] = [];
  const known = new KnownPhotos(options.facts);
  let done = 0;
  for await (const analysis of analyzeFiles(files, analyze, options)) {
    const { label, photo } = photos[done]!;
    const face = onlyFace(analysis);
    if ('embedding' in face) {
      const found = { label, photo, embedding: face.embedding };
      const twin = known.sameOfPerson(found);
      if (twin)
        skipped.push({ label, photo, reason: 'duplicate', message: `the same photo as ${twin.photo}` });
      else {
        const other = await known.sameOfAnother(found);
        if (other) shared.push({ label, photo, other: { label: other.label, photo: other.photo } });
        known.add(found);
        embeddings.get(label)!.push(face.embedding);
      }
    } else skipped.push({ label, photo, ...face });
    done++;
    options.onProgress?.(done, photos.length);
  }
  const all = people.map(({ label }) => ({ label, embeddings: embeddings.get(label)! }));
  return {
    people: all.filter((person) => person.embeddings.length > 0),
    notLearned: all.filter((person) => person.embeddings.length === 0).map(({ label }) => label),
    skipped,
    shared,
  };
}

function onlyFace(
  analysis: FileAnalysis,
): { readonly embedding: Float32Array } | Pick<SkippedPhoto, 'reason' | 'message'> {
  if ('error' in analysis) return { reason: 'unreadable', message: analysis.error.message };
  const [face, ...others] = mainFaces(analysis.faces);
  if (!face) return { reason: 'no-face', message: 'no face found' };
  if (others.length > 0) {
    return {
      reason: 'several-faces',
      message: `${others.length + 1} faces found, which one is meant is unknown`,
    };
  }
  if (!face.embedding) throw new TypeError('analyze must give embeddings');
  return { embedding: face.embedding };
}
