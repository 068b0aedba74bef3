import { describe, expect, it } from 'vitest';
import { DEFAULT_SERVER_LIMITS, readLimits, type ServerOptions } from '../../src/server/server-options.ts';

/** Those of a program that passes on what its own users may leave out. */
const limitsOf = (limits: Pick<ServerOptions, 'maxUploadBytes' | 'maxPixels' | 'timeoutMs'>) =>
  readLimits({ ...limits, version: '0', keys: null } as ServerOptions);

describe('readLimits', () => {
  it('takes a limit that is undefined for one that is not given', () => {
    expect(limitsOf({ maxUploadBytes: undefined, maxPixels: 1000, timeoutMs: undefined })).toEqual({
      ...DEFAULT_SERVER_LIMITS,
      maxPixels: 1000,
    });
  });

  it('refuses a limit that is no integer above 0', () => {
    for (const timeoutMs of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => limitsOf({ timeoutMs })).toThrow(/Expected an integer >= 1 for options\.timeoutMs/);
  });
});
