import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { identifyWithGallery } from '../../src/watch/create-gallery-analyzer.ts';
import { watch } from '../../src/watch/watch.ts';
import type { FaceEvent } from '../../src/watch/watch-event.ts';
import { temporaryFolder } from './ffmpeg-tools.ts';
import { type Actor, scriptedAnalyzer, scriptedSource } from './scripted-watch.ts';

const ADA = new Float32Array(8).fill(0.1);
/** A little away from the photo of hers. */
const SEEN = ADA.map((value, i) => (i === 0 ? value + 0.1 : value));

describe('identifyWithGallery', () => {
  const folder = temporaryFolder();

  it('goes by another threshold from the next frame on, also for faces in view, and events tell it', async () => {
    const embedder = { id: 'test', sha256: 'a'.repeat(64) };
    await using gallery = await openGallery(join(folder, 'ada.db'), {
      embedder: { ...embedder, dimension: 8 },
    });
    await gallery.enroll({ name: 'Ada' }, [{ embedding: ADA }]);
    const actor: Actor = {
      label: null,
      embedding: SEEN,
      at: () => ({ left: 100, top: 100, width: 120, height: 120 }),
    };
    const usual = gallery.thresholds.identify;
    let maxDistance: number | undefined;
    const limits = () => ({ maxDistance });
    const analyzer = identifyWithGallery(scriptedAnalyzer([actor]), gallery, { embedder, limits });
    const told: FaceEvent[] = [];
    for await (const event of watch(scriptedSource(6000), { analyzer })) {
      if (!('track' in event)) continue;
      told.push(event);
      // As somebody does in the page.
      if (event.type === 'person.recognized') maxDistance = 0.01;
      if (event.type === 'person.changed') maxDistance = undefined;
      if (told.length === 4) break;
    }
    expect(told.map(({ type, label }) => [type, label])).toEqual([
      ['face.appeared', null],
      ['person.recognized', 'Ada'],
      ['person.changed', null],
      ['person.changed', 'Ada'],
    ]);
    expect(told.slice(1).map(({ why }) => why!.maxDistance)).toEqual([usual, 0.01, usual]);
    // Nothing else happened between: the faces of the next looks were judged by the new threshold.
    expect(told[2]!.timeMs - told[1]!.timeMs).toBeLessThan(5000);
  });
});
