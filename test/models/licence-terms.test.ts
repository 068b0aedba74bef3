import { describe, expect, it } from 'vitest';
import { allowsCommercialUse, assertCommercial } from '../../src/models/licence-terms.ts';
import { readPack } from '../../src/node/models/read-pack.ts';

describe('allowsCommercialUse', () => {
  it('knows the licences of free models, alone and joined', () => {
    for (const free of [
      'MIT',
      'CC0-1.0',
      'Apache-2.0 AND MIT',
      'CC-BY-NC-4.0 OR MIT',
      'mit',
      'apache-2.0',
      'bsd-3-CLAUSE and Mit',
      '(MIT)',
      '(MIT OR CC-BY-NC-4.0) AND Apache-2.0',
      'Apache-2.0 WITH LLVM-exception',
    ]) {
      expect(allowsCommercialUse(free), free).toBe(true);
    }
  });

  it('takes everything else for refused: what forbids it, what is unknown, what is no licence', () => {
    for (const other of [
      'unknown',
      '',
      'CC-BY-NC-4.0',
      'MIT AND CC-BY-NC-4.0',
      'non-commercial',
      'MIT AND (CC-BY-NC-4.0 OR unknown)',
      'MIT AND',
      'MIT Apache-2.0',
      '(MIT',
      'MIT)',
      'OR MIT',
      'MIT WITH',
      `${'('.repeat(5000)}MIT${')'.repeat(5000)}`,
    ]) {
      expect(allowsCommercialUse(other), other).toBe(false);
    }
  });
});

describe('assertCommercial', () => {
  it("lets the package's own models pass", async () => {
    const { pack } = await readPack();
    for (const part of pack.parts) expect(() => assertCommercial(part)).not.toThrow();
  });

  it('says which licence stands in the way', async () => {
    const [part] = (await readPack()).pack.parts;
    const closed = { ...part!, licence: { code: 'MIT', weights: 'unknown', data: 'unknown' } };
    expect(() => assertCommercial(closed)).toThrow(
      expect.objectContaining({
        code: 'ERR_MODEL_LICENCE',
        message: expect.stringContaining('weights: unknown'),
      }),
    );
  });
});
