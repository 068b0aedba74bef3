import { describeSkipped } from '../../../src/dataset/describe-skipped.ts';
import { type SkippedFile, skipByFileName, skipByName } from '../../../src/dataset/skipped-file.ts';

/** A picture from a disk. */
export interface PictureFile {
  readonly file: File;
  /** Below what was dropped or chosen, such as "people/Ada/1.jpg". */
  readonly path: string;
}

/** What was dropped or chosen. */
export interface PickedFiles {
  readonly pictures: readonly PictureFile[];
  /** What was left out, a line for each kind. */
  readonly leftOut: readonly string[];
}

/** Pictures of a file input; other files of a folder are left out. */
export function pickedPictures(files: FileList | null): PickedFiles {
  return sort([...(files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
}

/** Pictures that were dropped, also from folders in folders. */
export async function droppedPictures(data: DataTransfer): Promise<PickedFiles> {
  // The entries must be taken before anything is waited for: the list is empty afterwards.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  if (entries.every((entry) => entry === null)) return pickedPictures(data.files);
  const found: PictureFile[] = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return sort(found);
}

async function collect(entry: FileSystemEntry, found: PictureFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // Some hundred at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const child of some) await collect(child, found);
  }
}

function sort(files: readonly PictureFile[]): PickedFiles {
  const pictures: PictureFile[] = [];
  const skipped = new Map<string, SkippedFile>();
  for (const picture of files) {
    const skip = reasonToSkip(picture);
    if (skip) skipped.set(skip.path, skip);
    else pictures.push(picture);
  }
  return { pictures, leftOut: describeSkipped([...skipped.values()]) };
}

function reasonToSkip({ file, path }: PictureFile): SkippedFile | null {
  const parts = path.split('/');
  const system = parts.slice(0, -1).findIndex((part) => skipByName(part, 'folder') !== null);
  if (system !== -1) {
    return { path: parts.slice(0, system + 1).join('/'), ...skipByName(parts[system]!, 'folder')! };
  }
  const skip = skipByFileName(file.name);
  if (skip === null) return null;
  if (skip !== 'unknown') return { path, ...skip };
  // A single file was chosen by somebody who may know better than its name; the server looks at what it holds.
  const isUnknown = file.type === '' || file.type === 'application/octet-stream';
  if (file.type.startsWith('image/') || (parts.length === 1 && isUnknown)) return null;
  return { path, reason: 'not-a-picture', message: 'a file that is no picture, by its name' };
}
