import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { setAside } from '../../dataset/set-aside.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { IMAGE_EXTENSIONS } from '../../node/image/picture-extensions.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { CommandContext } from '../command-context.ts';
import { addDetectionOptions } from '../options/analysis-options.ts';
import { Output } from '../output/output.ts';
import { eachPhoto, type OutOptions, outputNamesOf } from './each-photo.ts';
import { photosForOutput } from './photos-in-folder.ts';
import { reportKept } from './report-kept.ts';

/** Adds `dataset filter`. */
export function addFilterCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('filter')
    .description(
      'copy the photos that show exactly one face, and tell for each person which photos were left out and why',
    )
    .argument('<folder>', 'a folder for each person')
    .requiredOption('--out <dir>', 'where the photos go; what is there already is renamed');
  addDetectionOptions(command)
    .option('--json', 'print one JSON object')
    .action((folder: string, options: OutOptions) => filter(folder, options, context));
}

async function filter(folder: string, options: OutOptions, context: CommandContext): Promise<void> {
  const { out, models, commercial, threads, detection, json } = options;
  const { photos, scan } = await photosForOutput(folder, out);
  await using pipeline = await FacePipeline.create({ models, commercial, threads, detection });
  const moved = await setAside(out);
  const names = outputNamesOf(photos, IMAGE_EXTENSIONS);
  const rejected = await eachPhoto(photos, { ...options, pipeline }, context, async ({ photo }, index) => {
    const target = join(out, names[index]!);
    await makeFolder(dirname(target));
    await copyFile(photo, target);
  });
  await reportKept(new Output('', context), { photos, scan, rejected, moved, out, json });
}
