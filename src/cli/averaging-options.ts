import type { Command } from 'commander';
import { integerAtLeast } from './number-option.ts';

/** Options of the commands that embed faces. */
export interface AveragingFlags {
  readonly mirror?: true;
  readonly jitter?: number;
}

/** Adds the options of {@link AveragingFlags}. */
export function addAveragingOptions(command: Command): Command {
  return command
    .option('--mirror', 'average each face with its mirror image: more accurate, twice the work')
    .option(
      '--jitter <n>',
      'average each face over n slightly moved views: more accurate, n times the work',
      integerAtLeast(1),
    );
}
