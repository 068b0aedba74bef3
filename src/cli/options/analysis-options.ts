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
      "smallest face to find; larger values are faster, smaller ones find more (default: by the picture's size, 40 and more)",
      integerAtLeast(1),
    )
    .option(
      '--min-score <score>',
      'faces must score above this (default: 0)',
      numberBetween(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    )
    .addOption(detectionOption('exact'))
    .option('--threads <n>', 'threads of the networks (default: by the machine)', integerAtLeast(1))
    .option('--jobs <n>', 'pictures under way at once', integerAtLeast(1), DEFAULT_IN_FLIGHT)
    .option('--no-progress', 'no progress bar, even on a terminal');
}

/** Adds the options of {@link AnalysisOptions}. */
export function addAnalysisOptions(command: Command): Command {
  return addLivenessOptions(addDetectionOptions(command), 'the answer stands beside each face')
    .option('--max-faces <n>', 'at most so many faces a picture, the best', integerAtLeast(1))
    .option(
      '--workers <n>',
      'pipelines at work at once, a thread each (default: 1, for 50 pictures and more one a core)',
      integerAtLeast(1),
    )
    .option('--annotate <dir>', 'write the pictures with the faces drawn on into this folder')
    .option('--json', 'print one JSON object a line, for each picture');
}
