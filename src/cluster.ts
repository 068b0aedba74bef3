// `face-trigger/cluster`: groups of faces by person, for those whom nobody named.
export { clusterFaces } from './cluster/cluster-faces.ts';
export type { ClusterState, PartState } from './cluster/cluster-state.ts';
export type {
  ClusterFace,
  ClusterOptions,
  ClusterResult,
  FaceGroup,
  FaceNeighbors,
  PersonSuggestion,
  SuggestionEvidence,
} from './cluster/cluster-types.ts';
