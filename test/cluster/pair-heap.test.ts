import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PairHeap } from '../../src/cluster/pair-heap.ts';

it('gives the smallest key first, and of equal keys the smallest pair, in whatever order they came', () => {
  const entry = fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(20), fc.nat(20));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3000 }), (entries) => {
      const heap = new PairHeap();
      for (const [key, first, second] of entries) heap.push(key, first, second);
      expect(heap.size).toBe(entries.length);
      const sorted = [...entries].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
      for (const [key, first, second] of sorted) expect(heap.pop()).toEqual({ key, first, second });
      expect(heap.pop()).toBeNull();
    }),
    { numRuns: 20 },
  );
});
