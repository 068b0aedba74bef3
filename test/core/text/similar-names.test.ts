import { describe, expect, it } from 'vitest';
import { similarNames } from '../../../src/core/text/similar-names.ts';

describe('similarNames', () => {
  const people = ['Ada Lovelace', 'José', 'Bob', 'Bo', '王小明', 'Zoë'];
  it.each([
    ['Ada Lovelcae', ['Ada Lovelace']],
    ['ada lovelace', ['Ada Lovelace']],
    ['Lovelace', ['Ada Lovelace']],
    ['Ada*', ['Ada Lovelace']],
    ['Jose', ['José']],
    ['Bobb', ['Bob']],
    ['zoe', ['Zoë']],
    ['王小', ['王小明']],
    ['Nobody Here', []],
    ['*', []],
    ['', []],
    ['x'.repeat(5000), []],
  ])('finds for %j: %j', (name, expected) => {
    expect(similarNames(name, people)).toEqual(expected);
  });

  it('gives the nearest first, at most three', () => {
    expect(similarNames('Anna', ['Hanna', 'Hannah', 'Anna B', 'Anne', 'Johanna'])).toHaveLength(3);
    expect(similarNames('Anna', ['Johanna', 'Anne'])[0]).toBe('Anne');
  });
});
