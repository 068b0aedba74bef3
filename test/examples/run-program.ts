import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Runs a program with Node in a folder. @returns what it printed. @throws Error with its complaint where it fails */
export async function runProgram(file: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(process.execPath, [file, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (status !== 0) throw new Error(`${file} ended with ${status}\n${stderr}`);
  return stdout;
}
