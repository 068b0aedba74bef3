import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { alignFace } from '../../core/align/aligned-face.ts';
import { setAside } from '../../dataset/set-aside.ts';
import { writeFileAtomic } from '../../node/files/atomic-write.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { encodeImage } from '../../node/image/encode-image.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { CommandContext } from '../command-context.ts';
import { addDetectionOptions } from '../options/analysis-options.ts';
import { Output } from '../output/output.ts';
import { eachPhoto, type OutOptions, outputNamesOf } from './each-photo.ts';
import { photosForOutput } from './photos-in-folder.ts';
import { reportKept } from './report-kept.ts';

/** Adds `dataset normalize`. */
export function addNormalizeCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('normalize')
    .description(
      'write the aligned face of each photo with exactly one face as PNG, in the size that the embedder takes',
    )
    .argument('<folder>', 'a folder for each person')
    .requiredOption('--out <dir>', 'where the faces go; what is there already is renamed');
  addDetectionOptions(command)
    .option('--json', 'print one JSON object')
    .action((folder: string, options: OutOptions) => normalize(folder, options, context));
}

async function normalize(folder: string, options: OutOptions, context: CommandContext): Promise<void> {
  const { out, models, commercial, threads, detection, json } = options;
  const { photos, scan } = await photosForOutput(folder, out);
  await using pipeline = await FacePipeline.create({ models, commercial, threads, detection });
  const moved = await setAside(out);
  const names = outputNamesOf(photos, ['png']);
  const rejected = await eachPhoto(
    photos,
    { ...options, pipeline },
    context,
    async ({ face, image }, index) => {
      const target = join(out, names[index]!);
      await makeFolder(dirname(target));
      const { chip } = alignFace(image, face.landmarks, pipeline.embedder.profile.chip);
      await writeFileAtomic(target, await encodeImage(chip, { format: 'png' }));
    },
  );
  await reportKept(new Output('', context), { photos, scan, rejected, moved, out, json });
}
