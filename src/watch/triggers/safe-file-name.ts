// Names that Windows gives to devices, whatever their extension.
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * Makes a file name of a person's name: letters and digits of any script, spaces, `-` and `_` stay.
 *
 * @returns never empty, never a path, at most 60 characters
 */
export function safeFileName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} _-]+/gu, '_')
    .trim()
    .slice(0, 60)
    .trim();
  return safe === '' || RESERVED.test(safe) ? `_${safe}` : safe;
}
