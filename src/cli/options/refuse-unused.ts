import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';

/**
 * Refuses options that somebody gave and that mean nothing beside what else was said: to pass them by could work on
 * another place, or by other rules, than they ask for.
 *
 * @param names - of options, as the program reads them, such as "maxUnpacked"
 * @param why - with what they mean nothing, or where they belong; ends the sentence
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for the first that was given
 */
export function refuseUnused(command: Command, names: readonly string[], why: string): void {
  const given = command.options.find((option) => {
    const name = option.attributeName();
    return names.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given) throw new FaceTriggerError('ERR_INVALID_ARGUMENT', `Expected no ${given.long} ${why}`);
}

/**
 * As {@link refuseUnused}, for all options but some.
 *
 * @param used - those that mean something
 */
export function refuseAllBut(command: Command, used: readonly string[], why: string): void {
  const names = command.options.map((option) => option.attributeName());
  refuseUnused(
    command,
    names.filter((name) => !used.includes(name)),
    why,
  );
}
