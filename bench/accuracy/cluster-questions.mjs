/**
 * How many answers a person has to give until a share of all faces carries the right name.
 *
 * @remarks One answer names a group, by the person of most of its faces; one answer names a single face, or mends one
 * that got a wrong name with its group. The person is asked in the best order: what names most faces comes first.
 */
export function questionsUntil(share, groups, people) {
  const counts = new Map();
  for (const [i, group] of groups.entries()) {
    const own = counts.get(group) ?? new Map();
    own.set(people[i], (own.get(people[i]) ?? 0) + 1);
    counts.set(group, own);
  }
  const gains = [...counts.values()].map((own) => Math.max(...own.values())).sort((a, b) => b - a);
  const wanted = Math.ceil(share * groups.length);
  let named = 0;
  let questions = 0;
  for (const gain of gains) {
    if (named >= wanted) break;
    named += gain;
    questions++;
  }
  return questions + Math.max(0, wanted - named);
}

/**
 * How Immich makes people: a face with at least `minFaces` faces about it, itself in the count, starts a person unless
 * one of those has one; the others take the nearest person within the distance, if there is one, when all have been
 * looked at. People are never put together. Source: immich, server/src/services/person.service.ts
 * (handleRecognizeFaces).
 */
export function immichRule(distances, size, { maxDistance, minFaces }) {
  const labels = new Array(size).fill(-1);
  const nearestPerson = (face) => {
    let best = -1;
    for (let other = 0; other < size; other++) {
      if (labels[other] < 0 || distances[face * size + other] > maxDistance) continue;
      if (best < 0 || distances[face * size + other] < distances[face * size + best]) best = other;
    }
    return best < 0 ? -1 : labels[best];
  };
  let next = 0;
  const deferred = [];
  for (let face = 0; face < size; face++) {
    let near = 0;
    for (let other = 0; other < size; other++) if (distances[face * size + other] <= maxDistance) near++;
    if (near < minFaces) {
      deferred.push(face);
      continue;
    }
    const person = nearestPerson(face);
    labels[face] = person < 0 ? next++ : person;
  }
  for (const face of deferred) labels[face] = nearestPerson(face);
  return labels;
}
