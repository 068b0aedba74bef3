import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** As Debian, Ubuntu and Google call it. */
export const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of a Chromium; `null`: this machine has none. */
export function findBrowser(): string | null {
  for (const name of BROWSERS) {
    const path = onPath(name);
    if (path !== null) return path;
  }
  return null;
}

/** The path of a program; `null`: this machine does not have it. */
export function onPath(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
