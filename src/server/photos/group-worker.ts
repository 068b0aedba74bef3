import { packError } from '../../core/carried-error.ts';
import { groupPhotos } from '../../photos/group/group-photos.ts';
import { openPhotoLibrary } from '../../photos/photo-library.ts';
import type { GroupJob, GroupMessage } from './group-process.ts';

// A process that groups the faces of a library once: a large one takes seconds, in which the server must answer.
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('message', (job: GroupJob) => {
  group(job).then(
    () => end({ type: 'done' }),
    (error: unknown) => end({ type: 'failure', error: packError(error) }),
  );
});

async function group({ address }: GroupJob): Promise<void> {
  await using library = await openPhotoLibrary(address, { create: false });
  await groupPhotos(library);
}

function end(message: GroupMessage): void {
  process.send!(message, () => process.exit());
}
