import { describe, expect, it } from 'vitest';
import { shrinkForFaces } from '../../src/pipeline/shrink-for-faces.ts';

describe('shrinkForFaces', () => {
  it.each([
    [79, 1, 1],
    [159, 1, 1],
    [160, 2, 1],
    [319, 2, 1],
    [320, 4, 2],
    [640, 8, 4],
    [1280, 8, 8],
    [10_000, 8, 8],
  ])('leaves enough of faces of %i pixels to find and to embed them', (size, find, embed) => {
    expect(shrinkForFaces(size, { embed: false })).toBe(find);
    expect(shrinkForFaces(size, { embed: true })).toBe(embed);
  });
});
