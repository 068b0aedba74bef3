import type { TriggerRunner, TriggerRunnerOptions } from './triggers/trigger-runner.ts';

/** Options of {@link openTriggers}. */
export type OpenTriggersOptions = Partial<Omit<TriggerRunnerOptions, 'triggers'>>;

/**
 * Reads a triggers file and gets its actions ready.
 *
 * @param path - YAML or JSON, see docs/guide/cameras.md
 * @param options - `queuePath`: file where webhooks wait, else path + '.queue'; `write`: takes the lines of `stdout`
 * actions, else they are printed; `sources`: names of the sources whose events will come, so that brokers hear of them
 * at once; `log`: told what went wrong, else it goes to stderr
 * @returns give it each event with `handle`, and `close` it at the end
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`; `ERR_FILE_FORMAT` with the line of each mistake, or for a file that is
 * no queue; `ERR_BUSY` for a queue that another process has open; `ERR_FILE_WRITE` or `ERR_DISK_FULL` for one that
 * cannot be opened; `ERR_INVALID_ARGUMENT` for a secret's variable that is not set
 * @remarks What reads and checks the file is loaded here, and not by programs that have no triggers.
 */
export async function openTriggers(path: string, options: OpenTriggersOptions = {}): Promise<TriggerRunner> {
  const { readTriggers } = await import('./triggers/read-triggers.ts');
  const { TriggerRunner: Runner } = await import('./triggers/trigger-runner.ts');
  return Runner.create({
    queuePath: `${path}.queue`,
    write: (line) => process.stdout.write(line),
    log: (message) => process.stderr.write(`${message}\n`),
    ...options,
    triggers: await readTriggers(path),
  });
}
