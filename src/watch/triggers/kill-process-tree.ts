import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Ends a process and all that it started, also what runs in the background.
 *
 * @param pid - of a process that was started as the leader of a group of its own (`detached`), except on Windows
 * @remarks Its group is ended, and its descendants in other groups as far as their parents still live. Never rejects.
 */
export async function killProcessTree(pid: number): Promise<void> {
  if (platform() === 'win32') {
    await run('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true }).catch(() => undefined);
    return;
  }
  // Looked at first: once a parent is gone, nothing tells whose child it was.
  const descendants = descendantsOf(pid, await parents().catch(() => new Map<number, number>()));
  // The group goes by its leader's number with a minus.
  for (const one of [-pid, ...descendants]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function descendantsOf(pid: number, parentOf: ReadonlyMap<number, number>): number[] {
  const found = new Set([pid]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const [child, parent] of parentOf) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

/** Parent of each process. */
async function parents(): Promise<Map<number, number>> {
  return platform() === 'linux' ? parentsOfProc() : parentsOfPs();
}

// Small containers have no ps.
async function parentsOfProc(): Promise<Map<number, number>> {
  const parentOf = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
    // "pid (name) state parent ...": the name can hold blanks and parentheses.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent > 0) parentOf.set(Number(name), parent);
  }
  return parentOf;
}

async function parentsOfPs(): Promise<Map<number, number>> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return new Map(pairs.filter(([pid, parent]) => pid && parent) as [number, number][]);
}
