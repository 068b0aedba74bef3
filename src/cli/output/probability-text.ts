/** The largest share that is printed: nothing is certain. */
const MOST = 0.999;

/** A probability as tables show it. */
export function probabilityText(probability: number): string {
  return Math.min(MOST, probability).toFixed(3);
}
