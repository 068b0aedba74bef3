import type { Command } from 'commander';
import { DEFAULT_IN_FLIGHT } from '../../pipeline/analyze-files.ts';
import { addLivenessOptions, type LivenessFlags } from './liveness-options.ts';
import { addNetworkOptions, detectionOption, type NetworkOptions } from './network-options.ts';
import { integerAtLeast, numberBetween } from './number-option.ts';

/** Options of every command that looks for faces. */
export interface DetectionOptions extends Omit<NetworkOptions, 'precision'> {
  readonly minFaceSize?: number | undefined;
  readonly minScore?: number | undefined;
  readonly threads?: number | undefined;
  readonly jobs: number;
  readonly progress: boolean;
  readonly json?: true | undefined;
}

/** Options of the commands that print the faces of pictures. */
export interface AnalysisOptions extends DetectionOptions, LivenessFlags {
  readonly maxFaces?: number | undefined;
  readonly workers?: number | undefined;
  readonly annotate?: string | undefined;
}

/** Adds the options of {@link DetectionOptions}. */
export function addDetectionOptions(command: Command): Command {
  return addNetworkOptions(command)
    .option(
      '--min-face-size <pixels>',
      "size of the smallest face to find; larger values are faster, smaller ones find more (default: from 40, depending on the picture's size)",
      integerAtLeast(1),
    )
    .option(
      '--min-score <score>',
      'lowest score of a face (default: 0)',
      numberBetween(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    )
    .addOption(detectionOption('exact'))
    .option('--threads <n>', 'threads for the networks (default: chosen for this machine)', integerAtLeast(1))
    .option('--jobs <n>', 'pictures processed at the same time', integerAtLeast(1), DEFAULT_IN_FLIGHT)
    .option('--no-progress', 'no progress bar, even on a terminal');
}

/** Adds the options of {@link AnalysisOptions}. */
export function addAnalysisOptions(command: Command): Command {
  return addLivenessOptions(addDetectionOptions(command), 'the result is added to each face')
    .option(
      '--max-faces <n>',
      'at most this many faces per picture, those with the best scores',
      integerAtLeast(1),
    )
    .option(
      '--workers <n>',
      'pipelines that run in parallel, each in its own thread (default: 1; one per core for 50 pictures or more)',
      integerAtLeast(1),
    )
    .option('--annotate <dir>', 'write copies of the pictures with the faces marked to this folder')
    .option('--json', 'print one line with a JSON object for each picture');
}
