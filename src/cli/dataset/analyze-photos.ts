import type { Image } from '../../core/image/image.ts';
import { analyzeFiles, type FileAnalysis } from '../../pipeline/analyze-files.ts';
import type { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { CommandContext } from '../command-context.ts';
import type { DetectionOptions } from '../options/analysis-options.ts';
import { rememberFaces } from '../pictures/remember-faces.ts';
import type { LabeledPhoto } from './photos-in-folder.ts';

/**
 * Looks for the faces of photos, in their order.
 *
 * @param options.embeddings - whether the faces are embedded too
 * @param options.out - beside what faces are kept until the run has ended
 * @param options.pipeline - with what
 */
export async function* analyzePhotos(
  photos: readonly LabeledPhoto[],
  options: DetectionOptions & {
    readonly embeddings: boolean;
    readonly out?: string | undefined;
    readonly pipeline: FacePipeline;
  },
  { signal }: CommandContext,
): AsyncGenerator<FileAnalysis> {
  const { models, detection, minFaceSize, minScore, embeddings, out, pipeline, jobs: concurrency } = options;
  const files = photos.map(({ photo }) => ({ path: photo, name: photo }));
  const settings = { minFaceSize, minScore, embeddings, identities: false };
  const analyze = (image: Image) => pipeline.analyze(image, settings);
  const remembered =
    out === undefined ? null : await rememberFaces(out, { models, settings: { detection, settings } });
  try {
    yield* analyzeFiles(files, remembered?.wrap(analyze) ?? analyze, { concurrency, signal });
  } finally {
    await remembered?.close({ finished: !signal.aborted });
  }
}
