import { InvalidArgumentError } from 'commander';

/** Parser for an option that takes a whole number. */
export function integerAtLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected an integer >= ${least}.`);
  };
}

/** Parser for an option that takes a number within bounds, both included. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least && value <= most) return value;
    const range = most === Number.POSITIVE_INFINITY ? `>= ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(
      least === Number.NEGATIVE_INFINITY ? 'Expected a number.' : `Expected a number ${range}.`,
    );
  };
}
