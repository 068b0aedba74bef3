import { namePeople, type PlannedName } from '../decide/name-people.ts';
import type { PhotoLibrary } from '../library.ts';

/** What naming works with. */
export type NamingContext = Pick<PhotoLibrary, 'gallery' | 'store'>;

/** What {@link namePlanned} did. */
export interface NamedPlanned {
  /** Undoes all of it; `null` where there was nothing to do. */
  readonly decisionId: string | null;
  readonly faces: number;
  /** Faces that people are recognized by from now on. */
  readonly enrolled: number;
  readonly createdPeople: readonly string[];
}

/**
 * Names faces as planned, in one decision, and enrolls the good and various ones of each name.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a name that no person may have
 */
export async function namePlanned(
  library: NamingContext,
  names: readonly PlannedName[],
  kind: 'import' | 'metadata',
): Promise<NamedPlanned> {
  if (names.length === 0) return { decisionId: null, faces: 0, enrolled: 0, createdPeople: [] };
  const { decision, people, enrolled } = await namePeople(library, names, kind);
  const createdPeople = people.flatMap(({ name, created }) => (created ? [name] : []));
  return { decisionId: decision.id, faces: decision.changes.faces?.length ?? 0, enrolled, createdPeople };
}
