import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Places } from '../../src/server/places.ts';

const takeAll = (places: Places, owner: string, bytes = 0): (() => void)[] => {
  const releases: (() => void)[] = [];
  for (;;) {
    try {
      releases.push(places.take(owner, bytes));
    } catch {
      return releases;
    }
  }
};

describe('places', () => {
  it('leave room for others, however many one owner asks for', () => {
    const places = new Places({ what: 'things', count: 64 });
    expect(takeAll(places, 'first')).toHaveLength(32);
    expect(takeAll(places, 'second')).toHaveLength(16);
    expect(takeAll(places, 'third')).toHaveLength(8);
    expect(places.taken).toBe(56);
  });

  it('count bytes as well, and let one large thing in where there is room', () => {
    const places = new Places({ what: 'things', count: 100, bytes: 1000 });
    expect(takeAll(places, 'first', 100)).toHaveLength(5);
    expect(takeAll(places, 'second', 400)).toHaveLength(1);
    expect(() => places.take('third', 400)).toThrow(
      expect.objectContaining({ code: 'ERR_TOO_MANY_REQUESTS' }),
    );
  });

  it('are free again once they are given back, and count nothing twice', () => {
    const places = new Places({ what: 'things', count: 2 });
    const release = places.take('first');
    expect(() => places.take('first')).toThrow();
    release();
    release();
    expect(places.taken).toBe(0);
    takeAll(places, 'first');
    expect(places.taken).toBe(1);
  });

  it('never hold more than there are, and end empty, whoever takes and gives in whatever order', () => {
    const step = fc.record({
      owner: fc.constantFrom('a', 'b', 'c', 'd'),
      bytes: fc.nat(60),
      give: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const places = new Places({ what: 'things', count: 16, bytes: 200 });
        const held: { release: () => void; bytes: number }[] = [];
        for (const { owner, bytes, give } of steps) {
          try {
            held.push({ release: places.take(owner, bytes), bytes });
          } catch {
            held.splice(give, 1)[0]?.release();
          }
          expect(places.taken).toBe(held.length);
          expect(held.length).toBeLessThanOrEqual(16);
          expect(held.reduce((sum, { bytes: size }) => sum + size, 0)).toBeLessThanOrEqual(200);
        }
        for (const { release } of held) release();
        expect(places.taken).toBe(0);
      }),
    );
  });
});
