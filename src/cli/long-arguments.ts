import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { MAX_COMMAND_LINE_BYTES } from '../runtime/session.ts';

/** Says to a process of {@link runElsewhere} that its arguments come through a pipe. */
const PIPED = 'FACE_TRIGGER_PIPED_ARGUMENTS';
const PIPE = 3;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The arguments of this process, or those that {@link runElsewhere} sent it. */
export function readArguments(): string[] {
  if (process.env[PIPED] === undefined) return process.argv.slice(2);
  // Not for the programs that this one starts.
  delete process.env[PIPED];
  return JSON.parse(readFileSync(PIPE, 'utf8'));
}

/** Whether a shell has put more files on the command line than onnxruntime bears. */
export function areTooLong(args: readonly string[]): boolean {
  if (process.platform !== 'linux') return false;
  return Buffer.byteLength(args.join(' ')) > MAX_COMMAND_LINE_BYTES / 2;
}

/**
 * Runs the same program in a process with a short command line.
 *
 * @returns its exit status; dies as it died if a signal ended it
 */
export async function runElsewhere(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!], {
    env: { ...process.env, [PIPED]: '1' },
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  // Ctrl-C reaches both; the child decides what it means.
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  const pipe = child.stdio[PIPE] as NodeJS.WritableStream;
  // A child that dies early is told of by its status.
  pipe.on('error', () => undefined);
  pipe.end(JSON.stringify(args));
  const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  for (const name of FORWARDED) process.off(name, forward);
  if (signal !== null) process.kill(process.pid, signal);
  return status ?? 1;
}
