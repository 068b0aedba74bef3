import type { SuggestionEvidence } from '../../cluster/cluster-types.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import { type OpenSuggestion, openSuggestions } from './open-suggestions.ts';

/** Somebody whom nameless faces may be, and why. */
export interface SuggestedPerson {
  readonly personId: string;
  readonly name: string;
  /** 0 .. 1. */
  readonly confidence: number;
  /** The nearest pairs of a face and one of the person's, nearest first; distances in the metric of the embedder's evidence. */
  readonly evidence: readonly SuggestionEvidence[];
}

/** A group that nobody has named, with who it may be. */
export interface PhotoQuestion {
  readonly groupId: string;
  readonly faces: number;
  readonly photos: number;
  readonly confidence: number | null;
  /** Most probable first. */
  readonly suggestions: readonly SuggestedPerson[];
}

/** Nameless faces that may be one person. */
export interface FacesToReview {
  /** `null` for a face that stands alone. */
  readonly groupId: string | null;
  readonly faceIds: readonly string[];
  readonly confidence: number;
  readonly evidence: readonly SuggestionEvidence[];
}

/** Somebody of whom there are faces to review. */
export interface PersonToReview {
  readonly personId: string;
  readonly name: string;
  /** Questions to answer. */
  readonly items: number;
  readonly faces: number;
}

/** What should be asked next: the answer that names most faces first. */
export async function nextQuestions(
  store: PhotoReads,
  page: { readonly limit: number; readonly offset?: number | undefined },
): Promise<readonly PhotoQuestion[]> {
  return questionsWith(await openSuggestions(store), store, page);
}

/** As {@link nextQuestions}, where what is suggested is read already. */
export async function questionsWith(
  open: readonly OpenSuggestion[],
  store: PhotoReads,
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number | undefined },
): Promise<readonly PhotoQuestion[]> {
  const groups = await store.listGroups({ limit, offset, named: false });
  return groups.map(({ groupId, faces, photos, confidence }) => ({
    ...{ groupId, faces, photos, confidence },
    suggestions: open
      .filter((suggestion) => suggestion.groupId === groupId)
      .map(({ personId, name, confidence, evidence }) => ({ personId, name, confidence, evidence })),
  }));
}

/** What is most probably somebody, most probable first; what somebody has decided about is left out. */
export async function suggestionsFor(store: PhotoReads, personId: string): Promise<readonly FacesToReview[]> {
  return best(await openSuggestions(store))
    .filter((suggestion) => suggestion.personId === personId)
    .map(({ groupId, faceIds, confidence, evidence }) => ({ groupId, faceIds, confidence, evidence }));
}

/** Of whom there is something to review, those with most faces first. */
export function peopleToReview(open: readonly OpenSuggestion[]): readonly PersonToReview[] {
  const people = new Map<string, PersonToReview>();
  for (const { personId, name, faceIds } of best(open)) {
    const { items, faces } = people.get(personId) ?? { items: 0, faces: 0 };
    people.set(personId, { personId, name, items: items + 1, faces: faces + faceIds.length });
  }
  return [...people.values()].sort((a, b) => b.faces - a.faces || b.items - a.items);
}

/** Of each group or face the most probable person alone: nobody is asked twice about it. */
function best(suggestions: readonly OpenSuggestion[]): readonly OpenSuggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ groupId, faceIds }) => {
    const about = groupId ?? faceIds[0]!;
    return !seen.has(about) && seen.add(about);
  });
}
