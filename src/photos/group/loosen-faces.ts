import type { ClusterState } from '../../cluster/cluster-state.ts';

/**
 * Takes faces out of what an earlier grouping ended with, so that the next one looks for their place anew: after an undo
 * they may belong where they were before. A group of nothing else stays.
 */
export function loosenFaces(state: ClusterState, faceIds: ReadonlySet<string>): ClusterState {
  const groups = state.groups.map(({ id, parts }) => ({
    id,
    parts: parts.map((part) => {
      const staying = part.faceIds.filter((faceId) => !faceIds.has(faceId));
      return staying.length > 0 ? { ...part, faceIds: staying } : part;
    }),
  }));
  const outliers = state.outliers.filter((part) => !part.faceIds.some((faceId) => faceIds.has(faceId)));
  return { ...state, groups, outliers };
}

/** Takes faces out of what an earlier grouping ended with, whatever is left of their groups. */
export function dissolveFaces(state: ClusterState, faceIds: ReadonlySet<string>): ClusterState {
  const leave = <Part extends { readonly faceIds: readonly string[] }>(parts: readonly Part[]): Part[] =>
    parts
      .map((part) => ({ ...part, faceIds: part.faceIds.filter((faceId) => !faceIds.has(faceId)) }))
      .filter((part) => part.faceIds.length > 0);
  const groups = state.groups.map(({ id, parts }) => ({ id, parts: leave(parts) }));
  return {
    ...state,
    groups: groups.filter(({ parts }) => parts.length > 0),
    outliers: leave(state.outliers),
  };
}
