import { createReadStream } from 'node:fs';
import { FaceTriggerError } from '../../core/errors.ts';
import { whyNotRead } from './why-not-read.ts';

/** A line of a text file. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Without its end. */
  readonly text: string;
}

/**
 * Reads a text file line by line.
 *
 * @param path - UTF-8, with or without a byte order mark; lines end with a line feed, or a carriage return before it
 * @param options.maxBytes - longest line, so that a hostile file costs little
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`; `ERR_FILE_FORMAT` with the line for another encoding
 * or a longer line
 */
export async function* readLines(
  path: string,
  options: { readonly maxBytes: number },
): AsyncGenerator<TextLine, void, void> {
  const { maxBytes } = options;
  let number = 0;
  // Kept in pieces: joining them at every chunk of a long line would cost the square of its length.
  let pieces: Uint8Array[] = [];
  let length = 0;
  const take = (piece: Uint8Array) => {
    length += piece.length;
    if (length > maxBytes) throw badLine(path, number + 1, `has more than ${maxBytes} bytes`);
    pieces.push(piece);
  };
  const finish = (): TextLine => {
    const text = decode(Buffer.concat(pieces), path, ++number);
    pieces = [];
    length = 0;
    return { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  };
  for await (const chunk of readChunks(path)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (length > 0) yield finish();
}

const LINE_FEED = 0x0a;

function decode(bytes: Uint8Array, path: string, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badLine(path, number, 'is not UTF-8 text: save the file as UTF-8', cause);
  }
}

function badLine(path: string, number: number, what: string, cause?: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `Line ${number} of ${path} ${what}`, { cause });
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no file ${path}`, { cause });
    throw new FaceTriggerError('ERR_FILE_READ', `Could not read ${path}: ${whyNotRead(cause)}`, { cause });
  }
}
