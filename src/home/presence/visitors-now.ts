import type { AppearanceReads, StoredAppearance } from '../../gallery/stores/appearances/appearance-store.ts';
import type { Visit } from './visit.ts';
import { type Visitor, visitorKey } from './visitor.ts';

/** What {@link visitorsNow} asks. */
export interface VisitorSources {
  readonly store: AppearanceReads;
  /** Whom a stranger turned out to be. */
  readonly strangerOf: (id: string) => string;
  /** The visits have ended: where their visitor is still known, nobody looks whether that was right. */
  readonly isOver?: boolean | undefined;
}

/** Who visits, or why nobody does: the visitor is `forgotten`, or somebody said that it was not they (`changed`). */
export type VisitorNow = Visitor | 'changed' | 'forgotten';

/**
 * Whose visits these are by what is kept: people may have been named, renamed, merged or deleted, by whomever.
 *
 * @returns by the visit's id, those alone that are somebody else's, or whose visitor is called or told otherwise
 * @remarks To be asked while no event is between the store and the presence. What the store does not have, because the
 * disk refused it, changes nothing.
 */
export async function visitorsNow(
  visits: readonly Visit[],
  sources: VisitorSources,
): Promise<ReadonlyMap<string, VisitorNow>> {
  const changed = new Map<string, VisitorNow>();
  if (visits.length === 0) return changed;
  const { store } = sources;
  const ids = visits.flatMap(({ personId }) => personId ?? []);
  const names = await store.peopleByIds(ids);
  const ignoredPeople = new Set((await store.ignoredPeople()).map(({ id }) => id));
  const person = (id: string, name: string): Visitor => ({
    ...{ label: name, personId: id, stranger: null, ignored: ignoredPeople.has(id) },
  });
  for (const visit of visits) {
    const now = await visitorNow(visit, { ...sources, names, person });
    if (typeof now === 'string' || visitorKey(now) !== visitorKey(visit) || !isTheSame(now, visit))
      changed.set(visit.id, now);
  }
  return changed;
}

interface Lookup extends VisitorSources {
  readonly names: ReadonlyMap<string, string>;
  readonly person: (id: string, name: string) => Visitor;
}

async function visitorNow(visit: Visit, lookup: Lookup): Promise<VisitorNow> {
  const own = await ownNow(visit, lookup);
  if (own !== null && lookup.isOver) return own;
  const row = visit.appearance === null ? null : await lookup.store.findAppearance(visit.appearance);
  const shown = row && (await shownBy(row, lookup));
  if (own === null) return shown ?? 'forgotten';
  // A face that nobody has recognized yet says nothing of the visit that it goes on with.
  if (row === null || (shown === null && row.decidedBy === null)) return own;
  if (shown !== null && visitorKey(shown) === visitorKey(own)) return own;
  return (await isSeenOtherwise(own, visit, lookup)) ? own : (shown ?? 'changed');
}

/** The visit's visitor, if there still is such a one. */
async function ownNow(visit: Visit, { store, strangerOf, names, person }: Lookup): Promise<Visitor | null> {
  const { label, personId, stranger, ignored } = visit;
  if (label !== null) {
    if (personId === null) return { label, personId, stranger, ignored };
    const name = names.get(personId);
    return name === undefined ? null : person(personId, name);
  }
  const id = strangerOf(stranger!);
  const row = await store.strangerRow(id);
  if (row === null) return { label, personId, stranger, ignored };
  // With all that was seen of them deleted, or given to a person.
  if ((await store.findStranger(id)) === null) return null;
  return { label, personId, stranger: id, ignored: row.isIgnored };
}

/** Whom the last appearance shows, by camera or decision. */
async function shownBy(
  { personId, name, strangerId, isIgnored }: StoredAppearance,
  { strangerOf, person }: Lookup,
): Promise<Visitor | null> {
  if (personId !== null) return name === null ? null : person(personId, name);
  if (strangerId === null) return null;
  return { label: null, personId: null, stranger: strangerOf(strangerId), ignored: isIgnored };
}

/** Whether another appearance of the time and place shows the visitor. */
async function isSeenOtherwise(
  { personId, stranger }: Visitor,
  { since, place }: Visit,
  { store }: Lookup,
): Promise<boolean> {
  const who = stranger === null ? { personId: personId ?? undefined } : { strangerId: stranger };
  const others = await store.listAppearances({ ...who, from: new Date(since), limit: 20 });
  return others.some((row) => (row.place ?? place) === place);
}

function isTheSame(a: Visitor, b: Visitor): boolean {
  return a.label === b.label && a.ignored === b.ignored;
}
