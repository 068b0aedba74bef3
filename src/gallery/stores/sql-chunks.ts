/** Values in one statement at most. */
const CHUNK = 200;

/** Lists of values as parameters. @param before - parameters that come before them */
export function* chunks<Value>(
  list: readonly Value[],
  before: number,
): Iterable<{ readonly marks: string; readonly values: readonly Value[] }> {
  for (let at = 0; at < list.length; at += CHUNK) {
    const values = list.slice(at, at + CHUNK);
    yield { values, marks: values.map((_, i) => `$${before + i + 1}`).join(', ') };
  }
}
