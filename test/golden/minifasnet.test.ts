import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MinifasnetLiveness } from '../../src/models/minifasnet/minifasnet-liveness.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { assemblePack } from '../../src/node/models/assemble-pack.ts';
import { collectModels } from '../../src/node/models/collect-models.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { describeWithSharedData } from '../shared-data.ts';

interface Golden {
  readonly image: string;
  /** Left, top, width, height. */
  readonly box: readonly [number, number, number, number];
  readonly live_v2: number;
  readonly live_v1se: number;
}

const MODELS = fileURLToPath(new URL('../../../shared/models', import.meta.url));
const FILES = { v2: `${MODELS}/minifasnet_v2_80.onnx`, v1se: `${MODELS}/minifasnet_v1se_80.onnx` };
const missing = Object.values(FILES).filter((file) => !existsSync(file));

function model(name: 'v2' | 'v1se') {
  return { id: name, bytes: readFileSync(FILES[name]), cropScale: name === 'v2' ? 2.7 : 4 };
}

if (missing.length > 0) {
  const reason = `needs ${missing.join(', ')}, which this machine does not have`;
  console.warn(`skipped: MiniFASNet: ${reason}`);
  describe.skip('MiniFASNet', () => it(reason, () => undefined));
} else {
  describeWithSharedData('MiniFASNet', ['golden/packs/minifasnet.jsonl', 'spoof'], (golden, spoof) => {
    it('tells the two files apart by their graphs, and takes them as one pack', async () => {
      const places = await Promise.all(Object.values(FILES).map((file) => collectModels(file)));
      const { pack, understood, leftOut } = assemblePack(places);
      expect(leftOut).toEqual([]);
      expect(pack.parts.map((part) => part.kind === 'liveness' && part.facts.cropScale)).toEqual([2.7, 4]);
      expect(understood.map(({ because }) => /MiniFASNet\w+ by its nodes/.exec(because)?.[0])).toEqual([
        'MiniFASNetV2 by its nodes',
        'MiniFASNetV1SE by its nodes',
      ]);
    });

    const rows = readFileSync(golden!, 'utf8').trim().split('\n');
    for (const row of rows.map((line): Golden => JSON.parse(line))) {
      const [left, top, width, height] = row.box;
      const box = { left, top, width, height };
      const wanted = { v2: [row.live_v2], v1se: [row.live_v1se], both: [row.live_v2, row.live_v1se] };
      for (const [name, scores] of Object.entries(wanted)) {
        it(`scores ${row.image} within 0.02 of an independent implementation, ${name}`, async () => {
          const models = name === 'both' ? [model('v2'), model('v1se')] : [model(name as 'v2' | 'v1se')];
          const options = { runtime: NODE_RUNTIME, threads: 1 };
          await using detector = await MinifasnetLiveness.create(models, options);
          const image = await readImage(`${spoof}/${row.image.replace('spoof/', '')}`);
          const found = await detector.check(image, box);
          const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
          expect(Math.abs(found.score - mean)).toBeLessThanOrEqual(0.02);
          expect(found).toMatchObject({ live: mean >= 0.5, attackKind: mean >= 0.5 ? null : '2d' });
        });
      }
    }
  });
}
