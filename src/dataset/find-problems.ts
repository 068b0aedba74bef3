import type { DistanceFacts } from '../core/embed/embedder-profile.ts';
import { metricOf } from '../core/metric/metric.ts';
import type { FaceQuality } from '../core/quality/face-quality.ts';
import { searchGallery } from '../evaluate/search-outcome.ts';
import { ASSUMED_FACTS } from '../models/assumed-facts.ts';
import { hashDifference, MAX_HASH_DIFFERENCE } from './perceptual-hash.ts';

/** What is known of one photo of a dataset. */
export interface CheckedPhoto {
  readonly label: string;
  readonly photo: string;
  /** `perceptualHash` of the whole photo; null if it could not be read. */
  readonly hash: bigint | null;
  /** The faces found; null if the photo could not be read. */
  readonly faces: readonly { readonly embedding: Float32Array; readonly quality: FaceQuality }[] | null;
  /** Why it could not be read. */
  readonly error?: string | undefined;
}

/** Something about a photo that a person should look at. */
export interface DatasetProblem {
  readonly kind:
    | 'unreadable'
    | 'no-face'
    | 'several-faces'
    | 'near-duplicate'
    | 'mislabeled'
    | 'blurred'
    | 'tiny'
    | 'dark'
    | 'overexposed'
    | 'extreme-pose';
  readonly label: string;
  readonly photo: string;
  /** One sentence with the numbers behind it. */
  readonly message: string;
  /** The photo that this one is like, for near-duplicate and mislabeled. */
  readonly other?: { readonly label: string; readonly photo: string } | undefined;
}

/** Limits of {@link findProblems}. */
const PROBLEM_LIMITS = {
  /** Variance of the Laplacian, see `FaceQuality.sharpness`. */
  sharpness: 30,
  /** Pixels between the eyes; 24 is NIST's low resolution. */
  eyeDistance: 24,
  /** Mean gray levels beyond which skin has no detail left. */
  dark: 40,
  overexposed: 220,
  /** `FacePose.yaw` at which one eye is half hidden, and as much up or down. */
  turn: 0.35,
} as const;

/**
 * Looks for photos that would harm training: unusable, doubled, of the wrong person, or of low quality.
 *
 * @param facts - what distances between the embeddings mean: the `profile` of the embedder that made them. @defaultValue
 * those of dlib's embedder; embeddings of any other need their own
 * @returns problems in the order of the photos
 * @remarks Mislabeled: the nearest face of another person is nearer than the nearest other face of its own person.
 * Photos with several faces are not compared. O(photos²) distances.
 */
export function findProblems(
  photos: readonly CheckedPhoto[],
  facts: DistanceFacts = ASSUMED_FACTS,
): DatasetProblem[] {
  const problems: DatasetProblem[] = [];
  const earlier: Single[] = [];
  const wrong = mislabeled(singles(photos), facts);
  for (const each of photos) {
    const { label, photo, faces } = each;
    const add = (kind: DatasetProblem['kind'], message: string, other?: DatasetProblem['other']) =>
      problems.push({ kind, label, photo, message, ...(other && { other }) });
    if (faces === null) {
      add('unreadable', each.error ?? 'could not be read');
      continue;
    }
    const [face, ...others] = faces;
    if (!face) add('no-face', 'no face found');
    else if (others.length > 0) add('several-faces', `${faces.length} faces found`);
    if (!face || others.length > 0) continue;
    const single: Single = { label, photo, hash: each.hash, embedding: face.embedding };
    const twin = earlier.find((one) => isDuplicate(one, single, facts));
    if (twin)
      add('near-duplicate', `the same picture as ${twin.photo}`, { label: twin.label, photo: twin.photo });
    earlier.push(single);
    const doubt = wrong.get(photo);
    if (doubt) add('mislabeled', doubt.message, doubt.other);
    for (const [kind, message] of qualityProblems(face.quality)) add(kind, message);
  }
  return problems;
}

interface Single {
  readonly label: string;
  readonly photo: string;
  readonly hash: bigint | null;
  readonly embedding: Float32Array;
}

function singles(photos: readonly CheckedPhoto[]): Single[] {
  return photos.flatMap(({ label, photo, hash, faces }) =>
    faces?.length === 1 ? [{ label, photo, hash, embedding: faces[0]!.embedding }] : [],
  );
}

function isDuplicate(a: Single, b: Single, { metric, thresholds }: DistanceFacts): boolean {
  const { isWithin } = metricOf(metric);
  if (isWithin(a.embedding, b.embedding, thresholds.samePhoto)) return true;
  if (a.hash === null || b.hash === null) return false;
  return (
    isWithin(a.embedding, b.embedding, thresholds.variation) &&
    hashDifference(a.hash, b.hash) <= MAX_HASH_DIFFERENCE
  );
}

interface Doubt {
  readonly message: string;
  readonly other: { readonly label: string; readonly photo: string };
}

// A photo of Bob in Ann's folder makes Bob's own photos look like Ann's. So the clearest case is taken out first and
// the other suspects are judged again without it.
function mislabeled(photos: readonly Single[], { metric }: DistanceFacts): Map<string, Doubt> {
  const doubts = new Map<string, Doubt>();
  let faces = photos.map(({ label, photo, embedding }) => ({ id: photo, person: label, embedding }));
  let suspects = faces;
  while (suspects.length > 0) {
    const wrong = searchGallery(suspects, faces, { metric }).flatMap(
      ({ probe, person, best, ownDistance }) => {
        if (!best || ownDistance === null || best.person === person) return [];
        return [{ probe, person, best, ownDistance, gap: ownDistance - best.distance }];
      },
    );
    if (wrong.length === 0) break;
    const clearest = wrong.reduce((a, b) => (b.gap > a.gap ? b : a));
    const { probe, person, best, ownDistance } = clearest;
    doubts.set(probe, {
      message: `nearer to ${best.person} (${best.distance.toFixed(3)}) than to ${person} (${ownDistance.toFixed(3)})`,
      other: { label: best.person, photo: best.face },
    });
    const open = new Set(wrong.map((each) => each.probe));
    faces = faces.filter((face) => face.id !== probe);
    suspects = faces.filter((face) => open.has(face.id));
  }
  return doubts;
}

function qualityProblems(quality: FaceQuality): [DatasetProblem['kind'], string][] {
  const { sharpness, eyeDistance, brightness, pose } = quality;
  const found: [DatasetProblem['kind'], string][] = [];
  if (sharpness < PROBLEM_LIMITS.sharpness) found.push(['blurred', `sharpness ${sharpness.toFixed(0)}`]);
  if (eyeDistance < PROBLEM_LIMITS.eyeDistance)
    found.push(['tiny', `${eyeDistance.toFixed(0)} pixels between the eyes`]);
  if (brightness < PROBLEM_LIMITS.dark) found.push(['dark', `mean gray level ${brightness.toFixed(0)}`]);
  if (brightness > PROBLEM_LIMITS.overexposed)
    found.push(['overexposed', `mean gray level ${brightness.toFixed(0)}`]);
  if (Math.abs(pose.yaw) > PROBLEM_LIMITS.turn || Math.abs(pose.pitch) > PROBLEM_LIMITS.turn) {
    found.push([
      'extreme-pose',
      `turned ${pose.yaw.toFixed(2)} sideways, ${pose.pitch.toFixed(2)} down, in eye distances`,
    ]);
  }
  return found;
}
