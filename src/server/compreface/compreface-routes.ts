import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../server-context.ts';
import { addEmbeddingRoutes } from './embedding-routes.ts';
import { addExampleRoutes } from './example-routes.ts';
import { addRecognitionRoutes } from './recognition-routes.ts';
import { addSubjectRoutes } from './subject-routes.ts';

/**
 * Adds the routes of CompreFace, so that its clients work unchanged: recognition, subjects, faces, verification,
 * detection, and the same with embeddings in place of pictures.
 *
 * @remarks Source: CompreFace 1.2, docs/Rest-API-description.md. Similarity is the probability that two faces are one
 * person, from their distance. Ages, genders, masks and poses are not told. `det_prob_threshold` compares with
 * 1 / (1 + exp(-4 * score)).
 */
export function addCompreFaceRoutes(server: FastifyInstance, context: Pick<ServerContext, 'pool'>): void {
  addRecognitionRoutes(server);
  addEmbeddingRoutes(server, context);
  addSubjectRoutes(server);
  addExampleRoutes(server);
}

/** Whether an address is one of CompreFace's: its errors have another form. */
export function isCompreFace(url: string): boolean {
  return /^\/api\/v1\/(recognition|verification|detection|static)\//.test(url);
}

/**
 * Mends addresses as CompreFace's nginx does: Double Take's have a doubled slash where its `url` ends with one, and the
 * official SDK appends a second "?" where it should append "&".
 */
export function mendUrl(url: string): string {
  const [path = '', ...queries] = url.split('?');
  const mended = path.replace(/\/{2,}/g, '/');
  if (queries.length === 0) return mended;
  return `${mended}?${queries.join(isCompreFace(mended) ? '&' : '?')}`;
}
