import type { Gallery } from '../gallery/gallery.ts';
import { readNewFace } from '../gallery/read-new-face.ts';
import { readImage } from '../node/image/read-image.ts';
import type { AllowInternal } from '../node/network/allow-internal.ts';
import type { FacePipeline } from '../pipeline/face-pipeline.ts';
import type { JobKind } from './job-kind.ts';
import { EnrollKind, type ReadPhoto } from './kinds/enroll-kind.ts';
import { EvaluateKind } from './kinds/evaluate-kind.ts';
import { MIGRATE_LATER } from './kinds/migrate-kind.ts';

/** What a worker does jobs with. */
export interface WorkerKindsOptions {
  readonly gallery: Gallery;
  /** With the models of the gallery's faces. */
  readonly pipeline: FacePipeline;
  /** Internal addresses that photos may be fetched from. @defaultValue none */
  readonly allowInternal?: AllowInternal | undefined;
  /** See `EnrollKindParts.settled`. */
  readonly settled?: string[] | undefined;
}

/** All kinds of jobs; a new kind is one more entry. To be disposed of before the gallery. */
export function workerKinds(
  options: WorkerKindsOptions,
): AsyncDisposable & { readonly kinds: readonly JobKind[] } {
  const { gallery, pipeline, allowInternal, settled } = options;
  const enroll = new EnrollKind({
    gallery,
    allowInternal,
    settled,
    readPhoto: photoReader(gallery, pipeline),
  });
  return {
    kinds: [enroll, new EvaluateKind(gallery), MIGRATE_LATER],
    [Symbol.asyncDispose]: () => enroll[Symbol.asyncDispose](),
  };
}

function photoReader(gallery: Gallery, pipeline: FacePipeline): ReadPhoto {
  return async (bytes, { source, minFaceSize, minScore, signal }) => {
    const image = await readImage(bytes, { signal });
    const { newFace } = await readNewFace(pipeline, image, {
      analyze: { minFaceSize, minScore },
      source,
      thumbnail: gallery.keepsThumbnails,
    });
    return newFace;
  };
}
