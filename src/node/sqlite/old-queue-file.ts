import { chmod, copyFile, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { flushFolder } from '../files/atomic-write.ts';
import { renameFile } from '../files/rename-file.ts';
import type { QueueEntry } from './queue-entry.ts';

/**
 * Takes over what waits in a queue's file of the format before SQLite: lines of JSON, `{"add":{...}}` and
 * `{"done":"..."}`.
 *
 * @param path - of a file that could not be opened as a queue
 * @param options.fill - makes a SQLite file of entries and holds its lock until `close`
 * @returns false: it is not of that format but SQLite, and stays as it is
 * @throws FaceTriggerError `ERR_FILE_FORMAT` if it is neither
 * @remarks The new file is made beside and put in the old one's place at once, so a crash at any moment leaves one of
 * them whole. The lock on the new file keeps two processes from doing this at the same time.
 */
export async function takeOverOldQueue(
  path: string,
  options: {
    readonly fill: (path: string, entries: readonly QueueEntry[]) => Promise<{ close(): void }>;
    readonly log?: ((message: string) => void) | undefined;
  },
): Promise<boolean> {
  if (!(await isOld(path))) return false;
  const fresh = `${path}.new`;
  const { entries, unread } = parseOldQueue(await readFile(path, 'utf8'), path);
  const lock = await options.fill(fresh, entries);
  try {
    // Whoever held the lock before may have done it meanwhile.
    if (await isOld(path)) {
      await copyFile(path, `${path}.old`);
      await chmod(`${path}.old`, 0o600);
      await renameFile(fresh, path);
      await flushFolder(dirname(path));
      const rest = unread === 0 ? '' : `; ${unread} lines could not be read`;
      options.log?.(`queue: ${entries.length} events that waited were taken over from ${path}.old${rest}`);
    } else {
      await rm(fresh, { force: true });
    }
  } finally {
    lock.close();
  }
  await rm(`${fresh}-journal`, { force: true });
  // It named a process by its number, which says nothing once that process is gone.
  await rm(`${path}.lock`, { force: true });
  return true;
}

/** The entries that wait in a text of that format, and how many of its pieces are no record. */
export function parseOldQueue(content: string, path: string): { entries: QueueEntry[]; unread: number } {
  const entries = new Map<string, QueueEntry>();
  let known = 0;
  let unread = 0;
  // Where a full disk cut a line short the next record stands in the same line. Within a record's texts quotes are
  // escaped, so this never cuts one.
  for (const piece of content.split(/(?=\{"(?:add|done)":)/)) {
    const record = parse(piece);
    if (record === null) {
      if (piece.trim() !== '') unread++;
      continue;
    }
    known++;
    if ('done' in record) entries.delete(record.done);
    else entries.set(record.key, record.entry);
  }
  if (known === 0 && unread > 0)
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is not a queue; choose another file with --queue`);
  return { entries: [...entries.values()], unread };
}

function parse(piece: string): { done: string } | { key: string; entry: QueueEntry } | null {
  try {
    const { add, done } = JSON.parse(piece) as {
      add?: { id?: unknown; target?: unknown; body?: unknown } | undefined;
      done?: unknown;
    };
    if (typeof done === 'string') return { done };
    const { id, target, body } = add ?? {};
    if (typeof id !== 'string' || typeof target !== 'string' || typeof body !== 'string') return null;
    // The target was a part of the id.
    const event = id.endsWith(` ${target}`) ? id.slice(0, -target.length - 1) : id;
    return { key: id, entry: { id: event, target, body, addedAt: Date.now() } };
  } catch {
    return null;
  }
}

async function isOld(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1') !== 'SQLite format 3\0';
  } finally {
    await file.close();
  }
}
