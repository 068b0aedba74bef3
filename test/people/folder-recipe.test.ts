import { expect, it } from 'vitest';
import { folderRecipe } from '../../src/people/folder-recipe.ts';
import type { ModelDescription } from '../../src/people/model-folder.ts';

const averaging = { mirror: true, jitter: 0, evenLength: true };
const recipe = (embedder: object, rest: object = { averaging }) =>
  folderRecipe({ embedder, ...rest } as unknown as ModelDescription);

it('embeds as version 0.1 did for its folders, which scaled the 32-bit network alone', () => {
  expect(recipe({ id: 'dlib-resnet-v1' })).toEqual(averaging);
  expect(recipe({ id: 'dlib-resnet-v1-int8' })).toEqual({ ...averaging, evenLength: false });
});

it('embeds as newer folders say, whatever the embedder', () => {
  const lengthRule = { length: 1.43, applies: 'when even' };
  expect(recipe({ id: 'dlib-resnet-v1-int8', metric: 'euclidean', lengthRule })).toEqual(averaging);
  expect(recipe({ id: 'dlib-resnet-v1-int8', metric: 'euclidean' })).toEqual(averaging);
});

it("takes quality 'fast' where a folder says nothing", () => {
  expect(recipe({ id: 'x' }, {})).toEqual({ mirror: false, jitter: 0, evenLength: false });
});
