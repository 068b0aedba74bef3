import { expectation, FaceTriggerError } from '../core/errors.ts';

/** How well a grouping agrees with the truth, counted over pairs of faces or over faces. */
export interface Agreement {
  /** Share of what was put together that belongs together, 0 .. 1; 1 where nothing was put together. */
  readonly precision: number;
  /** Share of what belongs together that was put together, 0 .. 1; 1 where nothing belongs together. */
  readonly recall: number;
  /** Their harmonic mean, 0 .. 1. */
  readonly f: number;
}

/** What {@link clusteringMetrics} measures. */
export interface ClusteringMetrics {
  readonly faces: number;
  /** People who have a face among them. */
  readonly people: number;
  /** Groups found, those of a single face included. */
  readonly groups: number;
  /** Over all pairs of two faces: a group of n faces makes n (n - 1) / 2 decisions, so large groups decide. */
  readonly pairwise: Agreement;
  /** Over faces, each compared with its own group and its own person: small groups count as well. */
  readonly bCubed: Agreement;
}

/**
 * Judges a grouping of faces whose people are known.
 *
 * @param groups - of each face, any labels; faces with the same label are in one group
 * @param people - of each face, in the same order
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` unless there are as many of one as of the other, at least one
 * @remarks A face that was left alone needs a label of its own. O(faces). BCubed after Bagga and Baldwin, Entity-Based
 * Cross-Document Coreferencing Using the Vector Space Model, 1998, each face weighing the same.
 */
export function clusteringMetrics<Group, Person>(
  groups: readonly Group[],
  people: readonly Person[],
): ClusteringMetrics {
  if (groups.length !== people.length || groups.length === 0) {
    const message = expectation(
      `${people.length} groups, one of each person's face`,
      'groups',
      groups.length,
    );
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
  }
  const faces = groups.length;
  const ofGroup = countEach(groups);
  const ofPerson = countEach(people);
  // Faces of one group and one person at once.
  const shared = new Map<Group, Map<Person, number>>();
  for (const [i, group] of groups.entries()) {
    const counts = shared.get(group) ?? new Map<Person, number>();
    counts.set(people[i]!, (counts.get(people[i]!) ?? 0) + 1);
    shared.set(group, counts);
  }
  let rightPairs = 0;
  let precision = 0;
  let recall = 0;
  for (const [group, counts] of shared) {
    for (const [person, count] of counts) {
      rightPairs += pairsOf(count);
      precision += count ** 2 / ofGroup.get(group)!;
      recall += count ** 2 / ofPerson.get(person)!;
    }
  }
  const share = (sizes: ReadonlyMap<unknown, number>) => {
    const pairs = [...sizes.values()].reduce((sum, size) => sum + pairsOf(size), 0);
    return pairs > 0 ? rightPairs / pairs : 1;
  };
  return {
    faces,
    people: ofPerson.size,
    groups: ofGroup.size,
    pairwise: agreement(share(ofGroup), share(ofPerson)),
    bCubed: agreement(precision / faces, recall / faces),
  };
}

function agreement(precision: number, recall: number): Agreement {
  const sum = precision + recall;
  return { precision, recall, f: sum > 0 ? (2 * precision * recall) / sum : 0 };
}

function countEach<T>(labels: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}
