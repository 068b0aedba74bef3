import type { FaceRow, MergeRow, NegativeRow, PersonRow } from '../gallery-store.ts';
import { LayeredMap, type ReadableMap } from './layered-map.ts';

/** A merge with the numbers of what moved. */
export interface MergeEntry extends MergeRow {
  readonly faces: readonly number[];
  readonly negatives: readonly number[];
}

/** Rows by number, and what finds them by something else. */
interface Kinds {
  readonly people: readonly [number, PersonRow];
  readonly faces: readonly [number, FaceRow];
  readonly negatives: readonly [number, NegativeRow];
  readonly merges: readonly [number, MergeEntry];
  readonly notes: readonly [string, string];
  readonly personIds: readonly [string, number];
  readonly personNames: readonly [string, number];
  readonly faceIds: readonly [string, number];
  readonly negativeIds: readonly [string, number];
  /** Numbers of the faces of each person, rising. */
  readonly facesOf: readonly [number, readonly number[]];
}

/** Tables as they can be read. */
export type ReadableTables = {
  readonly [Kind in keyof Kinds]: ReadableMap<Kinds[Kind][0], Kinds[Kind][1]>;
};

/** Tables that a transaction writes. */
export type LayeredTables = {
  readonly [Kind in keyof Kinds]: LayeredMap<Kinds[Kind][0], Kinds[Kind][1]>;
};

/** Tables of a store. */
export type Tables = { readonly [Kind in keyof Kinds]: Map<Kinds[Kind][0], Kinds[Kind][1]> };

/** Tables without a row. */
export function emptyTables(): Tables {
  return {
    people: new Map(),
    faces: new Map(),
    negatives: new Map(),
    merges: new Map(),
    notes: new Map(),
    personIds: new Map(),
    personNames: new Map(),
    faceIds: new Map(),
    negativeIds: new Map(),
    facesOf: new Map(),
  };
}

/** Tables whose changes do not touch those below. */
export function layered(tables: Tables): LayeredTables {
  return {
    people: new LayeredMap(tables.people),
    faces: new LayeredMap(tables.faces),
    negatives: new LayeredMap(tables.negatives),
    merges: new LayeredMap(tables.merges),
    notes: new LayeredMap(tables.notes),
    personIds: new LayeredMap(tables.personIds),
    personNames: new LayeredMap(tables.personNames),
    faceIds: new LayeredMap(tables.faceIds),
    negativeIds: new LayeredMap(tables.negativeIds),
    facesOf: new LayeredMap(tables.facesOf),
  };
}
