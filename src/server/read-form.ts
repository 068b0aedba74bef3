import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { FaceTriggerError } from '../core/errors.ts';
import { uploadError } from './upload-error.ts';

/** Parts that a form may have: pictures, and text. */
export const MAX_FORM_PARTS = 100;
/**
 * What a part may hold unread, in bytes. A part that nobody reads, such as one without a name, stalls the parser for
 * good where its end comes in one chunk with more than this: the chunks of a socket have 64 KiB.
 */
const PART_BUFFER = 2 ** 20;
/** What is kept of a text part: enough for the parameters of a request. */
const TEXT_BYTES = 2000;

interface Part {
  readonly name: string;
  readonly isFile: boolean;
  readonly type: string;
  bytes: number;
  /** Of pictures that are wanted. */
  readonly chunks: Buffer[];
  /** Of text parts. */
  readonly text?: string | undefined;
  cut: boolean;
}

/** What a form holds. */
export interface Form {
  /** By the names of their parts. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  /** Its text parts, in their order. */
  readonly texts: readonly FormText[];
}

/** A text part of a form. */
export interface FormText {
  readonly name: string;
  readonly value: string;
  /** Whether the value is only the beginning of a longer one. */
  readonly cut: boolean;
}

/**
 * Reads the pictures and texts of a form (multipart/form-data, RFC 7578).
 *
 * @param options.names - of the pictures that are wanted
 * @param options.maxBytes - of one picture
 * @param options.maxFormBytes - of the form
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` with what is wrong with the form, `ERR_IMAGE_TOO_LARGE`,
 * `ERR_ABORTED` where the client goes away
 */
export async function readForm(
  request: IncomingMessage,
  options: { readonly names: readonly string[]; readonly maxBytes: number; readonly maxFormBytes: number },
): Promise<Form> {
  const { names, maxBytes } = options;
  const parts = await readParts(request, options);
  const files = parts.filter(({ isFile }) => isFile);
  const expected = names.map((name) => `"${name}"`).join(' and ');
  const found = new Map<string, Uint8Array>();
  for (const name of names) {
    const [file, another] = files.filter((part) => part.name === name);
    if (another) throw wrong(`Expected one picture in "${name}" but there are several`);
    if (!file) throw missing(name, parts);
    if (file.bytes === 0) throw wrong(`The picture in "${name}" is empty: it has 0 bytes`);
    if (file.cut) {
      throw new FaceTriggerError(
        'ERR_IMAGE_TOO_LARGE',
        `The picture in "${name}" has more than ${maxBytes} bytes`,
      );
    }
    found.set(name, Buffer.concat(file.chunks));
  }
  const other = files.find(({ name }) => !names.includes(name));
  if (other)
    throw wrong(`Expected pictures in ${expected} only but there is one in "${shown(other.name)}" too`);
  const texts = parts.flatMap((part) =>
    part.text === undefined ? [] : [{ name: part.name, value: part.text, cut: part.cut }],
  );
  return { pictures: found, texts };
}

function missing(name: string, parts: readonly Part[]): FaceTriggerError {
  const absent = (message: string) => uploadError('part-missing', message);
  const text = parts.find((part) => part.name === name);
  if (text?.type.startsWith('multipart/')) {
    return absent(`Expected a picture in "${name}" but a form inside the form came; send the picture itself`);
  }
  if (text) {
    return absent(
      `Expected a picture in "${name}" but it came as text, without a file name; with curl write -F ${name}=@FILE`,
    );
  }
  const files = parts.filter(({ isFile }) => isFile).map((part) => `"${shown(part.name)}"`);
  const instead = files.length > 0 ? `; the form has one in ${files.slice(0, 3).join(', ')}` : '';
  return absent(`Expected a picture in "${name}" but there is none${instead}`);
}

function readParts(
  request: IncomingMessage,
  {
    names,
    maxBytes,
    maxFormBytes,
  }: { readonly names: readonly string[]; readonly maxBytes: number; readonly maxFormBytes: number },
): Promise<readonly Part[]> {
  const parser = openParser(request, maxBytes);
  const parts: Part[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const fail = (error: FaceTriggerError): void => {
      request.unpipe(parser);
      // The rest is let in and thrown away, so that the client gets to read the answer.
      request.resume();
      reject(error);
    };
    const add = (part: Part): Part => {
      parts.push(part);
      return part;
    };
    parser.on('field', (name, value, _nameCut, cut, _encoding, type) => {
      add({ name: String(name), isFile: false, type, bytes: 0, chunks: [], text: String(value), cut });
    });
    parser.on('file', (name: string | undefined, stream: Readable, _file, _encoding, type) => {
      const part = add({ name: String(name), isFile: true, type, bytes: 0, chunks: [], cut: false });
      const isWanted = names.includes(part.name);
      stream.on('data', (chunk: Buffer) => {
        part.bytes += chunk.length;
        if (isWanted) part.chunks.push(chunk);
      });
      stream.on('limit', () => {
        part.cut = true;
        part.chunks.length = 0;
      });
      // A part without its end is told by the parser as well.
      stream.on('error', () => undefined);
    });
    parser.once('partsLimit', () => fail(wrong(`The form has more than ${MAX_FORM_PARTS} parts`)));
    parser.once('error', (cause: unknown) => fail(unreadable(cause, parts)));
    parser.once('finish', () => resolve(parts));
    request.once('close', () => {
      if (!request.complete) reject(new FaceTriggerError('ERR_ABORTED', 'The client went away'));
    });
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxFormBytes) {
        fail(new FaceTriggerError('ERR_IMAGE_TOO_LARGE', `The form has more than ${maxFormBytes} bytes`));
      }
    });
    request.pipe(parser);
  });
}

function openParser(request: IncomingMessage, maxBytes: number): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      fileHwm: PART_BUFFER,
      limits: {
        fileSize: maxBytes,
        parts: MAX_FORM_PARTS,
        fieldSize: TEXT_BYTES,
      },
    });
  } catch (cause) {
    throw wrong(
      'Expected a boundary in the content type of the form: multipart/form-data; boundary=...',
      cause,
    );
  }
}

function unreadable(cause: unknown, parts: readonly Part[]): FaceTriggerError {
  const why =
    parts.length === 0
      ? 'no part was found; is it the boundary of the content type that stands between its parts?'
      : 'it ends in the middle of a part, or its last boundary is missing';
  return wrong(`The form could not be read: ${why}`, cause);
}

function wrong(message: string, cause?: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', message, { cause });
}

/** A name as it may stand in a message. */
function shown(name: string): string {
  return name.slice(0, 50).replace(/[\p{Cc}"]/gu, '?');
}
