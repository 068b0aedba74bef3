/**
 * Names that somebody may have meant who wrote one that does not exist, the nearest first, at most three.
 *
 * @param name - as written; `*` and `?` stand for nothing
 * @remarks Accents, case and outer space aside. A third of the letters may be wrong, or the name is a part of another.
 */
export function similarNames(name: string, names: readonly string[]): string[] {
  const wanted = folded(name.replace(/[*?]/g, ''));
  if (wanted === '') return [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .map((candidate) => ({ candidate, steps: stepsBetween(wanted, folded(candidate)) }))
    .filter(({ candidate, steps }) => steps <= limit || isPart(wanted, folded(candidate)))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function folded(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

function isPart(short: string, long: string): boolean {
  return short.length >= 3 && long.includes(short);
}

// Letters to change, add or leave out, two that changed places counting once: optimal string alignment.
function stepsBetween(a: string, b: string): number {
  // Names are short; a text that is none must not cost its square.
  if (Math.max(a.length, b.length) > 200) return Number.POSITIVE_INFINITY;
  let older: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j]!, older[j - 2]! + 1);
    }
    older = row;
    row = next;
  }
  return row[b.length]!;
}
