import { describe, expect, it } from 'vitest';
import { readSpdxExpression } from '../../src/models/spdx-expression.ts';

describe('readSpdxExpression', () => {
  it('writes identifiers and operators as SPDX does, however they came', () => {
    for (const [given, text] of [
      ['mit', 'MIT'],
      ['  APACHE-2.0 ', 'Apache-2.0'],
      ['cc0-1.0 or cc-by-nc-4.0', 'CC0-1.0 OR CC-BY-NC-4.0'],
      ['( mit and Bsd-2-clause )', '(MIT AND BSD-2-Clause)'],
      ['LicenseRef-InsightFace-non-commercial', 'LicenseRef-InsightFace-non-commercial'],
    ] as const) {
      expect(readSpdxExpression(given), given).toMatchObject({ text, unknown: [] });
    }
  });

  it('names identifiers that it does not know, and refuses what is no expression', () => {
    expect(readSpdxExpression('Apache2 AND MIT')).toMatchObject({
      ...{ text: 'Apache2 AND MIT', unknown: ['Apache2'], isCommercial: false },
    });
    for (const none of ['', '   ', 'Apache License 2.0', 'and', '()', 'MIT OR']) {
      expect(readSpdxExpression(none), none).toBeNull();
    }
  });
});
