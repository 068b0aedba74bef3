/** Characters that some file system refuses or reads as more than a name, and those that nobody sees. */
const UNSAFE = /[\\/:*?"<>|\p{C}]/gu;
/** Names that Windows keeps for devices. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Bytes of a name: file systems allow 255, and a date, a number and an ending come to it. */
const MOST_BYTES = 120;

/** A name for a file or folder, made of whatever somebody called something: it stays in its folder, on any system. */
export function safeName(name: string): string {
  const plain = cut(name.normalize('NFC').replace(UNSAFE, '_'))
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '');
  if (plain === '') return 'unnamed';
  return DEVICES.test(plain) ? `_${plain}` : plain;
}

/** Gives names that no other has, also where capital letters count for nothing. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  /** @param ending - stays at the end, such as ".jpg" */
  take(stem: string, ending = ''): string {
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? '' : ` (${number})`}${ending}`;
      const key = name.normalize('NFC').toLowerCase();
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return name;
    }
  }
}

function cut(text: string): string {
  const encoder = new TextEncoder();
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > MOST_BYTES) break;
    kept += character;
  }
  return kept;
}
