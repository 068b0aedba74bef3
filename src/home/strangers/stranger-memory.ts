import { randomUUID } from 'node:crypto';
import { chooseVarious } from '../../gallery/choose-various.ts';
import type { StoredAppearanceFace, StrangerRow } from '../../gallery/stores/appearances/appearance-store.ts';
import type { StrangerResolver, UnknownFace, UnknownFaceContext } from '../../watch/stranger-resolver.ts';
import {
  JOIN_LOG_ODDS,
  MERGE_LOG_ODDS,
  type StrangerScale,
  sameStrangerLogOdds,
  type WeighedFace,
} from './same-stranger.ts';

/** Faces by which one stranger is known again, at most. */
export const EXEMPLARS = 12;
/** Strangers who are remembered at most. */
export const DEFAULT_MAX_STRANGERS = 2000;
/** Appearances whose stranger is remembered, so that it does not change while a face is followed. */
const APPEARANCES = 1000;

interface Exemplar extends WeighedFace {
  readonly appearance: string;
}

interface KnownStranger {
  readonly id: string;
  exemplars: Exemplar[];
  readonly apart: Set<string>;
  isIgnored: boolean;
  lastMs: number;
}

/** Options of {@link StrangerMemory}. */
export interface StrangerMemoryOptions {
  /** What distances mean: `Gallery.scale`. */
  readonly scale: StrangerScale;
  /** @defaultValue {@link DEFAULT_MAX_STRANGERS} */
  readonly maxStrangers?: number | undefined;
  /** @defaultValue random ids */
  readonly createId?: (() => string) | undefined;
}

/**
 * What is known of strangers, in memory, so that a camera's ledger need not wait for the store: it mirrors what is kept
 * there, and is ahead of it by the faces that are followed now.
 */
export class StrangerMemory implements StrangerResolver {
  readonly #scale: StrangerScale;
  readonly #maxStrangers: number;
  readonly #createId: () => string;
  readonly #strangers = new Map<string, KnownStranger>();
  readonly #aliases = new Map<string, string>();
  readonly #ofAppearance = new Map<string, string>();
  #newApart: (readonly [string, string])[] = [];

  constructor({ scale, maxStrangers = DEFAULT_MAX_STRANGERS, createId }: StrangerMemoryOptions) {
    this.#scale = scale;
    this.#maxStrangers = maxStrangers;
    this.#createId = createId ?? (() => `stranger-${randomUUID().slice(0, 8)}`);
  }

  get size(): number {
    return this.#strangers.size;
  }

  resolve(
    faces: readonly UnknownFace[],
    { timeMs, appearance, exclude }: UnknownFaceContext,
  ): { readonly id: string; readonly isNew: boolean } {
    const elsewhere = new Set([...exclude].map((id) => this.idOf(id)));
    const before = this.#ofAppearance.get(appearance);
    const known = before === undefined ? null : this.#find(before);
    const found = known && !elsewhere.has(known.id) ? known : this.#nearest(faces, elsewhere);
    const stranger = found ?? this.#add(this.#createId(), timeMs);
    this.#learn(stranger, faces, appearance);
    stranger.lastMs = Math.max(stranger.lastMs, timeMs);
    for (const id of elsewhere) this.#setApart(stranger.id, id);
    this.#ofAppearance.delete(appearance);
    this.#ofAppearance.set(appearance, stranger.id);
    if (this.#ofAppearance.size > APPEARANCES) {
      const [oldest] = this.#ofAppearance.keys();
      this.#ofAppearance.delete(oldest!);
    }
    return { id: stranger.id, isNew: found === null };
  }

  touch(id: string, timeMs: number): void {
    const stranger = this.#find(id);
    if (stranger) stranger.lastMs = Math.max(stranger.lastMs, timeMs);
  }

  /** Whom an id means now: the stranger whom it was merged into, or itself. */
  idOf(id: string): string {
    let current = id;
    for (let hops = 0; hops < 100; hops++) {
      const next = this.#aliases.get(current);
      if (next === undefined) return current;
      current = next;
    }
    return current;
  }

  isIgnored(id: string): boolean {
    return this.#find(id)?.isIgnored ?? false;
  }

  /** Pairs that were seen to be two people and are not kept yet. */
  get newApart(): readonly (readonly [string, string])[] {
    return this.#newApart;
  }

  /** These pairs are kept now. */
  keptApart(pairs: readonly (readonly [string, string])[]): void {
    this.#newApart = this.#newApart.filter((pair) => !pairs.includes(pair));
  }

  /** The stranger that another one is, on evidence alone; `null` for nobody. */
  twinOf(id: string): string | null {
    const stranger = this.#find(id);
    if (!stranger) return null;
    let best: string | null = null;
    let bestOdds = MERGE_LOG_ODDS;
    for (const other of this.#strangers.values()) {
      if (other === stranger || stranger.apart.has(other.id) || other.apart.has(stranger.id)) continue;
      const odds = this.#odds(stranger.exemplars, other.exemplars);
      if (odds > bestOdds) [best, bestOdds] = [other.id, odds];
    }
    return best;
  }

  /** Whether the faces of an appearance say clearly that it is not the stranger whom it was taken for. */
  isMistaken(appearance: string, id: string, faces: readonly WeighedFace[]): boolean {
    const stranger = this.#find(id);
    const others = stranger?.exemplars.filter((exemplar) => exemplar.appearance !== appearance) ?? [];
    if (others.length === 0 || faces.length < 2) return false;
    return sameStrangerLogOdds(faces, others, { ...this.#scale, strangers: 1 }) < -MERGE_LOG_ODDS;
  }

  /** Takes what the store says of a stranger in place of what is known. */
  set(row: StrangerRow, faces: readonly StoredAppearanceFace[], apart: readonly string[]): void {
    if (row.mergedInto !== null) {
      this.#strangers.delete(row.id);
      this.#aliases.set(row.id, row.mergedInto);
      return;
    }
    this.#aliases.delete(row.id);
    // Nothing is left of somebody who was named or deleted; of a face that is followed now, nothing may be kept yet.
    if (faces.length === 0) {
      const isFollowed = [...this.#ofAppearance.values()].includes(row.id);
      if (!isFollowed) this.#strangers.delete(row.id);
      return;
    }
    const lastMs = Math.max(...faces.map(({ takenAt }) => takenAt.getTime()));
    const stranger = this.#strangers.get(row.id) ?? this.#add(row.id, lastMs);
    stranger.isIgnored = row.isIgnored;
    stranger.exemplars = chooseVarious(
      faces.map(({ embedding, quality, appearanceId }) => ({ embedding, quality, appearance: appearanceId })),
      EXEMPLARS,
      this.#scale.distance,
    );
    stranger.apart.clear();
    for (const id of apart) stranger.apart.add(id);
    for (const { appearanceId } of faces)
      if (this.#ofAppearance.has(appearanceId)) this.#ofAppearance.set(appearanceId, row.id);
  }

  /** Forgets somebody who was named or deleted. */
  forget(id: string): void {
    this.#strangers.delete(id);
    for (const [appearance, stranger] of this.#ofAppearance)
      if (stranger === id) this.#ofAppearance.delete(appearance);
  }

  #find(id: string): KnownStranger | null {
    return this.#strangers.get(this.idOf(id)) ?? null;
  }

  #nearest(faces: readonly UnknownFace[], elsewhere: ReadonlySet<string>): KnownStranger | null {
    let best: KnownStranger | null = null;
    let bestOdds = JOIN_LOG_ODDS;
    for (const stranger of this.#strangers.values()) {
      if (elsewhere.has(stranger.id)) continue;
      const odds = this.#odds(faces, stranger.exemplars);
      if (odds > bestOdds) [best, bestOdds] = [stranger, odds];
    }
    return best;
  }

  #odds(some: readonly WeighedFace[], others: readonly WeighedFace[]): number {
    return sameStrangerLogOdds(some, others, { ...this.#scale, strangers: this.#strangers.size });
  }

  #add(id: string, lastMs: number): KnownStranger {
    const stranger = { id, exemplars: [], apart: new Set<string>(), isIgnored: false, lastMs };
    this.#strangers.set(id, stranger);
    if (this.#strangers.size > this.#maxStrangers) {
      let oldest: KnownStranger | null = null;
      for (const one of this.#strangers.values())
        if (one !== stranger && (oldest === null || one.lastMs < oldest.lastMs)) oldest = one;
      if (oldest) this.#strangers.delete(oldest.id);
    }
    return stranger;
  }

  #learn(stranger: KnownStranger, faces: readonly UnknownFace[], appearance: string): void {
    const known = new Set(stranger.exemplars.map(({ embedding }) => embedding));
    const added = faces
      .filter(({ embedding }) => !known.has(embedding))
      .map(({ embedding, quality }) => ({ embedding, quality, appearance }));
    const all = [...stranger.exemplars, ...added];
    stranger.exemplars = chooseVarious(all, EXEMPLARS, this.#scale.distance);
  }

  #setApart(a: string, b: string): void {
    if (a === b) return;
    const one = this.#strangers.get(a);
    const other = this.#strangers.get(b);
    if (!one || !other || one.apart.has(b)) return;
    one.apart.add(b);
    other.apart.add(a);
    this.#newApart.push([a, b]);
  }
}
