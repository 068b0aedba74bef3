import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { readTriggers } from '../../watch/triggers/read-triggers.ts';
import { TriggerRunner } from '../../watch/triggers/trigger-runner.ts';

/**
 * Takes away what the brokers of a triggers file keep about a source: its status, who was there, Home Assistant's sensor.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` without a name or a file; `ERR_TIMEOUT` where a broker is away; what
 * {@link readTriggers} throws
 */
export async function forgetSource(options: {
  readonly name?: string | undefined;
  readonly triggers?: string | undefined;
}): Promise<void> {
  const { name, triggers } = options;
  if (name === undefined || triggers === undefined) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', '--forget needs --name <name> and --triggers <file>');
  }
  const log = (message: string) => void process.stderr.write(`${printable(message)}\n`);
  const done = await TriggerRunner.forget({ triggers: await readTriggers(triggers), source: name, log });
  if (!done)
    throw new FaceTriggerError('ERR_TIMEOUT', 'A broker did not take it; try again when it is there');
}
