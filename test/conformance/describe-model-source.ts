import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/convert/convert-model.ts';
import { MODEL_PACK } from '../../src/models/model-pack.ts';
import type { ModelSource } from '../../src/models/model-source.ts';

/** What every ModelSource promises. @param damaged - the same source with a byte of a file changed */
export function describeModelSource(
  name: string,
  source: () => Promise<ModelSource>,
  damaged: () => Promise<ModelSource>,
): void {
  describe(`the model source "${name}"`, () => {
    it('tells what there is, by the one schema', async () => {
      const pack = await (await source()).readPack();
      expect(MODEL_PACK.parse(pack)).toEqual(pack);
    });

    it('gives each file as the pack describes it, again and again', async () => {
      const opened = await source();
      for (const part of (await opened.readPack()).parts) {
        const bytes = await opened.readPart(part);
        expect(bytes.length).toBe(part.bytes);
        expect(sha256(bytes)).toBe(part.sha256);
        expect(sha256(await opened.readPart(part))).toBe(part.sha256);
      }
    });

    it('refuses a file that is not the one described', async () => {
      const opened = await damaged();
      const reads = (await opened.readPack()).parts.map((part) => opened.readPart(part));
      const results = await Promise.allSettled(reads);
      const refused = results.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatchObject({ reason: { code: 'ERR_MODEL_FORMAT' } });
    });
  });
}
