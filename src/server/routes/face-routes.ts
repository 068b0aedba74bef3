import type { FastifyInstance } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import { defaultMinProbability } from '../../core/identify/identification.ts';
import type { Candidate, SearchOptions } from '../../gallery/gallery-types.ts';
import { mostProbableFirst } from '../../gallery/identify-in-gallery.ts';
import { compareFaces } from '../compare-faces.ts';
import * as schemas from '../schemas.ts';
import { analyzeUploads, reportSighting, type ServerContext } from '../server-context.ts';

interface DetectQuery {
  readonly minFaceSize?: number;
  readonly minScore?: number;
  readonly maxFaces?: number;
}

/** Adds `/detect`, `/embed`, `/verify`, `/recognize` and `/search`. */
export function addFaceRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, pool, settings } = context;
  const route = (summary: string, body: object, response: object, rest: object, pictures = 1) => ({
    schema: { summary, tags: ['faces'], response: { 200: response, '4xx': schemas.ERROR }, ...rest },
    config: { scope: 'recognize' as const, upload: body, pictures },
  });
  const image = schemas.uploadBody('image');

  server.post<{ Querystring: DetectQuery }>(
    '/detect',
    route('Find the faces of a picture', image, schemas.DETECTED, { querystring: schemas.DETECT_QUERY }),
    async (request) => {
      const job = { ...request.query, embeddings: false, quality: true };
      const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
      return analysis!;
    },
  );
  server.post<{ Querystring: DetectQuery }>(
    '/embed',
    route('Find and embed the faces of a picture', image, schemas.EMBEDDED, {
      querystring: schemas.DETECT_QUERY,
    }),
    async (request) => {
      const job = { ...request.query, embeddings: true, quality: true };
      const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
      const faces = analysis!.faces.map((face) => ({ ...face, embedding: Array.from(face.embedding!) }));
      return { ...analysis!, faces };
    },
  );
  server.post<{ Querystring: { readonly maxDistance?: number } }>(
    '/verify',
    route(
      'Say whether the largest faces of two pictures are one person',
      schemas.uploadBody('image1', 'image2'),
      schemas.VERIFIED,
      { querystring: schemas.VERIFY_QUERY },
      2,
    ),
    async (request) => {
      const names = ['image1', 'image2'];
      const job = { embeddings: true, maxFaces: 1 };
      const analyses = await analyzeUploads(context, request, { names, job });
      const embeddings = analyses.map(({ faces }, i) => {
        if (faces[0]?.embedding) return faces[0].embedding;
        throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `No face was found in "${names[i]}"`);
      });
      const { distance, probability } = compareFaces(embeddings[0]!, embeddings[1]!, pool.embedder);
      const { maxDistance = pool.embedder.thresholds.verify } = request.query;
      return { same: distance <= maxDistance, distance, probability, maxDistance };
    },
  );
  server.post<{ Querystring: DetectQuery & SearchOptions & { readonly explain?: boolean } }>(
    '/recognize',
    route('Say who is in a picture', image, schemas.RECOGNIZED, { querystring: schemas.RECOGNIZE_QUERY }),
    async (request) => {
      const {
        limit,
        maxDistance = settings.values.maxDistance,
        minProbability,
        explain,
        ...detect
      } = request.query;
      const job = { ...detect, embeddings: true, quality: true };
      const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
      const options = { embedder: pool.embedder, ...(limit && { limit }) };
      const faces = [];
      for (const { embedding, ...face } of analysis!.faces) {
        const nearest = await gallery.search(embedding!, options);
        const candidates = knownCandidates(nearest, { maxDistance, minProbability });
        reportSighting(context, { box: face.box, best: candidates[0] });
        faces.push({ ...face, candidates, ...(explain && { nearest }) });
      }
      return { ...analysis!, faces, maxDistance, minProbability: minProbability ?? DEFAULT_MIN_PROBABILITY };
    },
  );
  server.post<{ Body: SearchOptions & { readonly embedding: readonly number[] } }>(
    '/search',
    {
      schema: {
        summary: 'Say whose an embedding is',
        tags: ['faces'],
        body: schemas.SEARCH_BODY,
        response: { 200: schemas.object({ candidates: schemas.CANDIDATES }), '4xx': schemas.ERROR },
      },
      config: { scope: 'recognize' },
    },
    async ({
      body: { embedding, maxDistance = settings.values.maxDistance, minProbability, ...options },
    }) => {
      const nearest = await gallery.search(Float32Array.from(embedding), options);
      return { candidates: knownCandidates(nearest, { maxDistance, minProbability }) };
    },
  );
}

/** Less probable than this is unknown, unless a request says otherwise. */
const DEFAULT_MIN_PROBABILITY = defaultMinProbability('nearest');

/**
 * Who of the nearest people is a candidate for a name, most probable first.
 *
 * @param limits.minProbability - leaves out everybody who is less probable. Without it nobody is known unless somebody
 * has {@link DEFAULT_MIN_PROBABILITY}, and then the others are told too
 */
function knownCandidates(
  nearest: readonly Candidate[],
  {
    maxDistance,
    minProbability,
  }: { readonly maxDistance: number; readonly minProbability: number | undefined },
): Candidate[] {
  const near = mostProbableFirst(nearest).filter(({ distance }) => distance <= maxDistance);
  if (minProbability !== undefined) return near.filter(({ probability }) => probability >= minProbability);
  return near[0] && near[0].probability >= DEFAULT_MIN_PROBABILITY ? near : [];
}
