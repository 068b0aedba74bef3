import { describe, expect, it } from 'vitest';
import { combineViews } from '../../../src/core/embed/combine-views.ts';
import { EMBEDDING_QUALITIES, embeddingRecipe } from '../../../src/core/embed/embedding-quality.ts';

describe('embeddingRecipe', () => {
  it('is balanced unless told otherwise: the same at every door', () => {
    expect(embeddingRecipe()).toEqual(EMBEDDING_QUALITIES.balanced);
  });

  it('lets single options change what a quality stands for', () => {
    const recipe = embeddingRecipe({ quality: 'balanced', jitter: 3 });
    expect(recipe).toEqual({ ...EMBEDDING_QUALITIES.balanced, jitter: 3 });
    expect(embeddingRecipe({ quality: 'best', mirror: undefined })).toEqual(EMBEDDING_QUALITIES.best);
  });

  it('refuses a quality that does not exist', () => {
    const call = () => embeddingRecipe({ quality: 'toString' as never });
    expect(call).toThrow(
      "Expected 'fast', 'balanced' or 'best' for options.quality but received \"toString\"",
    );
  });
});

describe('combineViews', () => {
  const views = [Float32Array.of(2, 0), Float32Array.of(0, 4), Float32Array.of(3, 4), Float32Array.of(3, 4)];

  it('averages the views of each face', () => {
    expect(combineViews(views, { faces: 2, length: null })).toEqual([
      Float32Array.of(1, 2),
      Float32Array.of(3, 4),
    ]);
  });

  it('scales the mean, not the views', () => {
    const [first, second] = combineViews(views, { faces: 2, length: 10 });
    expect(first![1]! / first![0]!).toBeCloseTo(2, 6);
    expect(second).toEqual(Float32Array.of(6, 8));
  });

  it('leaves a single view without a length as it is', () => {
    expect(combineViews([views[0]!], { faces: 1, length: null })[0]).toBe(views[0]);
    expect(combineViews([], { faces: 0, length: null })).toEqual([]);
  });
});
