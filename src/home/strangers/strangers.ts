import { randomUUID } from 'node:crypto';
import { isMarkOf } from '../../core/embed/model-mark.ts';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import type { StoredStranger, StrangerRow } from '../../gallery/stores/appearances/appearance-store.ts';
import type { AppearancePerson, Decision, NamingDecision, WhoItIs } from '../appearances/appearance-types.ts';
import { type KeptContext, nameRows, namingOf, publicFace } from '../appearances/appearances.ts';
import { asItWas, strangerAsItWas } from '../appearances/decisions.ts';
import { enrollPlanned, planKept, plannedIds } from '../appearances/enroll-kept.ts';
import { readHomePage } from '../appearances/read-home-page.ts';
import type { Stranger, StrangerInbox } from './stranger-types.ts';

/** Faces that a list shows of one stranger. */
const SHOWN_FACES = 8;
/** Kept faces that are looked at when a stranger is named. */
const FACES_TO_CHOOSE = 200;
/** Somebody less probable is not suggested. */
const LEAST_SUGGESTION = 0.2;

/** See {@link StrangerInbox}. */
export class Strangers implements StrangerInbox {
  readonly #context: KeptContext;

  constructor(context: KeptContext) {
    this.#context = context;
  }

  async list(
    filter: {
      readonly limit?: number | undefined;
      readonly cursor?: string | null | undefined;
      readonly ignored?: boolean | undefined;
    } = {},
  ): Promise<{ readonly items: readonly Stranger[]; readonly nextCursor: string | null }> {
    const { limit, after } = readHomePage(filter);
    const page = { limit: limit + 1, offset: after, ignored: filter.ignored ?? false };
    const found = await this.#context.store.listStrangers(page);
    const nextCursor = found.length > limit ? String(after + limit) : null;
    return { items: await this.#describe(found.slice(0, limit)), nextCursor };
  }

  async get(id: string): Promise<Stranger | null> {
    const stranger = await this.#context.store.findStranger(this.#context.memory.idOf(String(id)));
    return stranger && (await this.#describe([stranger]))[0]!;
  }

  async name(id: string, who: WhoItIs): Promise<NamingDecision> {
    const { store, decisions, memory, gallery } = this.#context;
    const stranger = await this.#require(id);
    const appearances = await store.appearancesOf(stranger.id);
    const faces = await store.facesOfStrangers(FACES_TO_CHOOSE, [stranger.id]);
    const plan = await planKept(faces, who, this.#context);
    const ids = appearances.map((appearance) => appearance.id);
    const { decision, done } = await decisions.makeInGallery({
      ...{ kind: 'name-stranger', planned: plannedIds(plan) },
      inGallery: async () => {
        const enrolled = await enrollPlanned(plan, gallery);
        memory.forget(stranger.id);
        return enrolled;
      },
      change: async (rows, decisionId, enrolled) => {
        const { personId, changes } = await nameRows(rows, ids, { enrolled, decisionId });
        return { personId, changes: { ...changes, strangers: [strangerAsItWas(stranger)] } };
      },
    });
    return namingOf(decision, done);
  }

  merge(id: string, intoId: string): Promise<Decision> {
    return this.#merge(id, intoId, false);
  }

  /** Makes two strangers one on evidence. */
  mergeTwins(id: string, intoId: string): Promise<Decision> {
    return this.#merge(id, intoId, true);
  }

  async split(
    id: string,
    appearanceIds: readonly string[],
  ): Promise<Decision & { readonly strangerId: string }> {
    return this.#split(id, appearanceIds, false);
  }

  /** Gives an appearance that was taken for the wrong stranger one of its own, on evidence. */
  splitMistaken(id: string, appearanceId: string): Promise<Decision & { readonly strangerId: string }> {
    return this.#split(id, [appearanceId], true);
  }

  async ignore(id: string, isIgnored = true): Promise<Decision> {
    const stranger = await this.#require(id);
    return this.#context.decisions.make({
      kind: 'ignore-stranger',
      change: async (rows) => {
        await rows.putStranger({ ...stranger, isIgnored });
        return { strangers: [strangerAsItWas(stranger)] };
      },
    });
  }

  async delete(id: string): Promise<Decision> {
    const { store, decisions, memory } = this.#context;
    const stranger = await this.#require(id);
    const appearances = await store.appearancesOf(stranger.id);
    memory.forget(stranger.id);
    return decisions.make({
      kind: 'delete-stranger',
      change: async (rows) => {
        const at = new Date();
        for (const appearance of appearances) await rows.setDeleted(appearance.id, at);
        // So that whoever follows hears of it.
        await rows.putStranger(stranger);
        return { appearances: appearances.map(asItWas), strangers: [strangerAsItWas(stranger)] };
      },
    });
  }

  async ignored(): Promise<{
    readonly people: readonly AppearancePerson[];
    readonly strangers: readonly Stranger[];
  }> {
    const { store } = this.#context;
    const strangers = await store.listStrangers({ limit: 200, offset: 0, ignored: true });
    return { people: await store.ignoredPeople(), strangers: await this.#describe(strangers) };
  }

  async ignorePerson(personId: string, isIgnored: boolean): Promise<Decision> {
    const { gallery, decisions } = this.#context;
    if ((await gallery.getPerson(personId)) === null)
      throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
    return decisions.make({
      ...{ kind: 'ignore-person', personId },
      change: async (rows) => {
        const before = (await rows.ignoredPeople()).some(({ id }) => id === personId);
        await rows.setPersonIgnored(personId, isIgnored);
        return { ignoredPerson: before };
      },
    });
  }

  async #merge(id: string, intoId: string, isAutomatic: boolean): Promise<Decision> {
    const { store, decisions } = this.#context;
    const from = await this.#require(id);
    const into = await this.#require(intoId);
    if (from.id === into.id) throw invalidArgument('another stranger', 'intoId', intoId);
    const appearances = await store.appearancesOf(from.id);
    return decisions.make({
      ...{ kind: 'merge-strangers', isAutomatic },
      change: async (rows) => {
        for (const row of appearances) {
          const now = await rows.findAppearance(row.id);
          if (now?.strangerId === from.id) await rows.putAppearance({ ...now, strangerId: into.id });
        }
        await rows.putStranger({ ...from, mergedInto: into.id });
        // Who was not to be told is not told by the other's id either.
        await rows.putStranger({ ...into, isIgnored: into.isIgnored || from.isIgnored });
        return {
          appearances: appearances.map(asItWas),
          strangers: [strangerAsItWas(from), strangerAsItWas(into)],
        };
      },
    });
  }

  async #split(id: string, appearanceIds: readonly string[], isAutomatic: boolean) {
    const { store, decisions } = this.#context;
    const stranger = await this.#require(id);
    const own = await store.appearancesOf(stranger.id);
    const moved = own.filter((row) => appearanceIds.includes(row.id));
    if (moved.length === 0 || moved.length !== new Set(appearanceIds).size)
      throw invalidArgument('ids of appearances of this stranger', 'appearanceIds', appearanceIds);
    if (moved.length === own.length)
      throw invalidArgument('some of the appearances, but not all', 'appearanceIds', appearanceIds);
    const strangerId = `stranger-${randomUUID().slice(0, 8)}`;
    const decision = await decisions.make({
      ...{ kind: 'split-stranger', isAutomatic },
      change: async (rows) => {
        await rows.putStranger({ id: strangerId, createdAt: new Date(), isIgnored: false, mergedInto: null });
        for (const row of moved) await rows.putAppearance({ ...row, strangerId });
        await rows.putStranger(stranger);
        await rows.addApart([stranger.id, strangerId]);
        return {
          ...{ appearances: moved.map(asItWas), strangers: [strangerAsItWas(stranger)] },
          apart: [[stranger.id, strangerId] as const],
        };
      },
    });
    return { ...decision, strangerId };
  }

  async #require(id: string): Promise<StrangerRow> {
    const { store, memory } = this.#context;
    const found = await store.findStranger(memory.idOf(String(id)));
    if (found === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no stranger with this id');
    const { id: own, createdAt, isIgnored, mergedInto } = found;
    return { id: own, createdAt, isIgnored, mergedInto };
  }

  async #describe(strangers: readonly StoredStranger[]): Promise<Stranger[]> {
    const { store, gallery } = this.#context;
    const faces = await store.facesOfStrangers(
      SHOWN_FACES,
      strangers.map(({ id }) => id),
    );
    const described: Stranger[] = [];
    for (const { id, firstSeenAt, lastSeenAt, appearances, cameras, isIgnored } of strangers) {
      const own = faces.filter(({ strangerId }) => strangerId === id);
      const best = own.find((face) => isMarkOf(face.model, gallery.embedder));
      const options = { limit: 1, minProbability: LEAST_SUGGESTION };
      const [near] = best ? await gallery.search(best.embedding, options) : [];
      described.push({
        ...{ id, firstSeenAt, lastSeenAt, appearances, cameras, ignored: isIgnored },
        faces: own.map((face) => ({ ...publicFace(face), appearanceId: face.appearanceId })),
        suggestion: near ? { ...near.person, probability: near.probability } : null,
      });
    }
    return described;
  }
}
