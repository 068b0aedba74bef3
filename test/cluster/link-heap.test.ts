import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LinkHeap } from '../../src/cluster/link-heap.ts';

it('gives the largest odds first, and of equal odds the smallest number, in whatever order they came', () => {
  const entry = fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(20), fc.nat(20));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3000 }), (entries) => {
      const heap = new LinkHeap();
      for (const [odds, link, version] of entries) heap.push(odds, link, version);
      expect(heap.size).toBe(entries.length);
      const sorted = [...entries].sort((a, b) => b[0] - a[0] || a[1] - b[1]);
      expect(heap.largest).toBe(sorted[0]?.[0] ?? Number.NEGATIVE_INFINITY);
      for (const [odds, link] of sorted) {
        expect(heap.largest).toBe(odds);
        expect(heap.pop()?.link).toBe(link);
      }
      expect(heap.pop()).toBeNull();
    }),
    { numRuns: 20 },
  );
});
