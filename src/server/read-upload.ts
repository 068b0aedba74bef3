import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';
import { isKind } from '../core/is-kind.ts';
import { MAX_DOCUMENT_BYTES, maxUploadBody } from './body-gate.ts';
import { type FormText, readForm } from './read-form.ts';
import { uploadError } from './upload-error.ts';

/** A picture as it came: bytes, or a JSON document and the field that holds it as base64. */
export interface Upload {
  readonly bytes: Uint8Array;
  readonly jsonField?: string | undefined;
}

/** What came with a request. */
export interface Uploads {
  readonly pictures: readonly Upload[];
  /** The text parts of a form. */
  readonly texts: readonly FormText[];
}

/** A JSON document that was not read yet. */
class JsonBody {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A form that was not read yet. */
const FORM = Symbol('form');

/**
 * Teaches the server the three ways in which pictures come: forms, plain bytes, and base64 in JSON. No route takes
 * more than it can use, also where a body does not say how large it is.
 *
 * @param maxBytes - of one picture
 */
export function addUploads(server: FastifyInstance, maxBytes: number): void {
  server.addHook('onRoute', (route) => {
    const { upload, pictures = 1, documentBytes = MAX_DOCUMENT_BYTES } = route.config ?? {};
    route.bodyLimit = upload ? maxUploadBody(pictures, maxBytes) : documentBytes;
  });
  server.addContentTypeParser('multipart/form-data', (request, _payload, done) => {
    if (request.routeOptions.config.upload) done(null, FORM);
    else done(new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected JSON but a form came'));
  });
  // The bytes say what they are; a content type that lies changes nothing.
  const types = ['application/octet-stream', 'application/x-www-form-urlencoded', 'text/plain'];
  for (const type of [/^image\//, ...types]) {
    server.removeContentTypeParser(type);
    server.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }
  server.removeContentTypeParser('application/json');
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Clients send this type with DELETE and without a body.
    if (body.length === 0) done(null, undefined);
    // Taking pictures out of it is work for the pool.
    else if (request.routeOptions.config.upload) done(null, new JsonBody(body as Buffer));
    else void parseJson(request, body.toString('utf8'), done);
  });
}

/**
 * Reads the pictures of a request, and the texts that came with them.
 *
 * @param names - of the form's parts or the JSON's fields; a request with plain bytes has one picture
 * @returns the pictures in the order of `names`, and the texts
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where one is missing, `ERR_IMAGE_TOO_LARGE`
 */
export async function readUploads(
  request: FastifyRequest,
  { names, maxBytes }: { readonly names: readonly string[]; readonly maxBytes: number },
): Promise<Uploads> {
  const { body } = request;
  if (body instanceof JsonBody) {
    return { pictures: names.map((jsonField) => ({ bytes: body.bytes, jsonField })), texts: [] };
  }
  if (body === FORM) {
    const maxFormBytes = maxUploadBody(names.length, maxBytes);
    const { pictures, texts } = await readForm(request.raw, { names, maxBytes, maxFormBytes });
    return { pictures: names.map((name) => ({ bytes: pictures.get(name)! })), texts };
  }
  const [name, another] = names;
  if (!isKind(body, 'Uint8Array') || body.length === 0) {
    throw uploadError('part-missing', `Expected a picture in "${name}" but there is none`);
  }
  if (another !== undefined) {
    const message = `Expected pictures in "${name}" and "${another}" of a form or of JSON but plain bytes came`;
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  if (body.length > maxBytes) {
    throw new FaceTriggerError('ERR_IMAGE_TOO_LARGE', `A picture has more than ${maxBytes} bytes`);
  }
  return { pictures: [{ bytes: body }], texts: [] };
}
