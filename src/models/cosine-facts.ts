import type { DistanceFacts } from '../core/embed/embedder-profile.ts';

/** Numbers of a network that were measured. */
export interface MeasuredFacts {
  readonly thresholds?: Partial<DistanceFacts['thresholds']> | undefined;
  readonly evidence?: Partial<DistanceFacts['evidence']> | undefined;
  readonly impostors?: DistanceFacts['impostors'] | undefined;
}

/**
 * What cosine distances of networks of ArcFace's kind mean, by the one number that is published of each.
 *
 * @param verify - distance below which two photos are one person
 * @param measured - what was measured on the network itself takes the place of the shares
 * @remarks The other numbers are shares of it, as they were measured on foamliu's MobileFaceNet (ArcFace's loss, 128
 * numbers, published limit 0.75) with dlib's detector and points, on half of the people of Labeled Faces in the Wild,
 * View 2, folds 1 and 2: `node bench/accuracy/embedder-limits.mjs` (equal error at 0.755, one false accept in a
 * thousand pairs at 0.655, copies of a photo up to 0.022, mirrored and gray ones up to 0.074, cut and brightened ones up
 * to 0.079, all but a thousandth of strangers within 1.29) and `probability-reliability.mjs --fit` (midpoint 0.742 fast,
 * 0.737 balanced, 0.735 best; scale 33.6, 34.0, 34.0). Of a network that nothing was measured of they are a rule of thumb,
 * and strangers' similarities are taken to scatter as MobileFaceNet's do.
 */
export function cosineFacts(verify: number, measured: MeasuredFacts = {}): DistanceFacts {
  const share = (part: number) => Number((part * verify).toPrecision(3));
  const per = (scale: number) => Number((scale / verify).toPrecision(3));
  return {
    metric: 'cosine',
    thresholds: {
      verify,
      identify: share(0.868),
      samePhoto: share(0.03),
      variation: share(0.107),
      copy: share(0.133),
      farthest: 1.3,
      ...measured.thresholds,
    },
    evidence: {
      fast: { midpoint: share(0.982), scale: per(25.4), perReference: 1.72 },
      balanced: { midpoint: share(0.977), scale: per(25.7), perReference: 1.86 },
      best: { midpoint: share(0.973), scale: per(25.7), perReference: 1.93 },
      ...measured.evidence,
    },
    // As for dlib's: even odds at the limit, and less sure than what was measured on many people.
    calibration: { midpoint: verify, scale: per(11.3) },
    impostors: measured.impostors ?? { mean: 0.016, deviation: 0.146 },
  };
}
