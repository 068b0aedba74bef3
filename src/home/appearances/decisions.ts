import { randomUUID } from 'node:crypto';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type {
  AppearanceStore,
  AppearanceWrites,
  DecisionChanges,
  DecisionKind,
  DecisionRow,
  StoredAppearance,
  StrangerRow,
} from '../../gallery/stores/appearances/appearance-store.ts';
import type { Decision } from './appearance-types.ts';

/** How many decisions are looked through for one that stands in the way of an undo. */
const LOOKED_THROUGH = 1000;

/** What is asked of {@link Decisions.make}. */
export interface NewDecision {
  readonly kind: DecisionKind;
  readonly isAutomatic?: boolean | undefined;
  readonly personId?: string | null | undefined;
  /** Does it. @returns what it changed, as it was before */
  readonly change: (rows: AppearanceWrites, decisionId: string) => Promise<DecisionChanges>;
}

/** What is asked of {@link Decisions.makeInGallery}. */
export interface NewGalleryDecision<Done> {
  readonly kind: DecisionKind;
  /** What is going to be new in the gallery, by the ids that it will have. */
  readonly planned: Pick<DecisionChanges, 'faceIds' | 'negativeIds' | 'createdPersonId'>;
  /** Does it in the gallery. */
  readonly inGallery: () => Promise<Done>;
  /** Does the rest. @returns whom it is about, and what it changed, as it was before */
  readonly change: (
    rows: AppearanceWrites,
    decisionId: string,
    done: Done,
  ) => Promise<{ readonly personId: string; readonly changes: DecisionChanges }>;
}

/**
 * Makes decisions that can be undone.
 *
 * @remarks The gallery and what is kept of appearances are changed in transactions of their own. What is going to be
 * changed in the gallery is written down before, so that whoever starts next can take back what was left half done.
 */
export class Decisions {
  readonly #store: AppearanceStore;
  readonly #gallery: Gallery;
  readonly #onChange: () => Promise<void>;
  readonly #log: (message: string) => void;

  /**
   * @param options.onChange - called when something changed, before the promise of the change fulfils
   * @param options.log - told what is left half done for now
   */
  constructor(
    store: AppearanceStore,
    gallery: Gallery,
    options: { readonly onChange: () => Promise<void>; readonly log: (message: string) => void },
  ) {
    this.#store = store;
    this.#gallery = gallery;
    this.#onChange = options.onChange;
    this.#log = options.log;
  }

  async make({ kind, isAutomatic = false, personId = null, change }: NewDecision): Promise<Decision> {
    const id = randomUUID();
    const row = await this.#store.transaction(async (rows) => {
      const changes = await change(rows, id);
      const made = { id, at: new Date(), kind, isAutomatic, personId, undoneAt: null, changes };
      await rows.putDecision(made);
      return made;
    });
    await this.#onChange();
    return publicDecision(row);
  }

  /** Makes a decision that changes the gallery too. @throws what its parts throw; then all is as it was */
  async makeInGallery<Done>({
    kind,
    planned,
    inGallery,
    change,
  }: NewGalleryDecision<Done>): Promise<{ readonly decision: Decision; readonly done: Done }> {
    const id = randomUUID();
    const plain = { id, at: new Date(), kind, isAutomatic: false, personId: null, undoneAt: null };
    const begun: DecisionRow = { ...plain, changes: { ...planned, pending: 'begun' } };
    await this.#store.transaction((rows) => rows.putDecision(begun));
    let done: Done;
    let row: DecisionRow;
    try {
      done = await inGallery();
      row = await this.#store.transaction(async (rows) => {
        const made = { ...begun, ...(await change(rows, id, done)) };
        await rows.putDecision(made);
        return made;
      });
    } catch (error) {
      await this.#finish(begun).catch((failure: Error) =>
        this.#log(`a decision (${kind}) failed and is half done; it is taken back later: ${failure.message}`),
      );
      throw error;
    }
    await this.#onChange();
    return { decision: publicDecision(row), done };
  }

  /** Takes back or ends what a process left half done in the gallery. @param olderThanMs - younger ones may be under way */
  async settle(olderThanMs: number): Promise<void> {
    const before = Date.now() - olderThanMs;
    for (const row of await this.#store.listDecisions(LOOKED_THROUGH)) {
      const isLeft = row.changes.pending !== undefined && (row.undoneAt ?? row.at).getTime() <= before;
      if (isLeft) await this.#finish(row);
    }
  }

  async list(limit = 50): Promise<readonly Decision[]> {
    const rows = await this.#store.listDecisions(limit);
    return rows.filter(({ changes }) => changes.pending !== 'begun').map((row) => publicDecision(row));
  }

  /**
   * Takes a decision back, in the store and in the gallery.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_CONFLICT` where it is undone already, a later decision about the same
   * stands, or what was deleted is gone
   */
  async undo(id: string): Promise<Decision> {
    const undoneAt = new Date();
    const { row, ownerless } = await this.#store.transaction(async (rows) => {
      const decision = await this.#undoable(rows, id);
      const ownerless = await restore(rows, decision);
      // Whoever was made for it goes with the undo, and would take the decision along.
      const changes: DecisionChanges = { ...decision.changes, pending: 'undoing' };
      const row = { ...decision, undoneAt, changes };
      await rows.putDecision({ ...row, personId: null });
      return { row, ownerless };
    });
    await this.#finish({ ...row, personId: null });
    await this.#onChange();
    return publicDecision(row, ownerless);
  }

  /** Ends what is pending: what a decision made in the gallery goes. */
  async #finish({ changes: { pending, ...changes }, ...row }: DecisionRow): Promise<void> {
    await this.#undoInGallery(changes);
    await this.#store.transaction(async (rows) => {
      if (pending === 'begun') await rows.deleteDecision(row.id);
      else await rows.putDecision({ ...row, changes });
    });
  }

  async #undoable(rows: AppearanceWrites, id: string): Promise<DecisionRow> {
    const decision = await rows.findDecision(id);
    if (decision === null || decision.changes.pending === 'begun')
      throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no decision with this id');
    if (decision.undoneAt !== null)
      throw new FaceTriggerError('ERR_CONFLICT', 'This decision is undone already');
    const own = concerned(decision);
    for (const later of await rows.listDecisions(LOOKED_THROUGH)) {
      if (later.id === id) break;
      if (later.undoneAt !== null || ![...concerned(later)].some((one) => own.has(one))) continue;
      const message = `A later decision (${later.kind}, ${later.id}) about the same stands in the way: undo that first`;
      throw new FaceTriggerError('ERR_CONFLICT', message);
    }
    return decision;
  }

  async #undoInGallery({ faceIds = [], negativeIds = [], createdPersonId }: DecisionChanges): Promise<void> {
    for (const id of faceIds) await ifThere(() => this.#gallery.deleteFace(id));
    for (const id of negativeIds) await ifThere(() => this.#gallery.deleteNegative(id));
    if (createdPersonId === undefined) return;
    const person = await this.#gallery.getPerson(createdPersonId);
    // Somebody may have added photos meanwhile.
    if (person?.faces === 0) await ifThere(() => this.#gallery.deletePerson(createdPersonId));
  }
}

/** What a decision remembers of an appearance. */
export function asItWas({ id, personId, strangerId, decidedBy, facts }: StoredAppearance) {
  return { id, personId, strangerId, decidedBy, notPersonIds: facts.notPersonIds };
}

/** What a decision remembers of a stranger. */
export function strangerAsItWas({ id, isIgnored, mergedInto }: StrangerRow) {
  return { id, isIgnored, mergedInto };
}

/** @returns ids of appearances that were somebody's who is in the gallery no more: they are nobody's now */
async function restore(
  rows: AppearanceWrites,
  { kind, personId, changes }: DecisionRow,
): Promise<readonly string[]> {
  const owners = (changes.appearances ?? []).map((before) => before.personId);
  const people = await rows.peopleByIds([...owners, personId].filter((id) => id !== null));
  const ownerless: string[] = [];
  const isDeletion = kind === 'delete' || kind === 'delete-stranger';
  let found = 0;
  for (const { id, notPersonIds, ...before } of changes.appearances ?? []) {
    const row = await rows.findAppearance(id, true);
    if (row === null) continue;
    found++;
    const isOwned = before.personId === null || people.has(before.personId);
    if (!isOwned) ownerless.push(id);
    const { personId: owner } = isOwned ? before : { personId: null };
    await rows.putAppearance({ ...row, ...before, personId: owner, facts: { ...row.facts, notPersonIds } });
    if (isDeletion) await rows.setDeleted(id, null);
  }
  if (isDeletion && found === 0) {
    const message = 'What was deleted is gone: it could be had back for a day';
    throw new FaceTriggerError('ERR_CONFLICT', message);
  }
  for (const before of changes.strangers ?? []) {
    const row = await rows.strangerRow(before.id);
    await rows.putStranger({ createdAt: new Date(), ...row, ...before });
  }
  for (const pair of changes.apart ?? []) await rows.removeApart(pair);
  if (changes.ignoredPerson !== undefined && personId !== null && people.has(personId))
    await rows.setPersonIgnored(personId, changes.ignoredPerson);
  return ownerless;
}

function concerned({ changes, personId, kind }: DecisionRow): ReadonlySet<string> {
  const ids = [...(changes.appearances ?? []), ...(changes.strangers ?? [])].map(({ id }) => id);
  const isOfList = personId !== null && (kind === 'ignore-person' || kind === 'ignore');
  return new Set(isOfList ? [...ids, `ignored ${personId}`] : ids);
}

function publicDecision(
  { id, at, kind, isAutomatic, undoneAt, personId, changes }: DecisionRow,
  ownerless: readonly string[] = [],
): Decision {
  return {
    ...{ id, at, kind, automatic: isAutomatic, undoneAt, personId },
    appearanceIds: (changes.appearances ?? []).map((appearance) => appearance.id),
    strangerIds: (changes.strangers ?? []).map((stranger) => stranger.id),
    ...(ownerless.length > 0 && { ownerless }),
  };
}

async function ifThere(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FaceTriggerError && error.code === 'ERR_NOT_FOUND')) throw error;
  }
}
