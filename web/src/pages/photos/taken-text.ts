import type { Photo } from '../../api/types.ts';

/** When a photo was taken, as the camera's clock showed it; else the name of its file. */
export function takenText({ takenAt, paths }: Pick<Photo, 'takenAt' | 'paths'>): string {
  if (takenAt !== null) {
    const options = { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' } as const;
    return new Date(takenAt).toLocaleDateString('en-GB', options);
  }
  return fileName(paths[0] ?? '') || 'without a date';
}

/** The last part of a path, of whatever system. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
