import { randomUUID } from 'node:crypto';
import { isMarkOf } from '../../core/embed/model-mark.ts';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import type {
  AppearanceWrites,
  StoredAppearance,
  StoredAppearanceFace,
} from '../../gallery/stores/appearances/appearance-store.ts';
import type { StrangerMemory } from '../strangers/stranger-memory.ts';
import type {
  Appearance,
  AppearanceBook,
  AppearanceFace,
  AppearanceFilter,
  Decision,
  NamingDecision,
  WhoItIs,
} from './appearance-types.ts';
import { asItWas, type Decisions, strangerAsItWas } from './decisions.ts';
import {
  type EnrolledKept,
  type EnrollKeptContext,
  enrollPlanned,
  planKept,
  plannedIds,
} from './enroll-kept.ts';
import { openPicture } from './picture-seal.ts';
import { readHomePage } from './read-home-page.ts';

/** What appearances and strangers work with. */
export interface KeptContext extends EnrollKeptContext {
  readonly decisions: Decisions;
  readonly memory: StrangerMemory;
}

/** See {@link AppearanceBook}. */
export class Appearances implements AppearanceBook {
  readonly #context: KeptContext;

  constructor(context: KeptContext) {
    this.#context = context;
  }

  async list(
    filter: AppearanceFilter = {},
  ): Promise<{ readonly items: readonly Appearance[]; readonly nextCursor: string | null }> {
    const { limit, after } = readHomePage(filter);
    const { stranger, cursor: _, limit: __, ...rest } = filter;
    const found = await this.#context.store.listAppearances({
      ...rest,
      ...{ limit: limit + 1, before: after === 0 ? undefined : after },
      strangerId: stranger === undefined ? undefined : this.#context.memory.idOf(stranger),
    });
    const rows = found.slice(0, limit);
    const nextCursor = found.length > limit ? String(rows.at(-1)!.seq) : null;
    return { items: await this.#describe(rows), nextCursor };
  }

  async get(id: string): Promise<Appearance | null> {
    const row = await this.#context.store.findAppearance(String(id));
    return row && (await this.#describe([row]))[0]!;
  }

  async picture(faceId: string): Promise<Uint8Array | null> {
    const found = await this.#context.store.findPicture(String(faceId));
    if (found === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no kept face with this id');
    return found.picture && openPicture(found.picture, faceId, this.#context.pictureKey);
  }

  async nameAs(id: string, who: WhoItIs): Promise<NamingDecision> {
    const { store, decisions, gallery } = this.#context;
    const row = await this.#require(id);
    const plan = await planKept(await store.facesOf([row.id]), who, this.#context);
    const { decision, done } = await decisions.makeInGallery({
      ...{ kind: 'name', planned: plannedIds(plan), inGallery: () => enrollPlanned(plan, gallery) },
      change: (rows, decisionId, enrolled) => nameRows(rows, [row.id], { enrolled, decisionId }),
    });
    return namingOf(decision, done);
  }

  async notPerson(id: string, personId?: string): Promise<Decision> {
    const { store, gallery, decisions } = this.#context;
    const row = await this.#require(id);
    const wrong = personId ?? row.personId;
    if (wrong === null)
      throw invalidArgument('whom it is not, since it is taken for nobody', 'personId', personId);
    const [face] = (await store.facesOf([row.id])).filter((one) => isMarkOf(one.model, gallery.embedder));
    const negativeIds = face ? [randomUUID()] : [];
    const { decision } = await decisions.makeInGallery({
      ...{ kind: 'not-person', planned: { negativeIds } },
      inGallery: async () => {
        // Without a face nothing can be learned of it, but this appearance is not the person.
        if (face) {
          const example = { embedding: face.embedding, source: `appearance ${row.id}` };
          await gallery.addNegative(wrong, { id: negativeIds[0], ...example });
        } else if ((await gallery.getPerson(wrong)) === null) {
          throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
        }
      },
      change: async (rows, decidedBy) => {
        const now = (await rows.findAppearance(row.id))!;
        const isWrong = now.personId === wrong;
        const notPersonIds = [...new Set([...now.facts.notPersonIds, wrong])];
        await rows.putAppearance({
          ...{ ...now, facts: { ...now.facts, notPersonIds } },
          ...(isWrong && { personId: null, decidedBy }),
        });
        return { personId: wrong, changes: { appearances: [asItWas(now)], negativeIds } };
      },
    });
    return decision;
  }

  async ignore(id: string): Promise<Decision> {
    const row = await this.#require(id);
    const { personId, strangerId } = row;
    if (personId === null && strangerId === null)
      throw invalidArgument('an appearance of a person or a stranger', 'id', id);
    return this.#context.decisions.make({
      ...{ kind: 'ignore', personId },
      change: async (rows) => {
        if (personId !== null) {
          const isIgnored = (await rows.ignoredPeople()).some((person) => person.id === personId);
          await rows.setPersonIgnored(personId, true);
          return { ignoredPerson: isIgnored };
        }
        const stranger = (await rows.strangerRow(strangerId!))!;
        await rows.putStranger({ ...stranger, isIgnored: true });
        return { strangers: [strangerAsItWas(stranger)] };
      },
    });
  }

  async delete(id: string): Promise<Decision> {
    const row = await this.#require(id);
    return this.#context.decisions.make({
      kind: 'delete',
      change: async (rows) => {
        await rows.setDeleted(row.id, new Date());
        return { appearances: [asItWas(row)] };
      },
    });
  }

  undo(decisionId: string): Promise<Decision> {
    return this.#context.decisions.undo(String(decisionId));
  }

  decisions(limit?: number): Promise<readonly Decision[]> {
    return this.#context.decisions.list(limit);
  }

  async #require(id: string): Promise<StoredAppearance> {
    const row = await this.#context.store.findAppearance(String(id));
    if (row === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no appearance with this id');
    return row;
  }

  async #describe(rows: readonly StoredAppearance[]): Promise<Appearance[]> {
    const { store } = this.#context;
    const faces = await store.facesOf(rows.map(({ id }) => id));
    const names = await store.peopleByIds(
      rows.flatMap(({ facts }) => facts.candidates.map(({ personId }) => personId)),
    );
    return rows.map((row) => {
      const { facts, personId, name } = row;
      return {
        ...{ id: row.id, camera: row.camera, place: row.place, zones: facts.zones, track: facts.track },
        ...{ startedAt: row.startedAt, lastSeenAt: row.lastSeenAt, endedAt: row.endedAt },
        person: personId !== null && name !== null ? { id: personId, name } : null,
        stranger: personId === null ? row.strangerId : null,
        ...{ ignored: row.isIgnored, decidedBy: row.decidedBy, spoof: facts.isSpoof },
        ...{ probability: facts.probability, distance: facts.distance },
        ...{ minProbability: facts.minProbability, maxDistance: facts.maxDistance },
        candidates: facts.candidates.flatMap(({ personId: id, probability, distance }) => {
          const called = names.get(id);
          return called === undefined ? [] : [{ id, name: called, probability, distance }];
        }),
        ...{ quality: facts.quality, model: facts.model, galleryRevision: facts.revision },
        cutOff: facts.isCutOff,
        faces: faces.filter(({ appearanceId }) => appearanceId === row.id).map(publicFace),
      };
    });
  }
}

/** A kept face as callers see it. */
export function publicFace({ id, takenAt, quality, hasPicture }: StoredAppearanceFace): AppearanceFace {
  return { id, takenAt, quality, hasPicture };
}

/** Gives appearances to a person. @returns what it changes, for an undo */
export async function nameRows(
  rows: AppearanceWrites,
  ids: readonly string[],
  { enrolled, decisionId }: { readonly enrolled: EnrolledKept; readonly decisionId: string },
) {
  const before = [];
  for (const id of ids) {
    const row = await rows.findAppearance(id);
    if (row === null) continue;
    before.push(asItWas(row));
    const named = { personId: enrolled.person.id, strangerId: null, decidedBy: decisionId };
    await rows.putAppearance({ ...row, ...named });
  }
  const changes = {
    ...{ appearances: before, faceIds: enrolled.newFaceIds },
    ...(enrolled.created && { createdPersonId: enrolled.person.id }),
  };
  return { personId: enrolled.person.id, changes };
}

/** A decision with what became of the faces. */
export function namingOf(
  decision: Decision,
  { person: { id, name }, created, enrolledFaceIds, leftOut }: EnrolledKept,
): NamingDecision {
  return { ...decision, person: { id, name }, created, enrolledFaceIds, leftOut };
}
