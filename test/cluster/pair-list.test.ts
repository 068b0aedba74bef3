import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PairList } from '../../src/cluster/pair-list.ts';

it('gives each pair once, whichever way round and how often it came', () => {
  const pair = fc.tuple(fc.nat(99), fc.nat(99)).filter(([a, b]) => a !== b);
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 3000 }), (pairs) => {
      const list = new PairList(100);
      for (const [a, b] of pairs) list.add(a, b);
      expect(list.isEmpty).toBe(pairs.length === 0);
      const { first, second } = list.distinct();
      const given = Array.from(first, (a, i) => `${a} ${second[i]}`);
      const wanted = new Set(pairs.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`));
      expect(given.length).toBe(wanted.size);
      expect(new Set(given)).toEqual(wanted);
    }),
    { numRuns: 20 },
  );
});
