import { createReadStream } from 'node:fs';
import { Parser, type ReadEntry } from 'tar';
import { FaceTriggerError } from '../../../core/errors.ts';
import { type ArchiveEntry, badArchive, type ReadArchive } from './archive-entry.ts';

/** Kinds of entries that hold a file's bytes. Source: pax(1), "ustar Interchange Format". */
const FILES = new Set(['File', 'OldFile', 'ContiguousFile']);

/** Reads a tar archive, also one that gzip has packed: in one pass, as it comes. */
export const readTar: ReadArchive = (path, onEntry, signal) =>
  new Promise((resolve, reject) => {
    const source = createReadStream(path, signal ? { signal } : {});
    let handled: Promise<void> = Promise.resolve();
    let current: ReadEntry | undefined;
    let isFailed = false;
    const fail = (cause: unknown): void => {
      if (isFailed) return;
      isFailed = true;
      source.destroy();
      // Whoever reads an entry of which no more comes would wait for ever.
      current?.destroy(cause as Error);
      const isOurs = cause instanceof FaceTriggerError || signal?.aborted;
      const error = isOurs ? cause : badArchive(path, (cause as Error).message, cause);
      handled.catch(() => undefined).finally(() => reject(error as Error));
    };
    const parser = new Parser({
      // What is damaged is refused, not left out.
      strict: true,
      onReadEntry: (entry) => {
        entry.on('error', () => undefined);
        handled = handled.then(async () => {
          if (isFailed) return;
          current = entry;
          await onEntry(toEntry(entry));
          entry.resume();
        });
        handled.catch(fail);
      },
    });
    parser.on('error', fail);
    parser.on('end', () => {
      handled.then(() => {
        if (!isFailed) resolve();
      }, fail);
    });
    source.on('error', fail);
    source.on('data', (chunk) => {
      if (parser.write(chunk as Buffer)) return;
      source.pause();
      parser.once('drain', () => source.resume());
    });
    source.on('end', () => parser.end());
  });

function toEntry(entry: ReadEntry): ArchiveEntry {
  const { type, path: name } = entry;
  return {
    name,
    kind: type === 'Directory' ? 'folder' : FILES.has(type) ? 'file' : 'other',
    isReadable: true,
    open: () => Promise.resolve(entry as AsyncIterable<Uint8Array>),
  };
}
