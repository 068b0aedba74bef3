import { once } from 'node:events';
import { printable } from '../../core/text/printable.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { readHomeConfig } from '../../home/config/read-home-config.ts';
import { Home } from '../../home/home.ts';
import type { ServerSettings } from '../../server/server-settings.ts';
import { unknownNames } from '../../watch/triggers/unknown-names.ts';
import type { WatchEvent } from '../../watch/watch-event.ts';
import { Cleanup } from '../cleanup.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { packageVersion } from '../package-version.ts';
import { knownPeople } from '../watch/check-triggers.ts';
import { describeEvent } from '../watch/describe-event.ts';
import { followConfig } from './follow-config.ts';
import { openHomeSettings, serveHome } from './serve-home.ts';

/**
 * Runs a home until the user stops it, or its cameras are films and these are over.
 *
 * @throws FaceTriggerError what reading the configuration and opening its parts throws
 */
export async function runHome(
  path: string,
  options: { readonly json?: true | undefined },
  context: CommandContext,
): Promise<void> {
  const { signal } = context;
  const output = new Output('', { progress: false, signal });
  const log = (message: string) => output.note(printable(message));
  const config = await readHomeConfig(path);
  signal.throwIfAborted();
  await using cleanup = new Cleanup();
  const page: { settings: ServerSettings | null } = { settings: null };
  const openSettings = async (gallery: Gallery) => {
    page.settings = await openHomeSettings(config, gallery);
    return page.settings;
  };
  const home = await Home.open(config, { log, version: packageVersion(), openSettings, signal });
  cleanup.defer(() => home[Symbol.asyncDispose]());
  if (config.triggers !== null) {
    const people = await knownPeople({ gallery: config.gallery });
    for (const line of unknownNames(config.triggers, people ?? [])) log(line);
  }
  // Where a trigger writes JSON lines, those alone stand on stdout: another program reads them.
  const toStderr = config.triggers?.triggers.some((trigger) =>
    trigger.do.some(({ type }) => type === 'stdout'),
  );
  const print = (event: WatchEvent) => {
    if (options.json) return output.json(event);
    return toStderr ? output.note(describeEvent(event)) : output.line(describeEvent(event));
  };
  const failed = (error: unknown) => log((error as Error).message);
  home.subscribe((event) => {
    Promise.resolve(print(event)).catch(failed);
  });
  signal.throwIfAborted();
  signal.addEventListener('abort', () => void home.stop().catch(failed), { once: true });
  const { settings } = page;
  const server = config.server && settings ? await serveHome(home, config.server, { log, settings }) : null;
  cleanup.defer(() => server?.close());
  signal.throwIfAborted();
  const following = followConfig(
    path,
    async () => {
      for (const line of await home.reload(await readHomeConfig(path))) log(`${path}: ${line}`);
    },
    log,
  );
  cleanup.defer(() => following.close());
  const stopped = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  // The page goes on where films are over; without it there is nothing left to do.
  await (server === null ? Promise.race([stopped, home.ended()]) : stopped);
}
