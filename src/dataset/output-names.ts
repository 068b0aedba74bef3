/** Longest part of a path in UTF-8 bytes; file systems allow 255, and a number or an extension may be added. */
const MAX_PART_BYTES = 200;

/**
 * Gives every picture a file name of its own below an output folder.
 *
 * @param names - relative names, such as those of {@link ListedImage}; anything is allowed in them
 * @param options.extensions - extensions with the dot, lower case, that are kept; the first is added to other names
 * @returns relative paths with `/`, in the order of `names`; none leads outside the folder, none is there twice
 * @remarks Parts such as `..` and characters that some file system forbids become `_`. Names that differ only in
 * case or Unicode composition count as the same, because some file systems say so; the later one gets a number.
 */
export function outputNames(
  names: readonly string[],
  options: { readonly extensions: readonly string[] },
): string[] {
  const paths = names.map(safePath);
  // A file cannot have the name of a folder that another file goes into.
  const taken = new Set(paths.flatMap(foldersOf).map(sameness));
  return paths.map((safe) => {
    const { stem, extension } = splitExtension(safe, options.extensions);
    let candidate = stem + extension;
    for (let number = 2; taken.has(sameness(candidate)); number++) {
      candidate = `${stem}-${number}${extension}`;
    }
    taken.add(sameness(candidate));
    return candidate;
  });
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function safePath(name: string): string {
  const parts = name.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
  return parts.map(safePart).join('/') || '_';
}

function safePart(part: string): string {
  const plain = part
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .toWellFormed()
    // Windows drops trailing dots and blanks, which would make two names one.
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
    // Device names that Windows opens instead of a file.
    .replace(/^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i, '_$1');
  return cut(plain);
}

// The end is kept, because that is where the extension and most numbers are.
function cut(part: string): string {
  const characters = [...part];
  while (Buffer.byteLength(characters.join('')) > MAX_PART_BYTES) {
    characters.splice(0, Math.max(1, Math.floor((characters.length - MAX_PART_BYTES) / 2)));
  }
  return characters.join('');
}

function splitExtension(path: string, extensions: readonly string[]) {
  const own = /[^/](\.[^./]+)$/.exec(path)?.[1] ?? '';
  return extensions.includes(own.toLowerCase())
    ? { stem: path.slice(0, path.length - own.length), extension: own }
    : { stem: path, extension: extensions[0] ?? '' };
}

function sameness(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
