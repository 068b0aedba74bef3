import { invalidArgument } from '../core/errors.ts';

/** What is known of a face besides its looks. */
export interface FaceKnowledge {
  readonly id: string;
  readonly photoId?: string | undefined;
  readonly personId?: string | undefined;
  readonly not?: readonly string[] | undefined;
}

/**
 * Who may be who, whatever faces look like: two faces of one photo are two people, two people with names are never one,
 * and nobody is a person whom somebody said it is not.
 *
 * @remarks All clumps of one named person count as that person, so a face is kept from every one of them. What a person
 * said counts more than a photo: two faces of one photo that carry one name stay together.
 */
export class IdentityRules {
  /** By clump, as far as it is alive. */
  readonly #persons: (string | null)[] = [];
  readonly #photos: (ReadonlySet<string> | null)[] = [];
  readonly #nots: (ReadonlySet<string> | null)[] = [];
  /** Of each named person, over all clumps. */
  readonly #photosOfPerson = new Map<string, Set<string>>();

  constructor(parts: readonly (readonly FaceKnowledge[])[]) {
    for (const faces of parts) {
      const person = faces.find(({ personId }) => personId !== undefined)?.personId ?? null;
      this.#persons.push(person);
      this.#photos.push(setOf(faces.flatMap(({ photoId }) => photoId ?? [])));
      this.#nots.push(setOf(faces.flatMap(({ not }) => not ?? [])));
      if (person !== null) this.#addPhotos(person, this.#photos.at(-1)!);
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
    return areDisjoint(this.#photos[a]!, this.#photos[b]!);
  }

  /** Whether a clump of nobody's may be a named person. */
  mayBe(clump: number, person: string): boolean {
    if (this.#nots[clump]?.has(person)) return false;
    return areDisjoint(this.#photos[clump]!, this.#photosOfPerson.get(person) ?? null);
  }

  /** Tells that a clump became part of another, with which it may be merged. */
  merge(into: number, from: number): void {
    const person = this.#persons[into] ?? this.#persons[from] ?? null;
    if (person !== null) {
      for (const clump of [into, from])
        if (this.#persons[clump] === null) this.#addPhotos(person, this.#photos[clump]!);
    }
    this.#persons[into] = person;
    this.#photos[into] = unite(this.#photos[into]!, this.#photos[from]!);
    this.#nots[into] = unite(this.#nots[into]!, this.#nots[from]!);
    this.#photos[from] = this.#nots[from] = null;
  }

  #addPhotos(person: string, photos: ReadonlySet<string> | null): void {
    const known = this.#photosOfPerson.get(person) ?? new Set();
    for (const photo of photos ?? []) known.add(photo);
    this.#photosOfPerson.set(person, known);
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
