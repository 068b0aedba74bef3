import { invalidArgument } from '../errors.ts';

/** A stream of pseudo-random numbers that its seed alone determines, on every machine. */
export interface Random {
  /** The next number, uniform in [0, 1), a multiple of 2⁻⁵³. */
  next(): number;
  /** The next integer, uniform in 0 .. n - 1, free of modulo bias; n is an integer from 1 to 2³². */
  int(n: number): number;
  /** Puts the items into a random order in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends Shufflable>(items: T): T;
  /** The next number of the standard normal distribution. */
  normal(): number;
}

/** An ordinary or a typed array whose items can change places. */
export type Shufflable = unknown[] | Int32Array | Uint32Array | Float32Array | Float64Array;

const TWO_TO_32 = 2 ** 32;

/**
 * Starts a reproducible stream of random numbers.
 *
 * @param seed - integer in 0 .. 2³² - 1; equal seeds give equal streams
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` if the seed is no such integer
 * @remarks xoshiro128** 1.1 (D. Blackman and S. Vigna, prng.di.unimi.it, public domain), its state filled by
 * splitmix32. Not for secrets.
 */
export function createRandom(seed: number): Random {
  if (!Number.isInteger(seed) || seed < 0 || seed >= TWO_TO_32) {
    throw invalidArgument('an integer from 0 to 4294967295', 'seed', seed);
  }
  const bits = xoshiro128(seed);

  const next = () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;

  const int = (n: number) => {
    if (!Number.isInteger(n) || n < 1 || n > TWO_TO_32) {
      throw invalidArgument('an integer from 1 to 4294967296', 'n', n);
    }
    // Values past the last whole multiple of n would make small remainders more likely: draw again.
    const limit = TWO_TO_32 - (TWO_TO_32 % n);
    let value = bits();
    while (value >= limit) value = bits();
    return value % n;
  };

  const shuffle = <T extends Shufflable>(items: T): T => {
    const array = items as unknown[];
    for (let i = array.length - 1; i > 0; i--) {
      const j = int(i + 1);
      const item = array[i];
      array[i] = array[j];
      array[j] = item;
    }
    return items;
  };

  // Box and Muller 1958; 1 - next() is never 0, so the logarithm is finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

  return { next, int, shuffle, normal };
}

function xoshiro128(seed: number): () => number {
  const state = new Uint32Array(4);
  let filler = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    filler = (filler + 0x9e3779b9) >>> 0;
    let mixed = filler ^ (filler >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    state[i] = mixed ^ (mixed >>> 15);
  }
  return () => {
    const s1 = state[1]!;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    state[2] = state[2]! ^ state[0]!;
    state[3] = state[3]! ^ s1;
    state[1] = s1 ^ state[2]!;
    state[0] = state[0]! ^ state[3]!;
    state[2] = state[2]! ^ (s1 << 9);
    state[3] = rotateLeft(state[3]!, 11);
    return result;
  };
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
