import { invalidArgument } from '../core/errors.ts';
import type { FaceKnowledge } from './identity-rules.ts';

/** What one grouping hands to the next: plain JSON, without embeddings. */
export interface ClusterState {
  readonly version: 1;
  /** The number in the id of the next group. */
  readonly next: number;
  /** How many faces there were when all of them were last grouped anew. */
  readonly grouped: number;
  /** How far the faces about a face are, for most: see {@link PartState.reach}. */
  readonly reach: number;
  readonly groups: readonly {
    readonly id: string;
    /** A named person's group has several parts where its faces look too different; others have one. */
    readonly parts: readonly PartState[];
  }[];
  /** Faces that were seen and belong to no group, each a part of its own. */
  readonly outliers: readonly PartState[];
}

/** Faces that look like one person. */
export interface PartState {
  readonly faceIds: readonly string[];
  /** Mean distance to the farther half of the nearest faces: where faces crowd, they have to be nearer to be one person. */
  readonly reach: number;
}

/** Faces that start out together. */
export interface StartPart {
  /** Places in the list of faces. */
  readonly rows: readonly number[];
  /** The group that they were in; `null` for none. */
  readonly groupId: string | null;
  /** Whether it is compared with everything: new faces, and those that a decision moved. */
  readonly fresh: boolean;
  /** As it was; `null` for fresh ones. */
  readonly reach: number | null;
}

/**
 * A collection that has grown to this many times of what was last grouped as a whole is grouped anew: among few faces
 * two who look alike are taken for one too soon, and such a group would stay.
 */
const GROWTH = 2;

/** Whether all faces are grouped anew. */
export function isGroupedAnew(faces: number, state: ClusterState | undefined): boolean {
  return state === undefined || faces >= GROWTH * state.grouped;
}

/**
 * What the groups of an earlier call are now, by what is known of their faces today.
 *
 * @remarks Faces that are gone are left out. Where somebody has decided since, the decision holds: faces with another
 * name than most of their part leave it, and so do nameless ones that are said not to be that person or stand beside
 * one in a photo. Everything else stays where it was.
 */
export function startParts(faces: readonly FaceKnowledge[], state: ClusterState | undefined): StartPart[] {
  const rowOf = new Map(faces.map(({ id }, row) => [id, row]));
  const photosOf = photosOfPeople(faces);
  const parts: StartPart[] = [];
  const known = new Set<number>();
  const take = (id: string): number[] => {
    const row = rowOf.get(id);
    if (row === undefined || known.has(row)) return [];
    known.add(row);
    return [row];
  };
  for (const { id: groupId, parts: old } of state?.groups ?? []) {
    for (const { faceIds, reach } of old) {
      const rows = faceIds.flatMap(take);
      if (rows.length === 0) continue;
      const { staying, leaving } = applyDecisions(rows, faces, photosOf);
      parts.push({ rows: staying, groupId, fresh: false, reach });
      for (const apart of leaving) parts.push({ rows: apart, groupId: null, fresh: true, reach: null });
    }
  }
  for (const { faceIds, reach } of state?.outliers ?? []) {
    for (const row of faceIds.flatMap(take)) parts.push({ rows: [row], groupId: null, fresh: false, reach });
  }
  for (const row of faces.keys()) {
    if (!known.has(row)) parts.push({ rows: [row], groupId: null, fresh: true, reach: null });
  }
  if (!isGroupedAnew(faces.length, state)) return uniteTogether(parts, faces);
  const anew = parts.flatMap(({ rows, groupId }) =>
    rows.map((row) => ({ rows: [row], groupId, fresh: true, reach: null })),
  );
  return uniteTogether(anew, faces);
}

/** Parts that are one by what somebody said, with who is in them. */
interface United {
  readonly rows: number[];
  readonly groupId: string | null;
  readonly people: ReadonlySet<string>;
  readonly nots: ReadonlySet<string>;
}

/** Makes one part of those whose faces somebody said to be one person, unless they have names that differ. */
function uniteTogether(parts: readonly StartPart[], faces: readonly FaceKnowledge[]): StartPart[] {
  const leaders = [...parts.keys()];
  const leaderOf = (index: number): number => {
    let leader = index;
    while (leaders[leader] !== leader) leader = leaders[leader] = leaders[leaders[leader]!]!;
    return leader;
  };
  const united = new Map<number, United>();
  const firstOf = new Map<string, number>();
  for (const [index, { rows }] of parts.entries()) {
    for (const together of new Set(rows.flatMap((row) => faces[row]!.together ?? []))) {
      const first = firstOf.get(together);
      if (first === undefined) firstOf.set(together, index);
      const [into, from] = [leaderOf(first ?? index), leaderOf(index)];
      if (into === from) continue;
      const a = united.get(into) ?? whoIsIn(parts[into]!, faces);
      const b = united.get(from) ?? whoIsIn(parts[from]!, faces);
      if (!mayUnite(a, b)) continue;
      united.set(into, unitePair(a, b));
      united.delete(from);
      leaders[from] = into;
    }
  }
  return parts.flatMap((part, index) => {
    if (leaders[index] !== index) return [];
    const whole = united.get(index);
    return whole ? { rows: whole.rows, groupId: whole.groupId, fresh: true, reach: null } : part;
  });
}

function whoIsIn({ rows, groupId }: StartPart, faces: readonly FaceKnowledge[]): United {
  return {
    ...{ rows: [...rows], groupId },
    people: new Set(rows.flatMap((row) => faces[row]!.personId ?? [])),
    nots: new Set(rows.flatMap((row) => faces[row]!.not ?? [])),
  };
}

function mayUnite(a: United, b: United): boolean {
  const people = new Set([...a.people, ...b.people]);
  const [person] = people;
  return people.size < 2 && (person === undefined || !(a.nots.has(person) || b.nots.has(person)));
}

/** The longer list grows, as nobody else holds it: all of a large group's faces may come one by one. */
function unitePair(a: United, b: United): United {
  const larger = b.groupId !== null && (a.groupId === null || b.rows.length > a.rows.length) ? b : a;
  const [long, short] = a.rows.length < b.rows.length ? [b, a] : [a, b];
  for (const row of short.rows) long.rows.push(row);
  return {
    ...{ rows: long.rows, groupId: larger.groupId },
    people: new Set([...a.people, ...b.people]),
    nots: short.nots.size === 0 ? long.nots : new Set([...a.nots, ...b.nots]),
  };
}

/** Photos in which somebody said where each person is. */
function photosOfPeople(faces: readonly FaceKnowledge[]): Map<string, Set<string>> {
  const photosOf = new Map<string, Set<string>>();
  for (const { personId, photoId } of faces) {
    if (personId === undefined || photoId === undefined) continue;
    photosOf.set(personId, (photosOf.get(personId) ?? new Set()).add(photoId));
  }
  return photosOf;
}

/** Divides a part by what is known of its faces: those of its person and those that may be, and all others. */
function applyDecisions(
  rows: readonly number[],
  faces: readonly FaceKnowledge[],
  photosOf: ReadonlyMap<string, Set<string>>,
): { readonly staying: number[]; readonly leaving: number[][] } {
  const named = new Map<string, number[]>();
  for (const row of rows) {
    const { personId } = faces[row]!;
    if (personId !== undefined) named.set(personId, [...(named.get(personId) ?? []), row]);
  }
  const [person, own] = [...named].reduce<readonly [string | null, readonly number[]]>(
    (most, entry) => (entry[1].length > most[1].length ? entry : most),
    [null, []],
  );
  const staying = [...own];
  const leaving = [...named].filter(([other]) => other !== person).map(([, others]) => others);
  // Nameless faces of all parts of a person stand in different photos; so do those of a part of nobody's.
  const photos = (person === null ? undefined : photosOf.get(person)) ?? new Set<string>();
  for (const row of rows) {
    const { personId, photoId, not } = faces[row]!;
    if (personId !== undefined) continue;
    const away = (person !== null && not?.includes(person)) || (photoId !== undefined && photos.has(photoId));
    if (away) leaving.push([row]);
    else {
      staying.push(row);
      if (photoId !== undefined) photos.add(photoId);
    }
  }
  return { staying, leaving };
}

/** A state after which all faces are grouped anew, for embeddings of another model; groups keep their ids as far as they can. */
export function forOtherEmbeddings(state: ClusterState): ClusterState {
  return { ...state, grouped: 0 };
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for what no earlier call can have ended with */
export function assertState(state: ClusterState): void {
  const isText = (value: unknown) => typeof value === 'string';
  const isPart = (part: PartState) =>
    Array.isArray(part?.faceIds) && part.faceIds.every(isText) && Number.isFinite(part.reach);
  const areParts = (parts: readonly PartState[]) => Array.isArray(parts) && parts.every(isPart);
  const whole =
    state?.version === 1 &&
    Number.isSafeInteger(state.next) &&
    Number.isSafeInteger(state.grouped) &&
    Number.isFinite(state.reach) &&
    areParts(state.outliers) &&
    Array.isArray(state.groups) &&
    state.groups.every((group) => isText(group?.id) && areParts(group.parts));
  if (!whole) throw invalidArgument("the 'state' of an earlier result, version 1,", 'options.state', state);
}
