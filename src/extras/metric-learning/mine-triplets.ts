import { normalizeRows, type Rows, squaredGap, type Triplet } from './triplet-loss.ts';

/**
 * Chooses the triplets of a batch that teach most without collapsing the embedding.
 *
 * @param rows - embeddings of the batch; compared at length 1
 * @param people - the person of each row
 * @param margin - of the loss
 * @returns at most one triplet for each ordered pair of one person's faces: with the nearest stranger who is farther
 * than the positive but within the margin (semi-hard), or, where all are nearer than the positive, the farthest of
 * them. Pairs that are a margin apart from everybody give none.
 * @remarks arXiv 1503.03832, section 3.2, online within the batch. O(n² d + n² n).
 */
export function mineTriplets(
  rows: Rows,
  people: ArrayLike<number>,
  { margin }: { readonly margin: number },
): Triplet[] {
  const { columns } = rows;
  const { unit, lengths } = normalizeRows(rows);
  const n = lengths.length;
  const squares = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const square = squaredGap(unit, i * columns, j * columns, columns);
      squares[i * n + j] = square;
      squares[j * n + i] = square;
    }
  }
  const triplets: Triplet[] = [];
  for (let anchor = 0; anchor < n; anchor++) {
    for (let positive = 0; positive < n; positive++) {
      if (positive === anchor || people[positive] !== people[anchor]) continue;
      const near = squares[anchor * n + positive]!;
      const negative = chooseNegative(anchor, near);
      if (negative >= 0 && squares[anchor * n + negative]! < near + margin) {
        triplets.push({ anchor, positive, negative });
      }
    }
  }
  return triplets;

  function chooseNegative(anchor: number, near: number): number {
    let semiHard = -1;
    let easiest = -1;
    for (let other = 0; other < n; other++) {
      if (people[other] === people[anchor]) continue;
      const square = squares[anchor * n + other]!;
      if (easiest < 0 || square > squares[anchor * n + easiest]!) easiest = other;
      if (square > near && (semiHard < 0 || square < squares[anchor * n + semiHard]!)) semiHard = other;
    }
    return semiHard >= 0 ? semiHard : easiest;
  }
}
