import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../errors.ts';

/** Largest number of parts that a form may have. */
const MAX_PARTS = 10;
/** Largest JSON that holds no picture: more than any of our schemas allows. */
const MAX_JSON_BYTES = 1_000_000;
const TOO_LARGE = `JSON without pictures may have ${MAX_JSON_BYTES} bytes`;

/** A picture as it came: bytes, or a JSON document and the field that holds it as base64. */
export interface Upload {
  readonly bytes: Uint8Array;
  readonly jsonField?: string;
}

/** A JSON document that was not read yet. */
class JsonBody {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/**
 * Teaches the server the three ways in which pictures come: forms, plain bytes, and base64 in JSON.
 *
 * @param maxBytes - of one picture
 */
export async function addUploads(server: FastifyInstance, maxBytes: number): Promise<void> {
  await server.register(multipart, {
    limits: {
      fileSize: maxBytes,
      files: 2,
      fields: 0,
      parts: MAX_PARTS,
      headerPairs: 50,
      fieldNameSize: 100,
    },
    throwFileSizeLimit: true,
    // A part that nobody reads stalls the parser for good where its end comes in one chunk with more than this: the
    // chunks of a socket have 64 KiB.
    fileHwm: 2 ** 20,
  });
  // The bytes say what they are; a content type that lies changes nothing.
  const types = ['application/octet-stream', 'application/x-www-form-urlencoded', 'text/plain'];
  for (const type of [/^image\//, ...types]) {
    server.removeContentTypeParser(type);
    server.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: maxBytes }, (_request, body, done) =>
      done(null, body),
    );
  }
  server.removeContentTypeParser('application/json');
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser(
    'application/json',
    // Base64 makes four characters of three bytes; a comparison sends two pictures.
    { parseAs: 'buffer', bodyLimit: Math.ceil((maxBytes * 4) / 3) * 2 + 1024 },
    (request, body, done) => {
      // Clients send this type with DELETE and without a body.
      if (body.length === 0) done(null, undefined);
      // Taking pictures out of it is work for the pool.
      else if (request.routeOptions.config.upload) done(null, new JsonBody(body as Buffer));
      else if (body.length > MAX_JSON_BYTES) done(new FaceTriggerError('ERR_IMAGE_TOO_LARGE', TOO_LARGE));
      else void parseJson(request, body.toString('utf8'), done);
    },
  );
}

/**
 * Reads the pictures of a request.
 *
 * @param names - of the form's parts or the JSON's fields; a request with plain bytes has one picture
 * @returns the pictures in the order of `names`
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where one is missing, `ERR_IMAGE_TOO_LARGE`
 */
export async function readUploads(
  request: FastifyRequest,
  { names, maxBytes }: { readonly names: readonly string[]; readonly maxBytes: number },
): Promise<readonly Upload[]> {
  const { body } = request;
  if (body instanceof JsonBody) return names.map((jsonField) => ({ bytes: body.bytes, jsonField }));
  const found = request.isMultipart() ? await readForm(request) : readBytes(body, names);
  return names.map((name) => {
    const bytes = found.get(name);
    if (bytes === undefined || bytes.length === 0) {
      throw new FaceTriggerError('ERR_INVALID_ARGUMENT', `Expected a picture in "${name}" but there is none`);
    }
    if (bytes.length > maxBytes) {
      throw new FaceTriggerError('ERR_IMAGE_TOO_LARGE', `A picture has more than ${maxBytes} bytes`);
    }
    return { bytes };
  });
}

async function readForm(request: FastifyRequest): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  try {
    for await (const part of request.parts()) {
      // The name of the file that the client gives is not even looked at.
      if (part.type === 'file') found.set(part.fieldname, await part.toBuffer());
    }
  } catch (cause) {
    // The parser's limits carry a status of their own; what it does not understand carries none.
    if (typeof (cause as { statusCode?: unknown }).statusCode === 'number') throw cause;
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'The form could not be read', { cause });
  }
  return found;
}

function readBytes(body: unknown, [name]: readonly string[]): ReadonlyMap<string, Uint8Array> {
  return new Map(body instanceof Uint8Array && name !== undefined ? [[name, body]] : []);
}
