import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { iou } from '../../core/geometry/box.ts';
import { parseDate } from '../../core/text/iso-date.ts';
import type { NewFace } from '../../gallery/gallery-types.ts';
import type { ReviewLevel } from '../../gallery/review-face.ts';
import type { Analysis, AnalyzedFace } from '../analysis-job.ts';
import { assertLive } from '../assert-live.ts';
import { ID_PARAMETERS } from '../schemas/fields.ts';
import {
  ENROLL_BY_NAME_QUERY,
  ENROLL_EMBEDDING_BODY,
  ENROLL_QUERY,
  ENROLLED_BY_NAME,
  ENROLLED_FACE,
} from '../schemas/people-schemas.ts';
import { uploadBody } from '../schemas/upload-body.ts';
import { analyzeUploads } from '../server-context.ts';
import { type Api, FAILURES } from './api.ts';

/** How much of a face's box must be the box that was asked for: the same face found again, and no neighbor. */
const SAME_FACE_IOU = 0.5;
const ALREADY_THERE = 'The person had this photo before; nothing was added';

const tags = ['people'];
const config = { scope: 'admin', upload: uploadBody('image') } as const;

/** Adds `POST /people/:id/faces` and `POST /faces`, which enroll the face of a photo, and the same of an embedding. */
export function addEnrollRoutes(api: Api): void {
  api.post(
    '/people/:id/faces',
    {
      schema: {
        summary: 'Enroll the face of a photo',
        tags,
        params: ID_PARAMETERS,
        querystring: ENROLL_QUERY,
        response: { 200: ENROLLED_FACE.describe(ALREADY_THERE), 201: ENROLLED_FACE, ...FAILURES },
      },
      config,
    },
    async (request, reply) => {
      const { gallery } = request.here;
      const { id } = request.params;
      if ((await gallery.getPerson(id)) === null) {
        throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
      }
      const { review, duplicates } = request.query;
      const newFace = await readFace(request, request.query);
      const [added] = await gallery.addFaces(id, [newFace], { review, duplicates });
      return reply.code(added!.alreadyThere ? 200 : 201).send(added!);
    },
  );
  api.post(
    '/faces',
    {
      schema: {
        summary: 'Enroll the face of a photo by name; a new person comes with the first face',
        tags,
        querystring: ENROLL_BY_NAME_QUERY,
        response: { 200: ENROLLED_BY_NAME.describe(ALREADY_THERE), 201: ENROLLED_BY_NAME, ...FAILURES },
      },
      config,
    },
    async (request, reply) => {
      const { name, expiresAt, review, duplicates } = request.query;
      const newFace = await readFace(request, request.query);
      const { status, answer } = await enrollByName(request, newFace, {
        name,
        expiresAt,
        review,
        duplicates,
      });
      return reply.code(status).send(answer);
    },
  );
  addEmbedded(api);
}

function addEmbedded(api: Api): void {
  api.post(
    '/faces/embedded',
    {
      schema: {
        summary: 'Enroll by name a face that was embedded elsewhere; no picture is sent',
        tags,
        body: ENROLL_EMBEDDING_BODY,
        response: { 200: ENROLLED_BY_NAME.describe(ALREADY_THERE), 201: ENROLLED_BY_NAME, ...FAILURES },
      },
      config: { scope: 'admin' },
    },
    async (request, reply) => {
      const { name, expiresAt, review, embedder, quality = null, source = null } = request.body;
      const embedding = Float32Array.from(request.body.embedding);
      const newFace = { embedding, embedder, source, quality, thumbnail: null };
      const { status, answer } = await enrollByName(request, newFace, { name, expiresAt, review });
      return reply.code(status).send(answer);
    },
  );
}

/** Enrolls, and tells whoever listens of somebody who is new. */
async function enrollByName(
  { here: { gallery, events, settings } }: FastifyRequest,
  newFace: NewFace,
  wish: {
    readonly name: string;
    readonly expiresAt: string | undefined;
    readonly review: ReviewLevel;
    readonly duplicates?: 'skip' | 'keep' | undefined;
  },
) {
  const { name, review, duplicates = 'skip' } = wish;
  const expiresAt =
    wish.expiresAt === undefined ? settings.defaultExpiry() : parseDate(wish.expiresAt, 'expiresAt');
  const enrolled = await gallery.enroll({ name, expiresAt }, [newFace], { review, duplicates });
  const { person, created, faces } = enrolled;
  if (created) await events.publish('person.created', { personId: person.id, name: person.name });
  const status: 200 | 201 = faces[0]!.alreadyThere ? 200 : 201;
  return { status, answer: { person, created, ...faces[0]! } };
}

async function readFace(
  request: FastifyRequest,
  { source, box, minFaceSize, review }: z.output<typeof ENROLL_QUERY>,
): Promise<NewFace> {
  const { gallery, pool } = request.here;
  const job = {
    embeddings: true,
    quality: true,
    thumbnails: gallery.keepsThumbnails,
    minFaceSize,
    ...(box === undefined && { maxFaces: 1 }),
  };
  const [analysis] = await analyzeUploads(request.here, request, { names: ['image'], job });
  const face = box === undefined ? analysis!.faces[0] : faceAt(analysis!, box);
  if (!face?.embedding) {
    const where = box === undefined ? 'in the photo' : `at ${box} in the photo`;
    throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `No face was found ${where}`);
  }
  if (review !== 'off') assertLive(face);
  const { embedding, thumbnail = null } = face;
  // Whoever says which face is meant knows that there are others.
  const quality = box === undefined ? face.quality! : { ...face.quality, faceCount: 1 };
  return { embedding, embedder: pool.embedder, source: source ?? null, quality, thumbnail };
}

function faceAt({ faces }: Analysis, text: string): AnalyzedFace | undefined {
  const [left = 0, top = 0, width = 0, height = 0] = text.split(',').map(Number);
  const box = { left, top, width, height };
  return faces
    .filter((face) => iou(face.box, box) >= SAME_FACE_IOU)
    .sort((a, b) => iou(b.box, box) - iou(a.box, box))[0];
}
