import { TriggerRunner } from '../watch/triggers/trigger-runner.ts';
import type { ReadHomeConfig } from './config/read-home-config.ts';
import type { EventTeller } from './event-teller.ts';

/** Opens whoever is told what happens, as a configuration names them. */
export async function openTellers(
  config: ReadHomeConfig,
  options: {
    readonly log: (message: string) => void;
    readonly write?: ((line: string) => void) | undefined;
  },
): Promise<readonly EventTeller[]> {
  const { write = (line: string) => void process.stdout.write(line), log } = options;
  const tellers: EventTeller[] = [];
  const { triggers, triggersPath } = config;
  if (triggers !== null) {
    const sources = Object.keys(config.cameras);
    const queuePath = `${triggersPath}.queue`;
    const runner = await TriggerRunner.create({ triggers, queuePath, sources, write, log });
    tellers.push({
      name: 'triggers',
      handle: (event) => runner.handle(event),
      close: () => runner.close(),
    });
  }
  return tellers;
}
