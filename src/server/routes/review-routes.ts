import type { FastifyInstance } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import { type ReviewLevel, reviewFace } from '../../gallery/review-face.ts';
import { REVIEWED } from '../page-schemas.ts';
import { ENROLL_QUERY, ERROR, ID_PARAMETERS, object, uploadBody } from '../schemas.ts';
import { analyzeUploads, type ServerContext } from '../server-context.ts';

const { review } = ENROLL_QUERY.properties;

/** Adds `/review`, which judges a picture without keeping it, and `/people/:id/thumbnail`. */
export function addReviewRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery } = context;
  server.post<{ Querystring: { readonly review?: ReviewLevel } }>(
    '/review',
    {
      schema: {
        summary: 'Say whether enrollment would take a picture, and why not',
        tags: ['faces'],
        querystring: object({ review }, ['review']),
        response: { 200: REVIEWED, '4xx': ERROR },
      },
      config: { scope: 'recognize', upload: uploadBody('image') },
    },
    async (request) => {
      const job = { embeddings: false, quality: true };
      const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
      const { faces, width, height } = analysis!;
      // Enrollment takes the largest face, and so does this.
      const verdict = faces[0]
        ? reviewFace(faces[0].quality ?? {}, request.query.review)
        : { accepted: false, reasons: [{ code: 'no-face', message: 'the photo shows no face' }] };
      return { width, height, ...verdict, faces };
    },
  );
  server.get<{ Params: { readonly id: string } }>(
    '/people/:id/thumbnail',
    {
      schema: {
        summary: "Picture of a person's first face that has one",
        tags: ['people'],
        params: ID_PARAMETERS,
        produces: ['image/jpeg'],
      },
      config: { scope: 'read' },
    },
    async ({ params: { id } }, reply) => {
      const { items } = await gallery.listFaces({ personId: id, limit: 100 });
      const face = items.find(({ hasThumbnail }) => hasThumbnail);
      const thumbnail = face ? await gallery.getThumbnail(face.id) : null;
      if (thumbnail === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'The person has no picture');
      return reply.type('image/jpeg').send(Buffer.from(thumbnail));
    },
  );
}
