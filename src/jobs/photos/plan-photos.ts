import { basename, resolve } from 'node:path';
import type { PhotoOfPerson } from '../../dataset/photos-of-people.ts';
import type { NewTask } from '../job-queue.ts';
import type { EnrollData } from '../kinds/task-schemas.ts';

/** Longest `source` of a face. */
const SOURCE_LENGTH = 1000;

/** Tasks for photos that are files. Workers have to find them under the same paths. */
export function tasksOfFiles(photos: readonly PhotoOfPerson[]): readonly NewTask[] {
  return photos.map(({ name, path }) => {
    const file = resolve(path);
    return enrollTask(file, { person: name, file, source: sourceOf(file) });
  });
}

/** A task for one photo. @param what - as people are told of it */
export function enrollTask(what: string, data: EnrollData): NewTask {
  return { what, data };
}

/** What stands beside a face: the file's own name. */
export function sourceOf(path: string): string {
  return basename(path).slice(0, SOURCE_LENGTH);
}
