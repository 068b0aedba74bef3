import { readFileSync } from 'node:fs';

/** One file of scripts/goldens/classify.py with its embeddings unpacked. */
export interface GoldenCase {
  readonly folds: number;
  readonly samples: readonly Float32Array[];
  readonly probes: readonly Float32Array[];
  readonly labels: readonly number[];
  readonly answers: readonly {
    readonly C: number;
    readonly classWeight: null | 'balanced';
    readonly decisions: readonly number[];
    readonly probabilities: readonly number[];
    readonly labels: readonly number[];
  }[];
  readonly grid?: {
    readonly C: readonly number[];
    readonly bestC: number;
    readonly splits: readonly { readonly train: number[]; readonly test: number[] }[];
    readonly accuracies: readonly (readonly number[])[];
  };
}

export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/classify/${name}.json`, import.meta.url), 'utf8'));
}

export function readGoldenCase(name: 'many-people' | 'two-people' | 'overlapping'): GoldenCase {
  const raw = readFixture(name) as GoldenCase & { samples: Packed; probes: Packed };
  return { ...raw, samples: unpack(raw.samples), probes: unpack(raw.probes) };
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

interface Packed {
  readonly rows: number;
  readonly columns: number;
  readonly float32: string;
}

function unpack({ rows, columns, float32 }: Packed): Float32Array[] {
  const bytes = Buffer.from(float32, 'base64');
  return Array.from({ length: rows }, (_, row) =>
    Float32Array.from({ length: columns }, (_, j) => bytes.readFloatLE((row * columns + j) * 4)),
  );
}
