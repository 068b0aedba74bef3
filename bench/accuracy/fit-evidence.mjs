import { Matrix, solve } from 'ml-matrix';

/** Photos of the people whose nearest one is measured to. */
const REFERENCES = [1, 2, 3, 5];
/** Draws of references for each person, faces of the person and of others that are measured in each. */
const DRAWS = 4;
const OWN = 3;
const OTHERS = 60;
/**
 * Weight of all distances to other people for that of those to the own: where decisions fall, among some tens of
 * people, it is these odds that matter, and the line fits there.
 */
const ODDS = 20;

/**
 * Learns what distances say: logistic regression of "the same person" on the distance and the logarithm of the number
 * of references. The logits less the prior's are logarithms of likelihood ratios.
 *
 * @param people - Map of name -> embeddings
 * @param distance - of two embeddings, in the embedder's metric
 */
export function fitEvidence(people, random, distance) {
  const samples = REFERENCES.flatMap((references) => drawSamples(people, references, { random, distance }));
  const [constant, slope, perLog] = logisticRegression(samples);
  const scale = -slope;
  return { midpoint: (constant + Math.log(ODDS)) / scale, scale, perReference: -perLog };
}

function drawSamples(people, references, { random, distance }) {
  const names = [...people.keys()];
  const own = [];
  const others = [];
  for (const name of names.filter((each) => people.get(each).length >= references)) {
    for (let draw = 0; draw < DRAWS; draw++) {
      const photos = random.shuffle([...people.get(name)]);
      const enrolled = photos.slice(0, references);
      const nearest = (probe) => Math.min(...enrolled.map((photo) => distance(photo, probe)));
      for (const probe of photos.slice(references, references + OWN)) own.push(nearest(probe));
      for (let other = 0; other < OTHERS; other++) {
        const someone = names[random.int(names.length)];
        if (someone === name) continue;
        const faces = people.get(someone);
        others.push(nearest(faces[random.int(faces.length)]));
      }
    }
  }
  // Each number of references counts as its faces of the own people do.
  const weight = Math.sqrt(own.length);
  const features = (d) => [1, d, Math.log(references)];
  return [
    ...own.map((d) => ({ features: features(d), target: 1, weight: weight / own.length })),
    ...others.map((d) => ({ features: features(d), target: 0, weight: (ODDS * weight) / others.length })),
  ];
}

/** Newton's method; the samples overlap, so it converges in some ten steps. */
function logisticRegression(samples) {
  const size = samples[0].features.length;
  let coefficients = Matrix.zeros(size, 1);
  for (let step = 0; step < 100; step++) {
    const gradient = Matrix.zeros(size, 1);
    const hessian = Matrix.zeros(size, size);
    for (const { features, target, weight } of samples) {
      const z = features.reduce((sum, feature, i) => sum + feature * coefficients.get(i, 0), 0);
      const p = 1 / (1 + Math.exp(-z));
      for (let i = 0; i < size; i++) {
        gradient.set(i, 0, gradient.get(i, 0) + weight * (target - p) * features[i]);
        for (let j = 0; j < size; j++)
          hessian.set(i, j, hessian.get(i, j) + weight * p * (1 - p) * features[i] * features[j]);
      }
    }
    const change = solve(hessian, gradient);
    coefficients = Matrix.add(coefficients, change);
    if (change.to1DArray().every((value) => Math.abs(value) < 1e-9)) break;
  }
  return coefficients.to1DArray();
}
