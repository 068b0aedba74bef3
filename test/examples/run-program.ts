import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Called with the first line that a program prints, while it goes on. */
export type OnFirstLine = (line: string, child: ChildProcess) => Promise<void>;

/**
 * Runs a program with Node in a folder.
 *
 * @returns what it printed
 * @throws Error with its complaint where it fails
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { cwd, onFirstLine }: { readonly cwd: string; readonly onFirstLine?: OnFirstLine | undefined },
): Promise<string> {
  const child = spawn(process.execPath, [file, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === 1) await onFirstLine?.(line, child);
    }
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const status = await closed;
  if (status !== 0) throw new Error(`${file} ended with ${status}\n${stderr}`);
  return lines.map((line) => `${line}\n`).join('');
}
