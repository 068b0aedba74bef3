import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';
import type { Places } from './places.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Places for requests that bring something along, by what they bring. */
export interface BodyPlaces {
  readonly uploads: Places;
  readonly documents: Places;
}

/**
 * Largest JSON that holds no picture: 4,096 numbers of an embedding, or a consent of 10,000 characters that are all
 * written as escapes, or 1,000 ids.
 */
export const MAX_DOCUMENT_BYTES = 256_000;
/** What a form has beside its pictures: heads of parts, and fields that are not looked at. */
const FORM_BYTES = 128_000;

/** Largest body of a route with pictures, in any of the ways in which they come. */
export function maxUploadBody(pictures: number, maxUploadBytes: number): number {
  // Base64 makes four characters of three bytes.
  return Math.ceil((maxUploadBytes * 4) / 3) * pictures + FORM_BYTES;
}

/** Whose share a request takes from: its key's, or its address's where no key is needed. */
export function ownerOf(request: FastifyRequest): string {
  return request.apiKey?.id ?? request.ip;
}

/**
 * Refuses requests before they are read: with 413 what is too large by its own word, with 429 what there is no place
 * for. Neither a full queue nor many slow or large requests of one key shall fill the memory or shut others out.
 */
export function addBodyGate(
  server: FastifyInstance,
  {
    pool,
    limits,
  }: {
    readonly pool: Pick<WorkerPool, 'isFullFor'>;
    readonly limits: { readonly maxUploadBytes: number };
  },
  places: BodyPlaces,
): void {
  server.addHook('preParsing', async (request) => {
    const { upload, pictures = 1, documentBytes = MAX_DOCUMENT_BYTES } = request.routeOptions.config;
    const most = upload ? largestOf(request, pictures, limits.maxUploadBytes) : documentBytes;
    const declared = declaredBytes(request);
    if (declared !== null && declared > most) {
      const message = `The request has ${declared} bytes; at most ${most} are taken here`;
      throw new FaceTriggerError('ERR_IMAGE_TOO_LARGE', message);
    }
    const owner = ownerOf(request);
    const bytes = declared ?? most;
    if (upload) {
      if (pool.isFullFor(owner)) {
        throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', 'The queue is full; try again later');
      }
      request.life.hold(places.uploads.take(owner, bytes));
    } else if (bytes > 0) request.life.hold(places.documents.take(owner, bytes));
  });
}

function largestOf(request: FastifyRequest, pictures: number, maxUploadBytes: number): number {
  const type = request.headers['content-type'] ?? '';
  if (/^\s*application\/json/i.test(type)) return maxUploadBody(pictures, maxUploadBytes);
  if (/^\s*multipart\//i.test(type)) return maxUploadBytes * pictures + FORM_BYTES;
  return maxUploadBytes;
}

/** @returns `null` where a body comes in pieces, whose size nobody knows yet */
function declaredBytes({ headers }: FastifyRequest): number | null {
  if (headers['transfer-encoding'] !== undefined) return null;
  return Number(headers['content-length'] ?? 0);
}
