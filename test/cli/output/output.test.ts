import { describe, expect, it } from 'vitest';
import { describeError } from '../../../src/cli/output/output.ts';
import { FaceTriggerError } from '../../../src/core/errors.ts';

describe('describeError', () => {
  it('tells the error that came first, where closing things failed as well', async () => {
    const fail = async (): Promise<void> => {
      await using _second = {
        [Symbol.asyncDispose]: () => Promise.reject(new Error('second')),
      };
      await using _third = { [Symbol.asyncDispose]: () => Promise.reject(new Error('third')) };
      throw new FaceTriggerError('ERR_DISK_FULL', 'first');
    };
    const error = await fail().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'SuppressedError' });
    expect(describeError(error)).toEqual({ code: 'ERR_DISK_FULL', message: 'first' });
  });
});
