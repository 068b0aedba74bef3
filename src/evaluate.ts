// `face-trigger/evaluate`: verification and identification protocols, intervals, thresholds.
/// <reference lib="esnext.disposable" preserve="true" />
export {
  type Agreement,
  type ClusteringMetrics,
  clusteringMetrics,
} from './evaluate/clustering-metrics.ts';
export type { ErrorRates, TarAtFar } from './evaluate/error-rates.ts';
export {
  crossValidateThreshold,
  type FoldProtocolResult,
  type FoldResult,
  type FoldSummary,
  type ScoredPair,
} from './evaluate/fold-protocol.ts';
export {
  evaluateIdentification,
  type IdentificationOptions,
  type IdentificationResult,
  type OpenSetPoint,
} from './evaluate/identification.ts';
export type { RateEstimate } from './evaluate/intervals.ts';
export {
  type AttackRates,
  evaluateLiveness,
  type LivenessEvaluationOptions,
  type LivenessRates,
  type LivenessResult,
  type LivenessSample,
} from './evaluate/liveness.ts';
export type { PairScores } from './evaluate/pair-scores.ts';
export {
  type RecommendThresholdOptions,
  recommendThreshold,
  type ThresholdRecommendation,
} from './evaluate/recommend-threshold.ts';
export type { EqualErrorRate } from './evaluate/roc.ts';
export { type NamedFace, type SearchOutcome, searchGallery } from './evaluate/search-outcome.ts';
export {
  evaluateVerification,
  type VerificationOptions,
  type VerificationPair,
  type VerificationResult,
} from './evaluate/verification.ts';
