/**
 * A distance with as many decimals as tell the hundredth part of a chart's range.
 *
 * @param range - where charts of the gallery's distances end, > 0
 */
export function distanceText(distance: number, range: number): string {
  return distance.toFixed(Math.max(0, Math.ceil(2 - Math.log10(range) - 1e-9)));
}
