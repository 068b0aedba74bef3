import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Face, Person } from '../../gallery/gallery-types.ts';
import type { Analysis } from '../analysis-job.ts';
import type { FormText } from '../read-form.ts';
import { analyzeUploads, type ServerContext } from '../server-context.ts';
import { CompreFaceError } from './compreface-error.ts';
import { type CompreFaceParameters, type RawQuery, withTexts } from './compreface-parameters.ts';

/** A request to one of CompreFace's routes. */
export type CompreFaceRequest = FastifyRequest<{ Querystring: RawQuery }>;

/** Most embeddings in one request; each is a search. */
export const MAX_EMBEDDINGS = 1000;
/** Room for them: some hundred numbers each, of up to 25 characters. */
const EMBEDDINGS_BYTES = 4_000_000;

/** Whom a route is for, and that it is not in the OpenAPI document: its clients have CompreFace's own. */
export const ROUTES = {
  recognize: { config: { scope: 'recognize' as const, upload: {}, pictures: 2 }, schema: { hide: true } },
  recognizeEmbeddings: {
    config: { scope: 'recognize' as const, documentBytes: EMBEDDINGS_BYTES },
    schema: { hide: true },
  },
  enroll: { config: { scope: 'admin' as const, upload: {} }, schema: { hide: true } },
  admin: { config: { scope: 'admin' as const }, schema: { hide: true } },
  read: { config: { scope: 'read' as const }, schema: { hide: true } },
};

/**
 * Reads what a request asks for, from its address and its form, then looks at its pictures.
 *
 * @param options.names - of the pictures
 * @param options.read - reads the parameters; what it refuses is not looked at
 */
export async function analyze<Asked>(
  request: CompreFaceRequest,
  { names, read }: { readonly names: readonly string[]; readonly read: (query: RawQuery) => Asked },
): Promise<{ readonly asked: Asked; readonly analyses: readonly Analysis[] }> {
  const job = { embeddings: true, quality: true, thumbnails: request.here.gallery.keepsThumbnails };
  let asked: Asked | undefined;
  const onTexts = (texts: readonly FormText[]) => {
    asked = read(withTexts(request.query, texts));
  };
  const analyses = await analyzeUploads(request.here, request, { names, job, onTexts });
  return { asked: asked!, analyses };
}

/** An answer with what `status=true` adds to it. */
export function withStatus<Value extends object>(
  { pool }: ServerContext,
  { status }: CompreFaceParameters,
  value: Value,
): Value {
  if (!status) return value;
  return {
    ...value,
    plugins_versions: { detector: 'face-trigger.mmod', calculator: `face-trigger.${pool.embedder.id}` },
  };
}

/** Everybody in the gallery, as they are when this is called. */
export async function everyone({ gallery }: ServerContext): Promise<readonly Person[]> {
  const people: Person[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await gallery.listPeople({ limit: 1000, cursor: cursor ?? null });
    people.push(...page.items);
    cursor = page.nextCursor;
    await nextTurn();
  }
  return people;
}

/** Adds a person and tells who listens. */
export async function createSubject(
  { gallery, settings, events }: ServerContext,
  name: string,
): Promise<Person> {
  const person = await gallery.createPerson({ name, expiresAt: settings.defaultExpiry() });
  await events.publish('person.created', { personId: person.id, name: person.name });
  return person;
}

/**
 * Deletes a person and tells who listens.
 *
 * @returns how many faces the person had
 */
export async function deleteSubject({ gallery, events }: ServerContext, id: string): Promise<number> {
  const faces = await gallery.deletePerson(id);
  await events.publish('person.deleted', { personId: id });
  // Whoever deletes everybody keeps nobody waiting.
  await nextTurn();
  return faces;
}

/** @throws FaceTriggerError `ERR_NOT_FOUND` where nobody has the name */
export async function subjectNamed({ gallery }: ServerContext, name: string): Promise<Person> {
  const person = await gallery.findPerson(name);
  if (person === null) throw new CompreFaceError('SUBJECT_NOT_FOUND', 'Subject not found');
  return person;
}

/** A face by its id; `null` where there is none, also for an id that can't be one. */
export async function findFace({ gallery }: ServerContext, id: unknown): Promise<Face | null> {
  if (typeof id !== 'string') return null;
  try {
    return await gallery.getFace(id);
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code === 'ERR_INVALID_ARGUMENT') return null;
    throw error;
  }
}
