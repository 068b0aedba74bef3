import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import { iou } from '../../core/geometry/box.ts';
import { parseDate } from '../../core/text/iso-date.ts';
import type { AddFacesOptions, NewFace } from '../../gallery/gallery-types.ts';
import type { ReviewLevel } from '../../gallery/review-face.ts';
import type { Analysis, AnalyzedFace } from '../analysis-job.ts';
import * as schemas from '../schemas.ts';
import { analyzeUploads, type ServerContext } from '../server-context.ts';

interface EnrollQuery {
  readonly review?: ReviewLevel;
  readonly duplicates?: 'skip' | 'keep';
  readonly source?: string;
  /** left,top,width,height */
  readonly box?: string;
  readonly minFaceSize?: number;
}
interface EnrollByNameQuery extends EnrollQuery {
  readonly name: string;
  readonly expiresAt?: string;
}
type EnrollRequest = FastifyRequest<{ Querystring: EnrollQuery }>;

/** How much of a face's box must be the box that was asked for: the same face found again, and no neighbor. */
const SAME_FACE_IOU = 0.5;

/** Adds `POST /people/:id/faces` and `POST /faces`, which enroll the face of a photo. */
export function addEnrollRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, events, settings } = context;
  server.post<{ Params: { readonly id: string }; Querystring: EnrollQuery }>(
    '/people/:id/faces',
    {
      ...route('Enroll the face of a photo', schemas.ENROLLED_FACE, schemas.ENROLL_QUERY),
      schema: {
        ...route('Enroll the face of a photo', schemas.ENROLLED_FACE, schemas.ENROLL_QUERY).schema,
        params: schemas.ID_PARAMETERS,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await gallery.getPerson(id)) === null) {
        throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
      }
      const newFace = await readFace(context, request as EnrollRequest);
      const [added] = await gallery.addFaces(id, [newFace], optionsOf(request.query));
      return reply.code(added!.alreadyThere ? 200 : 201).send(added);
    },
  );
  server.post<{ Querystring: EnrollByNameQuery }>(
    '/faces',
    route(
      'Enroll the face of a photo by name; a new person comes with the first face',
      schemas.ENROLLED_BY_NAME,
      schemas.ENROLL_BY_NAME_QUERY,
    ),
    async (request, reply) => {
      const { name, expiresAt: wished } = request.query;
      const expiresAt = wished === undefined ? settings.defaultExpiry() : parseDate(wished, 'expiresAt');
      const newFace = await readFace(context, request as EnrollRequest);
      const enrolled = await gallery.enroll({ name, expiresAt }, [newFace], optionsOf(request.query));
      const { person, created, faces } = enrolled;
      if (created) events.publish('person.created', { personId: person.id, name: person.name });
      return reply.code(faces[0]!.alreadyThere ? 200 : 201).send({ person, created, ...faces[0]! });
    },
  );
}

function route(summary: string, answer: object, querystring: object) {
  const there = { ...answer, description: 'The person had this photo before; nothing was added' };
  return {
    schema: {
      summary,
      tags: ['people'],
      querystring,
      response: { 200: there, 201: answer, '4xx': schemas.ERROR },
    },
    config: { scope: 'admin' as const, upload: schemas.uploadBody('image') },
  };
}

async function readFace(context: ServerContext, request: EnrollRequest): Promise<NewFace> {
  const { gallery, pool } = context;
  const { source = null, box, minFaceSize } = request.query;
  const job = {
    embeddings: true,
    quality: true,
    thumbnails: gallery.keepsThumbnails,
    minFaceSize,
    ...(box === undefined && { maxFaces: 1 }),
  };
  const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
  const face = box === undefined ? analysis!.faces[0] : faceAt(analysis!, box);
  if (!face?.embedding) {
    const where = box === undefined ? 'in the photo' : `at ${box} in the photo`;
    throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `No face was found ${where}`);
  }
  const { embedding, thumbnail = null } = face;
  // Whoever says which face is meant knows that there are others.
  const quality = box === undefined ? face.quality! : { ...face.quality, faceCount: 1 };
  return { embedding, embedder: pool.embedder, source, quality, thumbnail };
}

function optionsOf({ review, duplicates }: EnrollQuery): AddFacesOptions {
  return { ...(review && { review }), ...(duplicates && { duplicates }) };
}

function faceAt({ faces }: Analysis, text: string): AnalyzedFace | undefined {
  const [left = 0, top = 0, width = 0, height = 0] = text.split(',').map(Number);
  const box = { left, top, width, height };
  return faces
    .filter((face) => iou(face.box, box) >= SAME_FACE_IOU)
    .sort((a, b) => iou(b.box, box) - iou(a.box, box))[0];
}
