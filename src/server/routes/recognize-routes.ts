import { FaceTriggerError } from '../../core/errors.ts';
import { compareFaces } from '../compare-faces.ts';
import { DEFAULT_MIN_PROBABILITY, knownCandidates } from '../known-candidates.ts';
import {
  RECOGNIZE_QUERY,
  RECOGNIZED,
  SEARCH_BODY,
  SEARCHED,
  VERIFIED,
  VERIFY_QUERY,
} from '../schemas/face-schemas.ts';
import { uploadBody } from '../schemas/upload-body.ts';
import { analyzeUploads, reportSighting } from '../server-context.ts';
import { type Api, FAILURES } from './api.ts';

/** Adds `/recognize`, `/search` and `/verify`, which say who somebody is. */
export function addRecognizeRoutes(api: Api): void {
  addRecognize(api);
  addSearch(api);
  addVerify(api);
}

function addRecognize(api: Api): void {
  api.post(
    '/recognize',
    {
      schema: {
        summary: 'Say who is in a picture',
        tags: ['faces'],
        querystring: RECOGNIZE_QUERY,
        response: { 200: RECOGNIZED, ...FAILURES },
      },
      config: { scope: 'recognize', upload: uploadBody('image') },
    },
    async (request) => {
      const context = request.here;
      const { gallery, pool, settings } = context;
      const {
        limit,
        maxDistance = settings.values.maxDistance,
        minProbability,
        explain,
        ...detect
      } = request.query;
      const job = { ...detect, embeddings: true, quality: true };
      const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
      const faces = [];
      for (const { embedding, quality = null, ...face } of analysis!.faces) {
        const nearest = await gallery.search(embedding!, { embedder: pool.embedder, limit });
        const known = knownCandidates(nearest, { maxDistance, minProbability });
        // A picture of somebody is nobody's arrival.
        const candidates = face.liveness?.live === false ? [] : known;
        reportSighting(context, { ...face, best: candidates[0], shows: known[0] });
        faces.push({ ...face, quality, candidates, ...(explain && { nearest }) });
      }
      return { ...analysis!, faces, maxDistance, minProbability: minProbability ?? DEFAULT_MIN_PROBABILITY };
    },
  );
}

function addSearch(api: Api): void {
  api.post(
    '/search',
    {
      schema: {
        summary: 'Say whose an embedding is',
        tags: ['faces'],
        body: SEARCH_BODY,
        response: { 200: SEARCHED, ...FAILURES },
      },
      config: { scope: 'recognize' },
    },
    async ({ body, here: { gallery, settings } }) => {
      const { embedding, maxDistance = settings.values.maxDistance, minProbability, limit } = body;
      const nearest = await gallery.search(Float32Array.from(embedding), { limit });
      return { candidates: knownCandidates(nearest, { maxDistance, minProbability }) };
    },
  );
}

function addVerify(api: Api): void {
  const names = ['image1', 'image2'];
  api.post(
    '/verify',
    {
      schema: {
        summary: 'Say whether the largest faces of two pictures are one person',
        tags: ['faces'],
        querystring: VERIFY_QUERY,
        response: { 200: VERIFIED, ...FAILURES },
      },
      config: { scope: 'recognize', upload: uploadBody(...names), pictures: 2 },
    },
    async (request) => {
      const { pool } = request.here;
      const job = { embeddings: true, maxFaces: 1 };
      const analyses = await analyzeUploads(request.here, request, { names, job });
      const [one, other] = analyses.map(({ faces }, i) => {
        if (faces[0]?.embedding) return faces[0].embedding;
        throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `No face was found in "${names[i]}"`);
      });
      const { distance, probability } = compareFaces(one!, other!, pool.embedder);
      const { maxDistance = pool.embedder.thresholds.verify } = request.query;
      const liveness = analyses.flatMap(({ faces }) => faces[0]?.liveness ?? []);
      const facts = { distance, probability, maxDistance, ...(liveness.length > 0 && { liveness }) };
      return { same: distance <= maxDistance, ...facts };
    },
  );
}
