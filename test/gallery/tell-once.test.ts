import { describe, expect, it } from 'vitest';
import { tellOnce } from '../../src/gallery/tell-once.ts';

describe('tellOnce', () => {
  it('tells the first sentence alone, and makes no other', () => {
    const told: string[] = [];
    const made: number[] = [];
    const tell = tellOnce((message) => told.push(message));
    for (const i of [1, 2, 3]) {
      tell(() => {
        made.push(i);
        return `sentence ${i}`;
      });
    }
    expect(told).toEqual(['sentence 1']);
    expect(made).toEqual([1]);
  });

  it('does nothing where nobody listens', () => {
    expect(() => tellOnce(undefined)(() => 'x')).not.toThrow();
  });
});
