import { damaged } from './pickle-errors.ts';

// A generator's state has integers of 128 bits; longer ones are of no use to anybody here.
const MAX_INTEGER_BYTES = 32;

/**
 * A decimal integer.
 *
 * @returns a bigint, or `null` beyond {@link MAX_INTEGER_BYTES}, where a number is not exact: whoever needs a number
 * refuses those
 * @throws FaceTriggerError `ERR_FILE_FORMAT`
 */
export function integer(text: string): number | bigint | null {
  if (!/^-?\d+$/.test(text)) throw damaged('an integer is malformed');
  return text.length > MAX_INTEGER_BYTES * 2 ? null : exact(BigInt(text));
}

/** A two's complement integer, little-endian. @returns see {@link integer} */
export function longInteger(bytes: Uint8Array): number | bigint | null {
  if (bytes.length > MAX_INTEGER_BYTES) return null;
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return exact(BigInt.asIntN(bytes.length * 8, value));
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
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
