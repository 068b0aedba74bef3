import type { ChipTemplate } from '../align/chip-template.ts';
import type { MetricName } from '../metric/metric.ts';
import type { EmbeddingQuality } from './embedding-quality.ts';
import type { DistanceEvidence } from './person-probability.ts';

/** Which embedder made an embedding: what classifiers and galleries keep. */
export interface EmbedderIdentity {
  /** Name of the model and its precision. */
  readonly id: string;
  /** SHA-256 of the weights; embeddings of different weights cannot be compared. */
  readonly sha256: string;
}

/** What the distances of an embedder's embeddings mean. */
export interface DistanceFacts {
  readonly metric: MetricName;
  readonly thresholds: {
    /** Two photos closer than this are one person. */
    readonly verify: number;
    /** A face closer than this to somebody enrolled is that person: stricter, as everybody enrolled is a chance to err. */
    readonly identify: number;
    /** Two faces closer than this are one photo, saved again or found otherwise. */
    readonly samePhoto: number;
    /** Two faces closer than this are one photo that was cropped, resized or retouched. */
    readonly variation: number;
    /** Copies of one photo are closer, however they are cut and compressed. */
    readonly copy: number;
    /** Two strangers are hardly ever farther apart: where a chart of distances may end. */
    readonly farthest: number;
  };
  /** What a distance says, by the quality of the embeddings. */
  readonly evidence: Readonly<Record<EmbeddingQuality, DistanceEvidence>>;
  /** Of classifiers of few people, whose own distances say too little: even odds, and how fast they change per unit. */
  readonly calibration: { readonly midpoint: number; readonly scale: number };
  /** Cosine similarity of the embeddings of two strangers: what its embeddings are weighed by beside those of another. */
  readonly impostors?: { readonly mean: number; readonly deviation: number } | undefined;
}

/** The length that embeddings are brought to: always, or only where their direction alone is to count (`evenLength`). */
export interface LengthRule {
  readonly length: number;
  /** 'never': embeddings are about so long, but keep the length that they come with. */
  readonly applies: 'when even' | 'always' | 'never';
}

/** All that the house knows of an embedder; no other place does. */
export interface EmbedderProfile extends EmbedderIdentity, DistanceFacts {
  /** Numbers in an embedding. */
  readonly dimension: number;
  readonly chip: ChipTemplate;
  /** What the network's file takes: colors of a chip in this order, as uint8, or normalized. */
  readonly input: {
    readonly colors: 'rgb' | 'bgr';
    /** (value - mean) / deviation for each color; `null` where the file does that itself. */
    readonly normalization: {
      readonly mean: readonly number[];
      readonly deviation: readonly number[];
    } | null;
  };
  /** `null`: embeddings keep the length that they come with. */
  readonly lengthRule: LengthRule | null;
  /** SPDX expression of the weights, or "unknown". */
  readonly licence: string;
}

/** The part of a profile that files keep. */
export function identityOf({ id, sha256 }: EmbedderIdentity): EmbedderIdentity {
  return { id, sha256 };
}
