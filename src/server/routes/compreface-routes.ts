import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { euclideanDistance } from '../../embed/distance.ts';
import { FaceTriggerError } from '../../errors.ts';
import type { Face, Person } from '../../gallery/gallery.ts';
import type { Analysis, AnalyzedFace } from '../analysis-job.ts';
import { analyzeUploads, reportSighting, type ServerContext } from '../server-context.ts';
import { pairProbability } from './face-routes.ts';

interface CompreFaceQuery {
  readonly limit?: string;
  readonly det_prob_threshold?: string;
  readonly prediction_count?: string;
  readonly face_plugins?: string;
  readonly status?: string;
  readonly subject?: string;
  readonly page?: string;
  readonly size?: string;
}
type Request = FastifyRequest<{ Querystring: CompreFaceQuery }>;
interface Exchange {
  readonly request: Request;
  readonly reply: FastifyReply;
}

/** How steeply a detection's probability rises with its score: clear faces score 1 and more, which is 0.98 then. */
const SCORE_STEEPNESS = 4;
/** CompreFace's own number for "No face is found in the given image"; clients look for it and for the text. */
export const NO_FACE = { code: 28, message: 'No face is found in the given image' } as const;

/**
 * Adds the routes of CompreFace, so that its clients work unchanged: recognition, subjects, faces, verification and
 * detection.
 *
 * @remarks Source: CompreFace, docs/Rest-API-description.md. Similarity is the probability that two faces are one
 * person, from their distance. Ages, genders and masks are not told. `det_prob_threshold` compares with
 * 1 / (1 + exp(-4 * score)).
 */
export function addCompreFaceRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, pool, events, settings } = context;
  const recognize = { config: { scope: 'recognize' as const, upload: {} }, schema: { hide: true } };
  const enroll = { config: { scope: 'admin' as const, upload: {} }, schema: { hide: true } };
  const admin = { config: { scope: 'admin' as const }, schema: { hide: true } };
  const read = { config: { scope: 'read' as const }, schema: { hide: true } };

  server.post('/detection/detect', recognize, async (request: Request, reply) => {
    const [analysis] = await look({ request, reply }, ['file']);
    const faces = facesOf(request, analysis!);
    return answer(request, { result: faces.map((face) => faceJson(request, face, analysis!)) });
  });
  server.post('/recognition/recognize', recognize, async (request: Request, reply) => {
    const [analysis] = await look({ request, reply }, ['file']);
    const limit = Math.min(
      100,
      Math.max(1, toInteger(request.query.prediction_count, 'prediction_count', 1)),
    );
    const result = [];
    for (const face of facesOf(request, analysis!)) {
      const found = await gallery.search(face.embedding!, { limit, embedder: pool.embedder });
      const subjects = found.map(({ person, distance }) => ({
        subject: person.name,
        similarity: round(pairProbability(distance)),
      }));
      const best = found.find(({ distance }) => distance <= settings.values.maxDistance);
      reportSighting(context, { box: face.box, best });
      result.push({ ...faceJson(request, face, analysis!), subjects });
    }
    return answer(request, { result });
  });
  server.post('/verification/verify', recognize, async (request: Request, reply) => {
    const [source, target] = await look({ request, reply }, ['source_image', 'target_image']);
    const [sourceFace] = facesOf(request, source!);
    const matches = facesOf(request, target!).map((face) => ({
      ...faceJson(request, face, target!),
      similarity: round(pairProbability(euclideanDistance(face.embedding!, sourceFace!.embedding!))),
    }));
    matches.sort((a, b) => b.similarity - a.similarity);
    const one = { source_image_face: faceJson(request, sourceFace!, source!), face_matches: matches };
    return { result: [answer(request, one)] };
  });

  server.get('/recognition/subjects', read, async () => {
    const subjects: string[] = [];
    for await (const { name } of everyone()) subjects.push(name);
    return { subjects };
  });
  server.post<{ Body: { readonly subject?: unknown } }>(
    '/recognition/subjects',
    admin,
    async ({ body }, reply) => {
      const { name } = await create(subjectOf(body));
      return reply.code(201).send({ subject: name });
    },
  );
  server.put<{ Params: { readonly subject: string }; Body: { readonly subject?: unknown } }>(
    '/recognition/subjects/:subject',
    admin,
    async ({ params, body }) => {
      const person = await named(params.subject);
      const name = subjectOf(body);
      const other = await gallery.findPerson(name);
      const stays =
        other && other.id !== person.id
          ? (await gallery.mergePerson(person.id, other.id)).person
          : await gallery.renamePerson(person.id, name);
      events.publish('person.changed', { personId: stays.id, name: stays.name });
      return { updated: true };
    },
  );
  server.delete<{ Params: { readonly subject: string } }>(
    '/recognition/subjects/:subject',
    admin,
    async ({ params }) => {
      const { id, name } = await named(params.subject);
      await remove(id);
      return { subject: name };
    },
  );
  server.delete('/recognition/subjects', admin, async () => {
    let deleted = 0;
    for await (const { id } of everyone()) {
      await remove(id);
      deleted++;
    }
    return { deleted };
  });

  server.post('/recognition/faces', enroll, async (request: Request, reply) => {
    const name = subjectOf({ subject: request.query.subject });
    const [analysis] = await look({ request, reply }, ['file']);
    const faces = facesOf(request, analysis!);
    if (faces.length > 1)
      throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Found more than one face in the given image');
    const { embedding, thumbnail } = faces[0]!;
    const person = (await gallery.findPerson(name)) ?? (await create(name));
    const face = {
      embedding: embedding!,
      embedder: pool.embedder,
      quality: faces[0]!.quality!,
      source: 'compreface',
      thumbnail: thumbnail ?? null,
    };
    const [added] = await gallery.addFaces(person.id, [face], { review: 'off' });
    return reply.code(201).send({ image_id: added!.face.id, subject: person.name });
  });
  server.get('/recognition/faces', read, async ({ query }: Request) => {
    const page = Math.max(0, toInteger(query.page, 'page', 0));
    const size = Math.min(1000, Math.max(1, toInteger(query.size, 'size', 20)));
    const owner = query.subject === undefined ? null : await gallery.findPerson(query.subject);
    if (query.subject !== undefined && owner === null) return pageJson([], { page, size, total: 0 });
    const total = owner ? owner.faces : (await gallery.stats()).faces;
    const faces: Face[] = [];
    let place = 0;
    for (let cursor: string | null | undefined; cursor !== null && faces.length < size; ) {
      const part = await gallery.listFaces({
        limit: 1000,
        cursor: cursor ?? null,
        ...(owner && { personId: owner.id }),
      });
      for (const face of part.items) if (place++ >= page * size && faces.length < size) faces.push(face);
      cursor = part.nextCursor;
      await nextTurn();
    }
    const items = [];
    for (const { id, personId } of faces) {
      items.push({ image_id: id, subject: (await gallery.getPerson(personId))?.name ?? '' });
    }
    return pageJson(items, { page, size, total });
  });
  server.delete('/recognition/faces', admin, async ({ query }: Request) => {
    let deleted = 0;
    if (query.subject === undefined) for await (const { id } of everyone()) deleted += await remove(id);
    else {
      const person = await gallery.findPerson(query.subject);
      if (person) deleted = await remove(person.id);
    }
    return { deleted };
  });
  server.post<{ Body: unknown }>('/recognition/faces/delete', admin, async ({ body }) => {
    if (!Array.isArray(body) || body.length > 1000) {
      throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected an array of at most 1,000 image ids');
    }
    const deleted = [];
    for (const id of body) {
      const face = await gallery.getFace(String(id));
      if (face) deleted.push(await removeFace(face));
    }
    return deleted;
  });
  server.delete<{ Params: { readonly id: string } }>(
    '/recognition/faces/:id',
    admin,
    async ({ params: { id } }) => removeFace(await faceOf(id)),
  );
  server.get<{ Params: { readonly id: string } }>(
    '/recognition/faces/:id/img',
    read,
    async ({ params: { id } }, reply) => {
      const thumbnail = await gallery.getThumbnail(id);
      return reply.type('image/jpeg').send(Buffer.from(thumbnail ?? []));
    },
  );
  server.post<{ Params: { readonly id: string }; Querystring: CompreFaceQuery }>(
    '/recognition/faces/:id/verify',
    recognize,
    async (request, reply) => {
      const stored = await faceOf(request.params.id);
      const [analysis] = await look({ request, reply }, ['file']);
      const result = facesOf(request, analysis!).map((face) => ({
        ...faceJson(request, face, analysis!),
        similarity: round(pairProbability(euclideanDistance(face.embedding!, stored.embedding!))),
      }));
      return answer(request, { result });
    },
  );

  function look(exchange: Exchange, names: readonly string[]): Promise<readonly Analysis[]> {
    const job = { embeddings: true, quality: true, thumbnails: gallery.keepsThumbnails };
    return analyzeUploads(context, exchange, { names, job });
  }

  function answer<Value extends object>({ query }: Request, value: Value): Value {
    if (query.status !== 'true') return value;
    return {
      ...value,
      plugins_versions: { detector: 'face-trigger.mmod', calculator: `face-trigger.${pool.embedder.id}` },
    };
  }

  async function* everyone(): AsyncGenerator<Person> {
    const people: Person[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await gallery.listPeople({ limit: 1000, cursor: cursor ?? null });
      people.push(...page.items);
      cursor = page.nextCursor;
      await nextTurn();
    }
    yield* people;
  }

  async function create(name: string): Promise<Person> {
    const person = await gallery.createPerson({ name, expiresAt: settings.defaultExpiry() });
    events.publish('person.created', { personId: person.id, name: person.name });
    return person;
  }

  async function remove(id: string): Promise<number> {
    const faces = await gallery.deletePerson(id);
    events.publish('person.deleted', { personId: id });
    // Whoever deletes everybody keeps nobody waiting.
    await nextTurn();
    return faces;
  }

  async function named(name: string): Promise<Person> {
    const person = await gallery.findPerson(name);
    if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'Subject not found');
    return person;
  }

  async function faceOf(id: string) {
    const face = await gallery.getFace(id);
    if (face === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'Image not found');
    return face;
  }

  async function removeFace({ id, personId }: { readonly id: string; readonly personId: string }) {
    const subject = (await gallery.getPerson(personId))?.name ?? '';
    await gallery.deleteFace(id);
    return { image_id: id, subject };
  }
}

function subjectOf(body: { readonly subject?: unknown } | null | undefined): string {
  const subject = body?.subject;
  if (typeof subject === 'string' && subject.trim() !== '') return subject;
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected a name in "subject"');
}

function facesOf({ query }: Request, { faces }: Analysis): readonly AnalyzedFace[] {
  const limit = toInteger(query.limit, 'limit', 0);
  const threshold = query.det_prob_threshold === undefined ? 0 : Number(query.det_prob_threshold);
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected a number of 0 .. 1 for det_prob_threshold');
  }
  const wanted = faces.filter(({ score }) => detectionProbability(score) >= threshold);
  if (wanted.length === 0) throw new FaceTriggerError('ERR_UNSUITABLE_FACE', NO_FACE.message);
  return limit > 0 ? wanted.slice(0, limit) : wanted;
}

function faceJson({ query }: Request, face: AnalyzedFace, { detectMs, embedMs }: Analysis): object {
  const plugins = (query.face_plugins ?? '').split(',');
  const { left, top, width, height } = face.box;
  return {
    box: {
      probability: round(detectionProbability(face.score)),
      x_min: Math.max(0, Math.round(left)),
      y_min: Math.max(0, Math.round(top)),
      x_max: Math.round(left + width - 1),
      y_max: Math.round(top + height - 1),
    },
    ...(plugins.includes('landmarks') && { landmarks: compreFaceLandmarks(face.landmarks) }),
    ...(plugins.includes('calculator') && { embedding: Array.from(face.embedding!) }),
    ...(query.status === 'true' && {
      execution_time: { detector: round(detectMs), calculator: round(embedMs) },
    }),
  };
}

/** CompreFace gives the eyes as they lie in the picture, then the nose; we have no corners of the mouth. */
function compreFaceLandmarks(points: AnalyzedFace['landmarks']): readonly (readonly number[])[] {
  const middle = (a: number, b: number) =>
    [0, 1].map((axis) => Math.round((points[a]![axis]! + points[b]![axis]!) / 2));
  return [middle(2, 3), middle(0, 1), middle(4, 4)];
}

function detectionProbability(score: number): number {
  return 1 / (1 + Math.exp(-SCORE_STEEPNESS * score));
}

function toInteger(text: string | undefined, name: string, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', `Expected a whole number for ${name}`);
}

function pageJson(
  faces: readonly object[],
  { page, size, total }: { page: number; size: number; total: number },
) {
  return {
    faces,
    page_number: page,
    page_size: size,
    total_pages: Math.ceil(total / size),
    total_elements: total,
  };
}

function round(value: number): number {
  return Number(value.toFixed(5));
}
