// What steers a terminal (C0, DEL, C1), breaks lines, or turns text around so that it reads as another one. The bidi
// controls are Unicode's own list, U+061C among them; U+206A to 206F are its deprecated shaping controls and U+FFF9 to
// FFFB hide text as annotations of other text.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u206a-\u206f\ufff9-\ufffb]/gu;

/** Text from outside, such as a file's name, made safe to print on a terminal, in one line. */
export function printable(text: string): string {
  const shown = text.replace(UNPRINTABLE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
  return shown.toWellFormed();
}

/** Text of several lines, each made {@link printable}. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** A value as one line of JSON that is safe to print on a terminal; it reads back the same. */
export function printableJson(value: unknown): string {
  // Such characters stand in texts only, where JSON lets every character be written by its number.
  return JSON.stringify(value).replace(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
