import type { Command } from 'commander';
import { alignFace } from '../../core/align/aligned-face.ts';
import type { ChipTemplate } from '../../core/align/chip-template.ts';
import { mainFaces } from '../../core/pipeline/main-faces.ts';
import { faceQuality } from '../../core/quality/face-quality.ts';
import { type CheckedPhoto, findProblems } from '../../dataset/find-problems.ts';
import { scanPeopleFolder } from '../../dataset/people-folder.ts';
import { perceptualHash } from '../../dataset/perceptual-hash.ts';
import type { FileAnalysis } from '../../pipeline/analyze-files.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { CommandContext } from '../command-context.ts';
import { addDetectionOptions, type DetectionOptions } from '../options/analysis-options.ts';
import { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { formatTable } from '../output/text-table.ts';
import { cachedTarget, goOnFrom } from '../pictures/remember-faces.ts';
import { analyzePhotos } from './analyze-photos.ts';
import { type LabeledPhoto, printWithoutPhotos } from './photos-in-folder.ts';

/** Adds `dataset check`. */
export function addCheckCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('check')
    .description(
      'report duplicate, mislabeled, blurred, tiny, dark and turned faces; the exit status is 0 even if problems are found',
    )
    .argument('<folder>', 'a folder for each person');
  addDetectionOptions(command)
    .option('--json', 'print one line with a JSON object for each problem')
    .action((folder: string, options: DetectionOptions) => check(folder, options, context));
}

async function check(folder: string, options: DetectionOptions, context: CommandContext): Promise<void> {
  // It writes nothing that the faces could be kept beside.
  const target = await cachedTarget('dataset-check', folder);
  const output = new Output('looking at photos', {
    progress: options.progress,
    signal: context.signal,
    goOn: target === undefined ? undefined : goOnFrom(target),
  });
  const scan = await scanPeopleFolder(folder);
  const { people } = scan;
  const photos = people.flatMap(({ label, photos: own }) => own.map((photo) => ({ label, photo })));
  await printSkipped(output, scan.skipped, options);
  await printWithoutPhotos(output, scan, options);
  const { models, commercial, threads, detection } = options;
  await using pipeline = await FacePipeline.create({ models, commercial, threads, detection });
  const { chip } = pipeline.embedder.profile;
  const checked: CheckedPhoto[] = [];
  try {
    for await (const analysis of analyzePhotos(
      photos,
      { ...options, embeddings: true, out: target, pipeline },
      context,
    )) {
      checked.push(checkedPhoto(photos[checked.length]!, analysis, chip));
      output.progress(checked.length, photos.length);
    }
  } finally {
    output.end();
  }
  const problems = findProblems(checked, pipeline.embedder.profile);
  if (options.json) {
    for (const problem of problems) await output.json(problem);
    return;
  }
  if (problems.length > 0) {
    const columns = [{ title: 'PROBLEM' }, { title: 'PHOTO', cut: 'start' as const }, { title: 'WHY' }];
    await output.line(
      formatTable(
        columns,
        problems.map(({ kind, photo, message }) => [kind, photo, message]),
      ),
    );
  }
  const touched = new Set(problems.map((problem) => problem.photo)).size;
  output.note(`${photos.length} photos of ${people.length} people, ${touched} with problems`);
}

function checkedPhoto(
  { label, photo }: LabeledPhoto,
  analysis: FileAnalysis,
  template: ChipTemplate,
): CheckedPhoto {
  if ('error' in analysis) return { label, photo, hash: null, faces: null, error: analysis.error.message };
  const { image, faces } = analysis;
  return {
    label,
    photo,
    hash: perceptualHash(image),
    faces: mainFaces(faces).map(({ landmarks, embedding }) => ({
      embedding: embedding!,
      quality: faceQuality(alignFace(image, landmarks, template)),
    })),
  };
}
