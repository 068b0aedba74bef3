import { basename, parse } from 'node:path';
import type { Image } from '../../core/image/image.ts';
import type { Face } from '../../core/pipeline/face.ts';
import { mainFaces } from '../../core/pipeline/main-faces.ts';
import { outputNames } from '../../dataset/output-names.ts';
import type { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { CommandContext } from '../command-context.ts';
import type { DetectionOptions } from '../options/analysis-options.ts';
import { Output } from '../output/output.ts';
import { goOnFrom } from '../pictures/remember-faces.ts';
import { analyzePhotos } from './analyze-photos.ts';
import type { LabeledPhoto } from './photos-in-folder.ts';

/** Options of the subcommands that write what they make of photos. */
export interface OutOptions extends DetectionOptions {
  readonly out: string;
}

/** A photo that was left out, and why. */
export interface Rejection extends LabeledPhoto {
  readonly reason: 'no-face' | 'several-faces' | 'unreadable';
  readonly message: string;
}

/** Calls a function with each photo that shows exactly one face. @returns the other photos */
export async function eachPhoto(
  photos: readonly LabeledPhoto[],
  options: OutOptions & { readonly pipeline: FacePipeline },
  context: CommandContext,
  use: (found: { photo: string; image: Image; face: Face }, index: number) => Promise<void>,
): Promise<Rejection[]> {
  const output = new Output('looking at photos', {
    progress: options.progress,
    signal: context.signal,
    goOn: goOnFrom(options.out),
  });
  const rejected: Rejection[] = [];
  let index = 0;
  try {
    for await (const analysis of analyzePhotos(photos, { ...options, embeddings: false }, context)) {
      const own = photos[index]!;
      const faces = 'error' in analysis ? [] : mainFaces(analysis.faces);
      if ('error' in analysis)
        rejected.push({ ...own, reason: 'unreadable', message: analysis.error.message });
      else if (faces.length === 0) rejected.push({ ...own, reason: 'no-face', message: 'no face found' });
      else if (faces.length > 1)
        rejected.push({ ...own, reason: 'several-faces', message: `${faces.length} faces found` });
      else await use({ photo: own.photo, image: analysis.image, face: faces[0]! }, index);
      output.progress(++index, photos.length);
    }
  } finally {
    output.end();
  }
  return rejected;
}

/** Names that nothing else in the folder has: copies keep theirs, faces get one of their own kind. */
export function outputNamesOf(photos: readonly LabeledPhoto[], extensions: readonly string[]): string[] {
  const fileName = (photo: string) =>
    extensions.length === 1 ? `${parse(photo).name}.${extensions[0]}` : basename(photo);
  return outputNames(
    photos.map(({ label, photo }) => `${label.replace(/[/\\]/g, '_')}/${fileName(photo)}`),
    { extensions: extensions.map((extension) => `.${extension}`) },
  );
}
