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

/** Makes decisions that can be undone. */
export class Decisions {
  readonly #store: AppearanceStore;
  readonly #gallery: Gallery;
  readonly #onChange: () => Promise<void>;

  /** @param onChange - called when something changed, before the promise of the change fulfils */
  constructor(store: AppearanceStore, gallery: Gallery, onChange: () => Promise<void>) {
    this.#store = store;
    this.#gallery = gallery;
    this.#onChange = onChange;
  }

  async make({ kind, isAutomatic = false, personId = null, change }: NewDecision): Promise<Decision> {
    const id = randomUUID();
    const row = await this.#store.transaction(async (rows) => {
      const changes = await change(rows, id);
      const made = { id, at: new Date(), kind, isAutomatic, personId, undoneAt: null, changes };
      await rows.insertDecision(made);
      return made;
    });
    await this.#onChange();
    return publicDecision(row);
  }

  async list(limit = 50): Promise<readonly Decision[]> {
    return (await this.#store.listDecisions(limit)).map(publicDecision);
  }

  /**
   * Takes a decision back, in the store and in the gallery.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_CONFLICT` where it is undone already, a later decision about the same
   * stands, or what was deleted is gone
   */
  async undo(id: string): Promise<Decision> {
    const at = new Date();
    const row = await this.#store.transaction(async (rows) => {
      const decision = await this.#undoable(rows, id);
      await restore(rows, decision);
      await rows.setUndone(id, at);
      return decision;
    });
    await this.#undoInGallery(row.changes);
    await this.#onChange();
    return publicDecision({ ...row, undoneAt: at });
  }

  async #undoable(rows: AppearanceWrites, id: string): Promise<DecisionRow> {
    const decision = await rows.findDecision(id);
    if (decision === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no decision with this id');
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

async function restore(rows: AppearanceWrites, { kind, personId, changes }: DecisionRow): Promise<void> {
  const isDeletion = kind === 'delete' || kind === 'delete-stranger';
  let found = 0;
  for (const { id, notPersonIds, ...before } of changes.appearances ?? []) {
    const row = await rows.findAppearance(id, true);
    if (row === null) continue;
    found++;
    await rows.putAppearance({ ...row, ...before, facts: { ...row.facts, notPersonIds } });
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
  if (changes.ignoredPerson !== undefined && personId !== null)
    await rows.setPersonIgnored(personId, changes.ignoredPerson);
}

function concerned({ changes, personId, kind }: DecisionRow): ReadonlySet<string> {
  const ids = [...(changes.appearances ?? []), ...(changes.strangers ?? [])].map(({ id }) => id);
  const isOfList = personId !== null && (kind === 'ignore-person' || kind === 'ignore');
  return new Set(isOfList ? [...ids, `ignored ${personId}`] : ids);
}

function publicDecision({ id, at, kind, isAutomatic, undoneAt, personId, changes }: DecisionRow): Decision {
  return {
    ...{ id, at, kind, automatic: isAutomatic, undoneAt, personId },
    appearanceIds: (changes.appearances ?? []).map((appearance) => appearance.id),
    strangerIds: (changes.strangers ?? []).map((stranger) => stranger.id),
  };
}

async function ifThere(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FaceTriggerError && error.code === 'ERR_NOT_FOUND')) throw error;
  }
}
