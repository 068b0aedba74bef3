// How the settings of metric learning at both depths were chosen: on 54 people of LFW's folds 1 and 2 in the degraded domain, of
// whom metric-learning.mjs reports nothing. Cross-validated over people as in the program.
//   node bench/accuracy/metric-tuning.mjs [--data ../shared/data] [--cache FOLDER] [--settings '[{"pace":0.2}]']
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../dist/core/random/random.js';
import { BlockModel } from '../../dist/extras/metric-learning/block-model.js';
import { EmbeddingHead } from '../../dist/extras/metric-learning/embedding-head.js';
import { DEFAULT_FIT } from '../../dist/extras/metric-learning/fit-model.js';
import { judgeModel } from '../../dist/extras/metric-learning/judge-model.js';
import { readLastBlocks } from '../../dist/extras/metric-learning/read-last-blocks.js';
import { readLastLayer } from '../../dist/extras/metric-learning/read-last-layer.js';
import { loadModel } from '../../dist/node/models/load-model.js';
import { readSamples, splitPeople } from './metric-domains.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname },
    cache: { type: 'string', default: join(tmpdir(), 'face-trigger-accuracy', 'metric') },
    settings: { type: 'string', default: '[{}]' },
  },
});
const { tuning } = splitPeople(await readSamples('degraded', values));
const { bytes } = await loadModel('embedder');
const { blocks } = readLastBlocks(bytes, { count: 1 });
const lastLayer = readLastLayer(bytes);
const people = [...new Set(tuning.map(({ person }) => person))];
const rows = [];
for (const { seed = 1, pace, depth = 'last-block', ...setting } of JSON.parse(values.settings)) {
  const began = performance.now();
  const options = { fit: { ...DEFAULT_FIT, ...setting }, seed };
  const result = await judgeModel(startOf({ depth, seed, pace }), arrange(depth), options);
  rows.push({
    ...{ depth, pace, ...setting, seed, allPeople: result.people, photos: result.photos },
    plain: (100 * result.plainFnmr).toFixed(2),
    learned: (100 * result.learnedFnmr).toFixed(2),
    p: result.pValue.toFixed(3),
    epochs: result.epochs,
    seconds: ((performance.now() - began) / 1000).toFixed(0),
  });
  console.log(JSON.stringify(rows.at(-1)));
}
console.table(rows);

function startOf({ depth, seed, pace }) {
  const head = EmbeddingHead.fromLinear(lastLayer, { random: createRandom(seed) });
  if (depth === 'head') return head;
  const [channels, height, width] = tuning[0].sample.activations.dims;
  return BlockModel.fromWeights(blocks, { input: { channels, rows: height, columns: width }, head, pace });
}

function arrange(depth) {
  const inputs = [];
  const photos = tuning.map(({ person, sample }) => {
    const { views, augmented } = depth === 'head' ? sample : sample.activations;
    const own = [...views, ...augmented].map((row) => inputs.push(row) - 1);
    return { person: people.indexOf(person), rows: own, views: views.length };
  });
  if (depth !== 'head') return { inputs, photos };
  const columns = lastLayer.inputs;
  const data = new Float64Array(inputs.length * columns);
  for (const [i, row] of inputs.entries()) data.set(row, i * columns);
  return { inputs: { data, columns }, photos };
}
