import { reviewFace } from '../../gallery/review-face.ts';
import { livenessReason } from '../assert-live.ts';
import { DETECT_QUERY, DETECTED, EMBEDDED, REVIEW_QUERY, REVIEWED } from '../schemas/face-schemas.ts';
import { uploadBody } from '../schemas/upload-body.ts';
import { analyzeUploads } from '../server-context.ts';
import { type Api, FAILURES } from './api.ts';

const config = { scope: 'recognize', upload: uploadBody('image') } as const;
const names = ['image'];

/** Adds `/detect`, `/embed` and `/review`, which say what a picture shows and keep nothing of it. */
export function addDetectRoutes(api: Api): void {
  api.post(
    '/detect',
    {
      schema: {
        summary: 'Find the faces of a picture',
        tags: ['faces'],
        querystring: DETECT_QUERY,
        response: { 200: DETECTED, ...FAILURES },
      },
      config,
    },
    async (request) => {
      const job = { ...request.query, embeddings: false, quality: true };
      const [analysis] = await analyzeUploads(request.here, request, { names, job });
      const faces = analysis!.faces.map((face) => ({ ...face, quality: face.quality ?? null }));
      return { ...analysis!, faces };
    },
  );
  api.post(
    '/embed',
    {
      schema: {
        summary: 'Find and embed the faces of a picture',
        tags: ['faces'],
        querystring: DETECT_QUERY,
        response: { 200: EMBEDDED, ...FAILURES },
      },
      config,
    },
    async (request) => {
      const job = { ...request.query, embeddings: true, quality: true };
      const [analysis] = await analyzeUploads(request.here, request, { names, job });
      const faces = analysis!.faces.map((face) => ({
        ...face,
        quality: face.quality ?? null,
        embedding: Array.from(face.embedding!),
      }));
      return { ...analysis!, faces };
    },
  );
  addReview(api);
}

function addReview(api: Api): void {
  api.post(
    '/review',
    {
      schema: {
        summary: 'Say whether enrollment would take a picture, and why not',
        tags: ['faces'],
        querystring: REVIEW_QUERY,
        response: { 200: REVIEWED, ...FAILURES },
      },
      config,
    },
    async (request) => {
      const job = { embeddings: false, quality: true };
      const [analysis] = await analyzeUploads(request.here, request, { names, job });
      const { faces, width, height } = analysis!;
      // Enrollment takes the largest face, and so does this.
      const { review } = request.query;
      const spoof = review === 'off' ? null : livenessReason(faces[0]?.liveness);
      const quality = faces[0] && reviewFace(faces[0].quality ?? {}, review);
      const verdict = quality
        ? {
            accepted: quality.accepted && spoof === null,
            reasons: [...(spoof ? [spoof] : []), ...quality.reasons],
          }
        : { accepted: false, reasons: [{ code: 'no-face', message: 'the photo shows no face' }] };
      return { width, height, ...verdict, faces };
    },
  );
}
