import { clusterFaces } from '../../dist/cluster.js';

/** Of the people with several faces, every second one has a face that is named. */
const NAMED_EVERY = 2;

/**
 * What is said of groups and suggestions, and what comes true: the mean confidence beside the share that is right.
 *
 * @param faces - with the person who each is
 */
export async function confidenceTable(faces, facts) {
  const profile = { metric: facts.metric, evidence: { balanced: facts.evidence } };
  const given = faces.map(({ person, id, embedding, quality }) => ({
    id: `${person}/${id}`,
    person,
    embedding,
    quality,
  }));
  const personOf = new Map(given.map(({ id, person }) => [id, person]));
  const { groups } = await clusterFaces(given.map(plain), { profile });
  let said = 0;
  let right = 0;
  let all = 0;
  for (const { faceIds, confidence } of groups) {
    const counts = new Map();
    for (const id of faceIds) counts.set(personOf.get(id), (counts.get(personOf.get(id)) ?? 0) + 1);
    said += confidence * faceIds.length;
    right += Math.max(...counts.values());
    all += faceIds.length;
  }
  const named = new Map();
  for (const [i, person] of [...new Set(given.map((face) => face.person))].entries()) {
    if (i % NAMED_EVERY === 0) named.set(given.find((face) => face.person === person).id, person);
  }
  const { suggestions } = await clusterFaces(
    given.map((face) => ({ ...plain(face), personId: named.get(face.id) })),
    { profile },
  );
  const share = (some, of) =>
    some.length > 0 ? round(some.reduce((sum, each) => sum + of(each), 0) / some.length) : null;
  const isRight = ({ faceIds, personId }) =>
    faceIds.filter((id) => personOf.get(id) === personId).length / faceIds.length;
  const sure = suggestions.filter(({ confidence }) => confidence >= 0.5);
  const unsure = suggestions.filter(({ confidence }) => confidence < 0.5);
  return {
    'said of groups': round(said / all),
    true: round(right / all),
    'suggestions from 0.5': sure.length,
    'said of them': share(sure, ({ confidence }) => confidence),
    'of them true': share(sure, isRight),
    'suggestions below 0.5': unsure.length,
    'said of those': share(unsure, ({ confidence }) => confidence),
    'of those true': share(unsure, isRight),
  };
}

function plain({ id, embedding, quality }) {
  return { id, embedding, quality };
}

function round(value) {
  return Number(value.toFixed(3));
}
