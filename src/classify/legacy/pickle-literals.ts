import { damaged } from './numpy-values.ts';

// Python's integers have no end; label numbers do.
const MAX_INTEGER_BYTES = 16;

/** A decimal integer that a number holds exactly. @throws FaceTriggerError `ERR_FILE_FORMAT` */
export function integer(text: string): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw damaged('an integer is beyond 2^53');
  return value;
}

/** A two's complement integer, little-endian. @throws FaceTriggerError `ERR_FILE_FORMAT` */
export function longInteger(bytes: Uint8Array): number {
  if (bytes.length > MAX_INTEGER_BYTES) throw damaged('an integer is too long');
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  const number = Number(BigInt.asIntN(bytes.length * 8, value));
  if (!Number.isSafeInteger(number)) throw damaged('an integer is beyond 2^53');
  return number;
}

/** A decimal number as Python prints it. @throws FaceTriggerError `ERR_FILE_FORMAT` */
export function float(text: string): number {
  if (/^-?inf$/.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (text === 'nan') return Number.NaN;
  if (!/^-?\d+(\.\d*)?(e[-+]?\d+)?$/i.test(text)) throw damaged('a number is malformed');
  return Number(text);
}

/** A text as Python 2's repr writes it, in one kind of quotes. @throws FaceTriggerError `ERR_FILE_FORMAT` */
export function quotedText(line: string): string {
  const quote = line[0];
  if ((quote !== "'" && quote !== '"') || line.length < 2 || line.at(-1) !== quote)
    throw damaged('a text is malformed');
  const named: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };
  return line.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, escaped: string) => {
    if (escaped.length === 3) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (named[escaped] === undefined) throw damaged('a text has an unknown escape');
    return named[escaped];
  });
}

/** A text in Python's raw-unicode-escape encoding. @throws FaceTriggerError `ERR_FILE_FORMAT` */
export function rawUnicode(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long!, 16);
    if (code > 0x10ffff) throw damaged('a text has a character outside Unicode');
    return String.fromCodePoint(code);
  });
}
