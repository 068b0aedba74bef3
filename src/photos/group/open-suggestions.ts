import type { PersonSuggestion } from '../../cluster/cluster-types.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import { everyFace } from '../every-face.ts';

/** What the last grouping suggests and nobody has decided yet. */
export interface OpenSuggestion extends PersonSuggestion {
  /** Of the person. */
  readonly name: string;
}

/**
 * What nameless faces may be, most probable first: groups and faces that are near somebody, and faces that the last
 * grouping put into somebody's group. What somebody has decided about since is left out.
 */
export async function openSuggestions(store: PhotoReads): Promise<readonly OpenSuggestion[]> {
  const grouping = await store.grouping();
  if (grouping === null) return [];
  const near = JSON.parse(grouping.suggestions) as readonly PersonSuggestion[];
  const joined = (await store.listJoined()).map(({ faceId, personId, confidence }) => ({
    ...{ groupId: null, faceIds: [faceId], personId, confidence: confidence ?? 0, evidence: [] },
  }));
  const suggestions: readonly PersonSuggestion[] = [...joined, ...near];
  const names = await store.peopleByIds([...new Set(suggestions.map(({ personId }) => personId))]);
  const closedTo = await decidedSince(store, grouping.revision);
  return suggestions
    .flatMap((suggestion) => {
      const { personId } = suggestion;
      const name = names.get(personId);
      const faceIds = suggestion.faceIds.filter((id) => closedTo.get(id)?.(personId) !== true);
      return name === undefined || faceIds.length === 0 ? [] : [{ ...suggestion, faceIds, name }];
    })
    .sort((a, b) => b.confidence - a.confidence);
}

/** Of faces that were decided about since: whether they can't be somebody any more. */
async function decidedSince(
  store: PhotoReads,
  since: number,
): Promise<ReadonlyMap<string, (personId: string) => boolean>> {
  const closed = new Map<string, (personId: string) => boolean>();
  for await (const { id, personId, isIgnored, notPersonIds } of everyFace(store, { since }))
    closed.set(id, (wanted) => personId !== null || isIgnored || notPersonIds.includes(wanted));
  return closed;
}
