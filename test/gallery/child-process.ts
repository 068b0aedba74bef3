import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Another process on a gallery, see gallery-child.ts; it prints a line for everything that it has done. */
export interface GalleryChild {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

/** Starts one. @param script - gallery-child.ts, compiled */
export function startChild(script: string, address: string, command: string): GalleryChild {
  const child = spawn(process.execPath, [script, address, command], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
}

/** The next line. @throws Error where the process has ended */
export async function nextLine({ lines }: Pick<GalleryChild, 'lines'>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error('the other process ended too early');
  return value;
}

/** All lines until the process ends. */
export async function restOfLines({ lines }: Pick<GalleryChild, 'lines'>): Promise<string[]> {
  const rest: string[] = [];
  for (let line = await lines.next(); !line.done; line = await lines.next()) rest.push(line.value);
  return rest;
}
