import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random/random.ts';

describe('createRandom', () => {
  it('repeats the stream of an equal seed and leaves it with another seed', () => {
    const stream = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(stream(7)).toEqual(stream(7));
    expect(stream(7)).not.toEqual(stream(8));
  });

  it('stays in its ranges', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 1, max: 2 ** 32 }),
        (seed, n) => {
          const random = createRandom(seed);
          const real = random.next();
          const whole = random.int(n);
          return real >= 0 && real < 1 && Number.isInteger(whole) && whole >= 0 && whole < n;
        },
      ),
    );
  });

  it('keeps every item when it shuffles', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 999 }), (items, seed) => {
        const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
        expect(sorted(createRandom(seed).shuffle([...items]))).toEqual(sorted(items));
      }),
    );
  });

  it('has the moments of the uniform and of the normal distribution', () => {
    const random = createRandom(1);
    const n = 200_000;
    let uniform = 0;
    let mean = 0;
    let square = 0;
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < n; i++) {
      uniform += random.next() / n;
      const z = random.normal();
      mean += z / n;
      square += (z * z) / n;
      counts[random.int(6)]! += 1;
    }
    expect(uniform).toBeCloseTo(0.5, 2);
    expect(mean).toBeCloseTo(0, 1.9);
    expect(square).toBeCloseTo(1, 1.5);
    for (const count of counts) expect(Math.abs(count / n - 1 / 6)).toBeLessThan(0.005);
  });

  it('refuses a seed or a bound that is not an integer of 32 bits', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => createRandom(seed)).toThrow('Expected an integer from 0 to 4294967295 for seed');
    }
    expect(() => createRandom(1).int(0)).toThrow('for n');
  });
});
