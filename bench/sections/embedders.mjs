import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantizePart } from '../../dist/convert/quantize-part.js';
import { ChipNetwork } from '../../dist/models/chip-network.js';
import { embedderProfileOf } from '../../dist/models/embedder-part.js';
import { openEmbedder } from '../../dist/node/models/open-models.js';
import { NODE_RUNTIME } from '../../dist/node/runtime/session.js';
import { round, summarize } from '../measure.mjs';

const ROOT = join(import.meta.dirname, '../..');
const BATCHES = [1, 16];
const AIM = 1.6 / 1.3;

/** The packs' embedders beside each other, a batch of each in turns: what slows the machine slows all of them. */
export const embedders = {
  name: 'embedders',
  title: 'Embedders of the packs',
  columns: {
    pack: 'pack',
    precision: 'precision',
    batch: 'batch',
    perFace: 'ms a face, median',
    best: 'ms a face, least',
    processor: 'ms of one processor, median',
    n: 'n',
  },

  async run({ quick }) {
    const opened = [
      { pack: 'dlib', precision: 'fp32', embedder: await openEmbedder({ threads: 1 }) },
      { pack: 'dlib', precision: 'int8', embedder: await openEmbedder({ precision: 'int8', threads: 1 }) },
      {
        pack: 'mobilefacenet',
        precision: 'fp32',
        embedder: await openEmbedder({ models: 'mobilefacenet', threads: 1 }),
      },
      { pack: 'mobilefacenet', precision: 'int8', embedder: await quantized('mobilefacenet') },
    ];
    const rows = [];
    for (const batch of BATCHES) {
      const times = opened.map(() => []);
      const processor = opened.map(() => []);
      const counts = quick ? { warmUp: 1, n: 3 } : { warmUp: 5, n: Math.ceil(200 / batch) };
      for (let turn = -counts.warmUp; turn < counts.n; turn++) {
        for (const [i, { embedder }] of opened.entries()) {
          const chips = Array.from({ length: batch }, () => anyChip(embedder.profile.chip.size));
          const before = process.cpuUsage();
          const start = performance.now();
          await embedder.embed(chips);
          const elapsed = performance.now() - start;
          const { user, system } = process.cpuUsage(before);
          if (turn < 0) continue;
          times[i].push(elapsed);
          // What other work on the machine hardly changes.
          processor[i].push((user + system) / 1000);
        }
      }
      for (const [i, { pack, precision }] of opened.entries()) {
        const { median, min, n } = summarize(times[i]);
        const own = round(summarize(processor[i]).median / batch);
        const wall = { perFace: round(median / batch), best: round(min / batch) };
        rows.push({ pack, precision, batch, ...wall, processor: own, n });
      }
    }
    for (const { embedder } of opened) await embedder.dispose();
    const least = (pack) => rows.find((row) => row.pack === pack && row.precision === 'int8').best;
    const value = round(least('mobilefacenet') / least('dlib'));
    const aim = `MobileFaceNet int8 at most ${round(AIM)} times as long as dlib's int8 (1.6 ms to 1.3)`;
    return { rows, aims: [{ aim, value, ok: value <= AIM }] };
  },
};

/** The pack's own, or one that is made of its float network with the ranges that the project keeps. */
async function quantized(name) {
  const folder = join(ROOT, 'models', name);
  const { parts } = JSON.parse(readFileSync(join(folder, 'face-trigger.json'), 'utf8'));
  const embedderParts = parts.filter(({ kind }) => kind === 'embedder');
  if (embedderParts.some(({ precision }) => precision === 'int8')) {
    return openEmbedder({ models: name, precision: 'int8', threads: 1 });
  }
  const [part] = embedderParts;
  const { ranges } = JSON.parse(readFileSync(join(ROOT, 'scripts/chip-ranges.json'), 'utf8'))[name];
  const made = quantizePart({ part, bytes: readFileSync(join(folder, part.file)) }, ranges);
  const model = { profile: embedderProfileOf(made.part), network: made.bytes, isQuantized: true };
  return ChipNetwork.create(model, { runtime: NODE_RUNTIME, threads: 1 });
}

/** Embedding takes as long for any picture. */
function anyChip(size) {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 7919) % 256);
  return { data, width: size, height: size, channels: 3 };
}
