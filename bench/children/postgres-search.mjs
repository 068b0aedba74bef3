// Searches of the same people in galleries of several addresses, in turns, as one line of JSON:
//   node bench/children/postgres-search.mjs FACES QUERIES NAME=ADDRESS...
import { openGallery } from '../../dist/gallery/open-gallery.js';
import { EMBEDDER, exactAnswers, makeProbes, TOP } from '../synthetic-gallery.mjs';

const [, , faceCount, queryCount, ...places] = process.argv;
const faces = Number(faceCount);
const { known, strangers } = makeProbes(faces, Number(queryCount));

const galleries = [];
for (const place of places) {
  const at = place.indexOf('=');
  const gallery = await openGallery(place.slice(at + 1), { embedder: EMBEDDER });
  await gallery.indexed();
  const [times, answers] = [0, 1].map(() => ({ known: [], strangers: [] }));
  galleries.push({ name: place.slice(0, at), gallery, times, answers });
}
for (const { gallery } of galleries)
  for (const probe of known.slice(0, 50)) await gallery.search(probe, { limit: TOP });

for (const [kind, probes] of Object.entries({ known, strangers })) {
  for (const probe of probes) {
    // One after the other for each probe, so that whatever else the machine does falls on all of them.
    for (const one of galleries) {
      const start = performance.now();
      const found = await one.gallery.search(probe, { limit: TOP });
      one.times[kind].push(performance.now() - start);
      one.answers[kind].push(new Set(found.map(({ person }) => person.name)));
    }
  }
}

const truth = {
  known: await exactAnswers(faces, known),
  strangers: await exactAnswers(faces, strangers),
};
const rows = [];
for (const { name, gallery, times, answers } of galleries) {
  const { index } = await gallery.stats();
  rows.push({
    faces,
    probes: known.length,
    gallery: name,
    index,
    // Of the searches that nothing else on the machine came between.
    p5Ms: quantile(times.known, 0.05),
    p50Ms: quantile(times.known, 0.5),
    p99Ms: quantile(times.known, 0.99),
    strangersP50Ms: quantile(times.strangers, 0.5),
    recallAt10: recall(answers.known, truth.known),
    strangersRecallAt10: recall(answers.strangers, truth.strangers),
    identityRecall: identity(answers.known),
    // Where ten others are nearer, no search finds the right person.
    exactIdentityRecall: identity(truth.known),
    // What the index loses, and not the embedder.
    identityOfExact: identityOf(answers.known, truth.known),
  });
}
for (const { gallery } of galleries) await gallery.dispose();
console.log(JSON.stringify(rows));

/** The share of those who should be answered that were. */
function recall(answers, truth) {
  let found = 0;
  let wanted = 0;
  for (const [i, names] of truth.entries()) {
    for (const name of names) if (answers[i].has(name)) found++;
    wanted += names.size;
  }
  return round(found / wanted, 4);
}

/** The share of known people who are in the answer. */
function identity(answers) {
  return round(known.filter(({ person }, i) => answers[i].has(person)).length / known.length, 4);
}

/** The share of the known people whom an exact search answers who are in the answer. */
function identityOf(answers, truth) {
  const findable = [...known.keys()].filter((i) => truth[i].has(known[i].person));
  return round(findable.filter((i) => answers[i].has(known[i].person)).length / findable.length, 4);
}

function quantile(times, share) {
  const sorted = times.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))], 3);
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
