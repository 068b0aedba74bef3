import { describe, expect, it } from 'vitest';
import { exitStatusOf } from '../../src/cli/exit-status.ts';
import { ERROR_CODES, type FaceTriggerErrorCode } from '../../src/core/errors.ts';
import { httpStatusOf } from '../../src/server/http-status.ts';

const codes = Object.keys(ERROR_CODES) as FaceTriggerErrorCode[];

describe('each error code', () => {
  it('has an HTTP status of an error', () => {
    for (const code of codes) {
      expect.soft(Number.isInteger(httpStatusOf(code)), code).toBe(true);
      expect.soft(httpStatusOf(code), code).toBeGreaterThanOrEqual(400);
      expect.soft(httpStatusOf(code), code).toBeLessThan(600);
    }
  });

  it('has an exit status that is neither success nor "some inputs failed"', () => {
    for (const code of codes) {
      expect.soft(exitStatusOf(code), code).toBeOneOf([2, 3, 4, 5, 6, 7, 8, 130]);
    }
  });
});
