import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { DistanceFacts } from '../../core/embed/embedder-profile.ts';
import { compareFaces, foundProbability } from '../compare-faces.ts';
import type { ServerContext } from '../server-context.ts';
import { CompreFaceError } from './compreface-error.ts';
import { round } from './compreface-face.ts';
import { type RawQuery, readParameters } from './compreface-parameters.ts';
import { findFace, MAX_EMBEDDINGS, ROUTES } from './compreface-work.ts';

type Body = Readonly<Record<string, unknown>> | null | undefined;

/**
 * Adds the routes that take embeddings in place of pictures: those that the plugin "calculator" gave.
 *
 * @remarks Source: CompreFace 1.2, RecognizeController.java, EmbeddingController.java and VerifyController.java.
 */
export function addEmbeddingRoutes(server: FastifyInstance, { pool }: Pick<ServerContext, 'pool'>): void {
  const { dimension } = pool.embedder;

  server.post<{ Querystring: RawQuery; Body: Body }>(
    '/recognition/embeddings/recognize',
    ROUTES.recognizeEmbeddings,
    async ({ query, body, here }) => {
      const { predictionCount: limit } = readParameters(query);
      const result = [];
      for (const embedding of readEmbeddings(body, 'embeddings', dimension)) {
        const found = await here.gallery.search(embedding, { limit, embedder: pool.embedder });
        const similarities = found.map(({ person, distance }) => ({
          subject: person.name,
          similarity: round(foundProbability(distance, here)),
        }));
        result.push({ embedding: Array.from(embedding), similarities });
        await nextTurn();
      }
      return { result };
    },
  );

  server.post<{ Params: { readonly id: string }; Body: Body }>(
    '/recognition/embeddings/faces/:id/verify',
    ROUTES.recognizeEmbeddings,
    async ({ params, body, here }) => {
      const embeddings = readEmbeddings(body, 'embeddings', dimension);
      const stored = await findFace(here, params.id);
      if (stored === null) throw new CompreFaceError('IMAGE_NOT_FOUND', 'Image not found');
      return { result: compare(stored.embedding!, embeddings, pool.embedder) };
    },
  );

  server.post<{ Body: Body }>(
    '/verification/embeddings/verify',
    ROUTES.recognizeEmbeddings,
    async ({ body }) => {
      const source = readEmbedding(body?.source, 'source', dimension);
      return { result: compare(source, readEmbeddings(body, 'targets', dimension), pool.embedder) };
    },
  );
}

/** Most similar first, as CompreFace sorts them. */
function compare(
  source: Float32Array,
  targets: readonly Float32Array[],
  facts: DistanceFacts,
): readonly object[] {
  return targets
    .map((target) => ({
      embedding: Array.from(target),
      similarity: round(compareFaces(source, target, facts).probability),
    }))
    .sort((a, b) => b.similarity - a.similarity);
}

function readEmbeddings(body: Body, name: string, dimension: number): readonly Float32Array[] {
  const value = body?.[name];
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) {
    throw new CompreFaceError('EMPTY_REQUIRED_FIELD', `Field ${name} cannot be empty`);
  }
  if (!Array.isArray(value) || value.length > MAX_EMBEDDINGS) {
    throw new CompreFaceError(
      'INCORRECT_ARGUMENT',
      `Expected an array of at most ${MAX_EMBEDDINGS} embeddings in "${name}"`,
    );
  }
  return value.map((item, i) => readEmbedding(item, `${name}[${i}]`, dimension));
}

function readEmbedding(value: unknown, name: string, dimension: number): Float32Array {
  if (value === undefined || value === null) {
    throw new CompreFaceError('EMPTY_REQUIRED_FIELD', `Field ${name} cannot be empty`);
  }
  if (Array.isArray(value) && value.length !== dimension) {
    throw new CompreFaceError(
      'WRONG_EMBEDDING_COUNT',
      `Expected ${dimension} numbers in "${name}" but received ${value.length}`,
    );
  }
  const isRight =
    Array.isArray(value) &&
    value.every((number) => typeof number === 'number' && Number.isFinite(Math.fround(number)));
  if (isRight) return Float32Array.from(value as number[]);
  throw new CompreFaceError('INCORRECT_ARGUMENT', `Expected ${dimension} finite numbers in "${name}"`);
}
