import { invalidArgument } from '../core/errors.ts';

/** What is known of a face besides its looks. */
export interface FaceKnowledge {
  readonly id: string;
  readonly photoId?: string | undefined;
  readonly personId?: string | undefined;
  readonly not?: readonly string[] | undefined;
  readonly together?: string | undefined;
  readonly sides?: Readonly<Record<string, string>> | undefined;
}

/** By ids of divisions, the sides that a clump's faces are on. */
type Sides = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Who may be who, whatever faces look like: two faces of one photo are two people, two people with names are never one,
 * and nobody is a person whom somebody said it is not. Faces on two sides of a division are two people.
 *
 * @remarks All clumps of one named person count as that person, so a face is kept from every one of them. What a person
 * said counts more than a photo: two faces of one photo that carry one name stay together.
 */
export class IdentityRules {
  /** By clump, as far as it is alive. */
  readonly #persons: (string | null)[] = [];
  readonly #photos: (ReadonlySet<string> | null)[] = [];
  readonly #nots: (ReadonlySet<string> | null)[] = [];
  readonly #sides: (Sides | null)[] = [];
  /** Of each named person, over all clumps. */
  readonly #photosOfPerson = new Map<string, Set<string>>();
  readonly #sidesOfPerson = new Map<string, Sides>();

  constructor(parts: readonly (readonly FaceKnowledge[])[]) {
    for (const faces of parts) {
      const person = faces.find(({ personId }) => personId !== undefined)?.personId ?? null;
      this.#persons.push(person);
      this.#photos.push(setOf(faces.flatMap(({ photoId }) => photoId ?? [])));
      this.#nots.push(setOf(faces.flatMap(({ not }) => not ?? [])));
      this.#sides.push(sidesOf(faces));
      if (person !== null) this.#addTo(person, this.#sides.length - 1);
    }
  }

  /** Whose clump it is; `null` for nobody's. */
  personOf(clump: number): string | null {
    return this.#persons[clump]!;
  }

  /** Whether two living clumps may be one person. */
  mayMerge(a: number, b: number): boolean {
    const first = this.#persons[a]!;
    const second = this.#persons[b]!;
    if (first !== null && second !== null) return first === second;
    if (first !== null) return this.mayBe(b, first);
    if (second !== null) return this.mayBe(a, second);
    return areDisjoint(this.#photos[a]!, this.#photos[b]!) && !areApart(this.#sides[a]!, this.#sides[b]!);
  }

  /** Whether a clump of nobody's may be a named person. */
  mayBe(clump: number, person: string): boolean {
    if (this.#nots[clump]?.has(person)) return false;
    if (areApart(this.#sides[clump]!, this.#sidesOfPerson.get(person) ?? null)) return false;
    return areDisjoint(this.#photos[clump]!, this.#photosOfPerson.get(person) ?? null);
  }

  /** Tells that a clump became part of another, with which it may be merged. */
  merge(into: number, from: number): void {
    const person = this.#persons[into] ?? this.#persons[from] ?? null;
    if (person !== null) {
      for (const clump of [into, from]) if (this.#persons[clump] === null) this.#addTo(person, clump);
    }
    this.#persons[into] = person;
    this.#photos[into] = unite(this.#photos[into]!, this.#photos[from]!);
    this.#nots[into] = unite(this.#nots[into]!, this.#nots[from]!);
    this.#sides[into] = uniteSides(this.#sides[into]!, this.#sides[from]!);
    this.#photos[from] = this.#nots[from] = this.#sides[from] = null;
  }

  #addTo(person: string, clump: number): void {
    const known = this.#photosOfPerson.get(person) ?? new Set();
    for (const photo of this.#photos[clump] ?? []) known.add(photo);
    this.#photosOfPerson.set(person, known);
    const sides = uniteSides(this.#sidesOfPerson.get(person) ?? null, this.#sides[clump]!);
    if (sides !== null) this.#sidesOfPerson.set(person, sides);
  }
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a face that is said to be and not to be a person */
export function assertNoContradiction({ id, personId, not }: FaceKnowledge): void {
  if (personId !== undefined && not?.includes(personId)) {
    throw invalidArgument(`people other than '${personId}', who it is,`, `'not' of face '${id}'`, not);
  }
}

// Most faces stand alone and most say nothing: no set, no memory.
function setOf(items: readonly string[]): ReadonlySet<string> | null {
  return items.length > 0 ? new Set(items) : null;
}

function unite(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): ReadonlySet<string> | null {
  if (a === null || b === null) return a ?? b;
  const [more, fewer] = a.size < b.size ? [b, a] : [a, b];
  // The larger set grows: both clumps are gone, and nobody else holds their sets.
  const grown = more as Set<string>;
  for (const item of fewer) grown.add(item);
  return grown;
}

function areDisjoint(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): boolean {
  if (a === null || b === null) return true;
  const [more, fewer] = a.size < b.size ? [b, a] : [a, b];
  for (const item of fewer) if (more.has(item)) return false;
  return true;
}

function sidesOf(faces: readonly FaceKnowledge[]): Sides | null {
  let sides: Sides | null = null;
  for (const face of faces) {
    const own = Object.entries(face.sides ?? {}).map(([id, side]) => [id, new Set([side])] as const);
    if (own.length > 0) sides = uniteSides(sides, new Map(own));
  }
  return sides;
}

function uniteSides(a: Sides | null, b: Sides | null): Sides | null {
  if (a === null || b === null) return a ?? b;
  const united = new Map(a);
  for (const [id, sides] of b) united.set(id, new Set([...(united.get(id) ?? []), ...sides]));
  return united;
}

/** Whether a division has nothing of the one on a side where it has the other. Who is on both sides was put there. */
function areApart(a: Sides | null, b: Sides | null): boolean {
  if (a === null || b === null) return false;
  for (const [id, sides] of a) {
    const others = b.get(id);
    if (others !== undefined && areDisjoint(sides, others)) return true;
  }
  return false;
}
