import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Editors write a file in several steps. */
const SETTLE_MS = 300;

/**
 * Reads a configuration again when its file changes, or SIGHUP comes.
 *
 * @param path - of the file
 * @param reload - may throw: then the old configuration goes on, and `log` is told why
 */
export function followConfig(
  path: string,
  reload: () => Promise<void>,
  log: (message: string) => void,
): { close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;
  const now = () => {
    running = running.then(async () => {
      if (isClosed) return;
      await reload().catch((error: Error) =>
        log(`${path} cannot be used, so all goes on as before:\n${error.message}`),
      );
    });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(now, SETTLE_MS);
  };
  // The folder, as many editors put a new file in the place of the old one.
  const file = resolve(path);
  const watcher = watch(dirname(file), { persistent: false }, (_, name) => {
    if (name === null || name === basename(file)) soon();
  });
  watcher.on('error', (error) => log(`${path} is read again by SIGHUP only: ${error.message}`));
  process.on('SIGHUP', now);
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      watcher.close();
      process.off('SIGHUP', now);
      await running;
    },
  };
}
