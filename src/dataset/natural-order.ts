const collator = new Intl.Collator('en', { numeric: true });

/**
 * Compares names as people do: `img2` before `img10`. For `Array.prototype.sort`.
 *
 * @remarks The same on every machine, whatever its language. Names that read alike but differ keep a fixed order.
 */
export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
