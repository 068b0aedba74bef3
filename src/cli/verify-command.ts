import type { Command } from 'commander';
import type { DetectionMode } from '../node/models/open-models.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import { type PhotoVerification, type VerifiedPhoto, verifyPhotos } from '../pipeline/verify-photos.ts';
import type { CommandContext } from './command-context.ts';
import { type AveragingFlags, addAveragingOptions } from './options/averaging-options.ts';
import { addNetworkOptions, detectionOption } from './options/network-options.ts';
import { integerAtLeast, numberBetween } from './options/number-option.ts';
import { BOX_COLUMNS, boxCells } from './output/box-columns.ts';
import { faceJson } from './output/face-json.ts';
import { Output } from './output/output.ts';
import { formatTable } from './output/text-table.ts';

interface VerifyOptions extends AveragingFlags {
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly maxDistance?: number | undefined;
  readonly minFaceSize?: number | undefined;
  readonly detection?: DetectionMode | undefined;
  readonly threads?: number | undefined;
  readonly exitCode?: true | undefined;
  readonly json?: true | undefined;
}

/** Adds `verify`. */
export function addVerifyCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('verify')
    .description(
      'say whether two photos show the same person; if a photo shows several faces, the largest one counts',
    )
    .argument('<a>', 'a photo')
    .argument('<b>', 'another photo')
    .option(
      '--max-distance <d>',
      "count as the same person up to this distance (default: the embedder's)",
      numberBetween(0, Number.POSITIVE_INFINITY),
    )
    .option('--min-face-size <pixels>', 'size of the smallest face to find', integerAtLeast(1))
    .addOption(detectionOption('exact'))
    .option('--threads <n>', 'threads for the networks (default: chosen for this machine)', integerAtLeast(1))
    .option('--exit-code', 'end with status 1 instead of 0 if the people are different')
    .option('--json', 'print one JSON object');
  addAveragingOptions(addNetworkOptions(command), 'balanced').action(
    (a: string, b: string, options: VerifyOptions) => verify([a, b], options, context),
  );
}

async function verify(
  paths: readonly [string, string],
  options: VerifyOptions,
  context: CommandContext,
): Promise<void> {
  const {
    maxDistance,
    minFaceSize,
    models,
    commercial,
    threads,
    detection,
    precision,
    quality,
    mirror,
    jitter,
  } = options;
  await using pipeline = await FacePipeline.create({ models, commercial, threads, detection, precision });
  const analysis = { minFaceSize, quality, mirror, jitter };
  const result = await verifyPhotos(paths, pipeline, { maxDistance, analysis, signal: context.signal });
  const output = new Output('', context);
  if (options.json) await output.json(verificationJson(result));
  else await output.line(verificationText(result));
  if (options.exitCode && !result.same) context.setExitStatus(1);
}

function verificationJson({ same, distance, maxDistance, photos }: PhotoVerification): object {
  return { same, distance, maxDistance, images: photos.map(photoJson) };
}

function photoJson({ path, width, height, face, count }: VerifiedPhoto): object {
  const { embedding: _, ...shown } = face;
  return { image: path, width, height, faceCount: count, face: faceJson(shown) };
}

function verificationText({ same, distance, maxDistance, photos }: PhotoVerification): string {
  const columns = [{ title: 'IMAGE' }, { title: 'FACES', align: 'right' as const }, ...BOX_COLUMNS, SCORE];
  const rows = photos.map(({ path, face, count }) => [
    path,
    count,
    ...boxCells(face.box),
    face.score.toFixed(3),
  ]);
  const verdict = same ? 'same person' : 'different people';
  const sign = same ? '<=' : '>';
  return `${formatTable(columns, rows)}\n${verdict}: distance ${distance.toFixed(3)} ${sign} ${maxDistance}`;
}

const SCORE = { title: 'SCORE', align: 'right' as const };
