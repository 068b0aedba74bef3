import { expect, it } from 'vitest';
import { isMarkOf, modelMark } from '../../../src/core/embed/model-mark.ts';

const ONE = { id: 'a model @ home', sha256: '0123456789ab'.padEnd(64, 'c') };
const OTHER = { id: ONE.id, sha256: '0123456789ac'.padEnd(64, 'c') };

it('knows its own marks and those of earlier versions, and no other', () => {
  expect(isMarkOf(modelMark(ONE), ONE)).toBe(true);
  expect(isMarkOf(`${ONE.id}@0123456789ab`, ONE)).toBe(true);
  expect(isMarkOf(`${ONE.id}:${ONE.sha256}`, ONE)).toBe(true);
  expect(isMarkOf(modelMark(OTHER), ONE)).toBe(false);
  expect(isMarkOf(`${ONE.id}@0123456789ab`, OTHER)).toBe(false);
  expect(isMarkOf(`${ONE.id}@0123`, ONE)).toBe(false);
  expect(isMarkOf(`another@0123456789ab`, ONE)).toBe(false);
  expect(isMarkOf('', ONE)).toBe(false);
});
