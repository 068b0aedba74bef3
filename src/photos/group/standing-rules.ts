import type { ClusterFace } from '../../cluster/cluster-types.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';

/** What somebody said of nameless faces that holds in every grouping. */
export type FaceRules = Pick<ClusterFace, 'together' | 'sides'>;

/** Reads by which merges and splits faces belong together, or do not. */
export async function standingRules(
  store: Pick<PhotoReads, 'standingDecisions'>,
): Promise<ReadonlyMap<string, FaceRules>> {
  const leaders = new Map<string, string>();
  const leaderOf = (id: string): string => {
    let leader = id;
    for (let next = leaders.get(leader); next !== undefined; next = leaders.get(leader)) leader = next;
    return leader;
  };
  const linked = new Set<string>();
  const sides = new Map<string, Record<string, string>>();
  for (const { id, changes } of await store.standingDecisions(['merge', 'split'])) {
    const { together = [], apart, pending } = changes;
    if (pending !== undefined) continue;
    for (const faceId of together) {
      linked.add(faceId);
      const [a, b] = [leaderOf(together[0]!), leaderOf(faceId)];
      if (a !== b) leaders.set(b, a);
    }
    for (const side of ['odd', 'rest'] as const)
      for (const faceId of apart?.[side] ?? []) sides.set(faceId, { ...sides.get(faceId), [id]: side });
  }
  const rules = new Map<string, FaceRules>();
  for (const faceId of linked) rules.set(faceId, { together: leaderOf(faceId) });
  for (const [faceId, own] of sides) rules.set(faceId, { ...rules.get(faceId), sides: own });
  return rules;
}
