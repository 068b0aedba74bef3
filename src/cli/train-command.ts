import type { Command } from 'commander';
import { Option } from 'commander';
import { FaceTriggerError } from '../core/errors.ts';
import { printable } from '../core/text/printable.ts';
import type { ThresholdRecommendation } from '../evaluate/recommend-threshold.ts';
import type { MetricDepth } from '../extras/metric-learning/learn-metric.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import {
  type ThresholdTarget,
  type TrainModelFolderResult,
  trainModelFolder,
} from '../pipeline/train-model-folder.ts';
import type { CommandContext } from './command-context.ts';
import { addDetectionOptions, type DetectionOptions } from './options/analysis-options.ts';
import { type AveragingFlags, addAveragingOptions } from './options/averaging-options.ts';
import { numberBetween } from './options/number-option.ts';
import { refuseGallery } from './options/refuse-gallery.ts';
import { Output } from './output/output.ts';
import { printSkipped } from './output/print-skipped.ts';
import { formatTable } from './output/text-table.ts';
import { packageVersion } from './package-version.ts';
import { goOnFrom, rememberFaces } from './pictures/remember-faces.ts';

interface TrainCommandOptions extends DetectionOptions, AveragingFlags {
  readonly out: string;
  readonly classifier: 'auto' | 'svm' | 'nearest';
  readonly metric?: 'triplet' | undefined;
  readonly metricDepth?: MetricDepth | undefined;
  readonly maxDistance?: number | undefined;
  readonly minProbability?: number | undefined;
  readonly targetFpir?: number | undefined;
  readonly targetFmr?: number | undefined;
  readonly strangers?: string | undefined;
}

/** Adds `train`. */
export function addTrainCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('train')
    .description('learn people from a folder of photos')
    .argument(
      '<folder>',
      'a folder that holds a folder for each person (Ada/1.jpg), or photos named after people (Ada.jpg, Ada_2.jpg)',
    )
    .requiredOption('--out <dir>', 'folder for the model; an older model in it is replaced');
  addAveragingOptions(addDetectionOptions(command), 'balanced')
    .addOption(
      new Option('--classifier <kind>', 'svm needs several photos of each person, nearest needs one')
        .choices(['auto', 'svm', 'nearest'])
        .default('auto'),
    )
    .addOption(
      new Option(
        '--metric <loss>',
        "learn the network's last layer anew from these people, and use it if it tells others apart better",
      ).choices(['triplet']),
    )
    .addOption(
      new Option(
        '--metric-depth <depth>',
        "how much of the network to learn: its last layer, or its last residual block too (tries both; minutes); 'head' unless given",
      ).choices(['head', 'last-block']),
    )
    .option(
      '--max-distance <d>',
      "faces farther away than this are unknown in recognition (default: the embedder's)",
      numberBetween(0, Number.POSITIVE_INFINITY),
    )
    .option(
      '--min-probability <p>',
      'faces less probable than this are unknown in recognition (default: 0.5)',
      numberBetween(0, 1),
    )
    .option(
      '--target-fpir <rate>',
      'choose the maximum distance so that at most this share of strangers gets a name (0.01 is one in 100)',
      numberBetween(0, 1),
    )
    .option(
      '--target-fmr <rate>',
      'choose the maximum distance so that at most this share of pairs of different people counts as one person',
      numberBetween(0, 1),
    )
    .option(
      '--strangers <dir>',
      'photos of other people, with a folder for each person; smaller targets need more of them',
    )
    .option('--json', 'print one JSON object')
    .action((folder: string, options: TrainCommandOptions) => train(folder, options, context));
}

async function train(folder: string, options: TrainCommandOptions, context: CommandContext): Promise<void> {
  const { out, minFaceSize, minScore, models, commercial, threads, detection, precision } = options;
  const { maxDistance, minProbability, quality, mirror, jitter, metric, metricDepth: depth } = options;
  if (depth !== undefined && metric === undefined) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', '--metric-depth needs --metric');
  }
  await refuseGallery(folder, '"face-trigger gallery train --gallery ADDRESS" makes a model of its people');
  const output = new Output('reading faces', {
    progress: options.progress,
    signal: context.signal,
    goOn: goOnFrom(out),
  });
  await using pipeline = await FacePipeline.create({ models, commercial, threads, detection, precision });
  const analysis = { minFaceSize, minScore, quality, mirror, jitter };
  const remembered = await rememberFaces(out, { models, settings: { detection, precision, analysis } });
  let result: TrainModelFolderResult;
  try {
    result = await trainModelFolder(folder, pipeline, {
      ...{ out, maxDistance, minProbability, signal: context.signal },
      createdBy: packageVersion(),
      concurrency: options.jobs,
      analysis,
      remembered,
      training: { kind: options.classifier, metric, ...(depth && { metricOptions: { depth } }) },
      target: targetOf(options),
      onProgress: (done, total) => output.progress(done, total),
      onMetricProgress: (done) => output.progress(Math.round(100 * done), 100, 'learning the metric, %'),
    });
  } finally {
    output.end();
    await remembered.close({ finished: !context.signal.aborted });
  }
  if (options.json) await output.json(resultJson(out, result));
  else await printResult(output, out, result);
}

function targetOf({
  targetFpir: fpir,
  targetFmr: fmr,
  strangers,
}: TrainCommandOptions): ThresholdTarget | undefined {
  if (fpir !== undefined || fmr !== undefined) return { fpir, fmr, strangers };
  if (strangers === undefined) return undefined;
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', '--strangers needs --target-fpir or --target-fmr');
}

function resultJson(
  model: string,
  { description, report, notLearned, skipped, shared, ignored }: TrainModelFolderResult,
): object {
  const { people, thresholds, thresholdBasis } = description;
  return {
    model,
    people,
    classifier: { kind: report.kind, C: report.C, scores: report.scores },
    metric: report.metric,
    thresholds,
    ...(thresholdBasis && { thresholdBasis }),
    notLearned,
    // Its name of version 0.1.
    left: notLearned,
    skipped,
    shared,
    ignored,
  };
}

async function printResult(output: Output, out: string, result: TrainModelFolderResult): Promise<void> {
  const { description, report, notLearned, skipped, shared, ignored } = result;
  const rows = description.people.map(({ label, photos }) => [label, photos]);
  await output.line(formatTable([{ title: 'NAME' }, { title: 'PHOTOS', align: 'right' }], rows));
  await printSkipped(output, ignored, {});
  for (const { photo, message } of skipped) output.note(`skipped ${printable(photo)}: ${printable(message)}`);
  for (const { photo, other } of shared) {
    const twins = `${printable(photo)} is the same picture as ${printable(other.photo)}`;
    output.note(`${twins}: one photo under two names, neither of them can be told surely`);
  }
  for (const label of notLearned)
    output.note(`not learned: ${printable(label)}, there is no photo that could be used`);
  const how = report.kind === 'svm' ? `linear SVM, C = ${report.C}` : 'nearest photo';
  await output.line(`classifier: ${how}`);
  if (report.metric) await output.line(`metric: ${report.metric.reason}`);
  if (description.thresholdBasis) await output.line(describeBasis(description.thresholdBasis));
  await output.line(`model: ${printable(out)}`);
}

function describeBasis(basis: ThresholdRecommendation): string {
  const { maxDistance, target, confidence, upperBound, falseAccepts, misses } = basis;
  const percent = (rate: number) => `${Number((100 * rate).toPrecision(3))} %`;
  const what = target.kind === 'fpir' ? 'strangers named' : 'pairs of two people passed';
  const own = misses
    ? `; own photos missed: ${percent(misses.rate)} (${misses.count} of ${misses.trials})`
    : '';
  return (
    `threshold: distance ${maxDistance.toFixed(4)}; ${what}: ${falseAccepts.count} of ${falseAccepts.trials}, ` +
    `at most ${percent(upperBound)} with ${percent(confidence)} certainty${own}`
  );
}
