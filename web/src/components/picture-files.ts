/** A picture from a disk. */
export interface PictureFile {
  readonly file: File;
  /** Below what was dropped or chosen, such as "people/Ada/1.jpg". */
  readonly path: string;
}

const PICTURE = /\.(jpe?g|png|webp|avif|tiff?|gif|bmp|pgm|ppm)$/i;

/** Pictures of a file input; other files of a folder are left out. */
export function pickedPictures(files: FileList | null): readonly PictureFile[] {
  return [...(files ?? [])]
    .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ file }) => isPicture(file));
}

/** Pictures that were dropped, also from folders in folders. */
export async function droppedPictures(data: DataTransfer): Promise<readonly PictureFile[]> {
  // The entries must be taken before anything is waited for: the list is empty afterwards.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  if (entries.every((entry) => entry === null)) return pickedPictures(data.files);
  const found: PictureFile[] = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: PictureFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    if (isPicture(file)) found.push({ file, path });
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

function isPicture(file: File): boolean {
  return file.type.startsWith('image/') || PICTURE.test(file.name);
}
