import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type CarriedError, unpackError } from '../../core/carried-error.ts';
import { FaceTriggerError } from '../../core/errors.ts';

/** What the process is told. */
export interface GroupJob {
  /** Of the library. */
  readonly address: string;
}

/** What it answers. */
export type GroupMessage =
  | { readonly type: 'done' }
  | { readonly type: 'failure'; readonly error: CarriedError };

/**
 * Groups the faces of a library in a process of its own.
 *
 * @param signal - ends the process
 * @throws FaceTriggerError as `openPhotoLibrary` and `groupPhotos`, `ERR_RUNTIME` where the process dies
 */
export function groupInProcess(job: GroupJob, signal: AbortSignal): Promise<void> {
  const file = import.meta.url.endsWith('.ts') ? './group-worker.ts' : './group-worker.js';
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    const die = (why: string) =>
      reject(new FaceTriggerError('ERR_RUNTIME', `The process that grouped the photos ended: ${why}`));
    child.on('message', (message: GroupMessage) => {
      if (message.type === 'done') resolve();
      else reject(unpackError(message.error));
    });
    child.on('error', ({ message }) => die(message));
    child.on('exit', (code, killedBy) => die(String(killedBy ?? code)));
    child.send(job, () => undefined);
  });
}
