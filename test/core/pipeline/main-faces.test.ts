import { describe, expect, it } from 'vitest';
import { mainFaces } from '../../../src/core/pipeline/main-faces.ts';

const face = (width: number) => ({ box: { left: 0, top: 0, width, height: width } });

describe('mainFaces', () => {
  it('leaves passers-by out: faces less than half as large as the largest', () => {
    expect(mainFaces([face(49), face(100), face(50), face(80)])).toEqual([face(100), face(50), face(80)]);
  });

  it('keeps the one face there is, and finds none where there is none', () => {
    expect(mainFaces([face(41)])).toEqual([face(41)]);
    expect(mainFaces([])).toEqual([]);
  });
});
