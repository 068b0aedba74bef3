import { describe, expect, it } from 'vitest';
import { LinearSvm } from '../../../src/classify/linear-svm.ts';
import { NearestClassifier } from '../../../src/classify/nearest-classifier.ts';
import { stratifiedShuffleSplits } from '../../../src/classify/stratified-splits.ts';
import { withoutUndefined } from '../../../src/core/options/without-undefined.ts';

describe('withoutUndefined', () => {
  it('leaves out what is undefined, and keeps null, false and zero', () => {
    const options = { a: undefined, b: null, c: false, d: 0, e: 'x' };
    expect(Object.entries(withoutUndefined(options))).toEqual([
      ['b', null],
      ['c', false],
      ['d', 0],
      ['e', 'x'],
    ]);
  });
});

describe('an option that is given as undefined', () => {
  it('has its default in what learns people', () => {
    expect(new LinearSvm({ C: undefined, tolerance: undefined }).options).toEqual(new LinearSvm().options);
    const given = { mode: undefined, calibration: undefined, seed: undefined, metric: undefined };
    expect(new NearestClassifier({ ...given, defaultCalibration: undefined }).options).toEqual(
      new NearestClassifier().options,
    );
    const labels = [0, 0, 0, 0, 1, 1, 1, 1];
    expect(stratifiedShuffleSplits(labels, { splits: undefined, minTrain: undefined })).toEqual(
      stratifiedShuffleSplits(labels),
    );
  });
});
