import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { numberBetween } from './number-option.ts';

/** Whether a command checks that faces are live. */
export interface LivenessFlags {
  /** The pack that has the networks; true: the pack of the other networks. */
  readonly liveness?: string | true | undefined;
  readonly livenessThreshold?: number | undefined;
}

/**
 * Adds the options of {@link LivenessFlags}.
 *
 * @param effect - what a face that is not live changes, for the help
 */
export function addLivenessOptions(command: Command, effect: string): Command {
  return command
    .option(
      '--liveness [pack]',
      `check that faces are live, with the networks of this pack (default: those of --models); ${effect}. Write --liveness=NAME if other arguments follow`,
    )
    .option(
      '--liveness-threshold <score>',
      "least score of a live face, 0 to 1 (default: the pack's, or 0.5)",
      numberBetween(0, 1),
    );
}

/**
 * What a pipeline is to be opened with.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a threshold of a check that is not asked for
 */
export function livenessChoice({ liveness, livenessThreshold: threshold }: LivenessFlags) {
  if (liveness === undefined) {
    if (threshold === undefined) return undefined;
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected --liveness beside --liveness-threshold');
  }
  return { ...(liveness !== true && { models: liveness }), ...(threshold !== undefined && { threshold }) };
}
