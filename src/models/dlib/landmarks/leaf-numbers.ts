import { FaceTriggerError } from '../../../core/errors.ts';

/**
 * Binary places that leaves keep: those that sums with coordinates of 2^-7 and more of the face's box can depend on.
 * A float32 of that size ends at 2^-30, and two more places round every such sum as the whole leaf would.
 */
const MAX_LEAF_BITS = 32;

/**
 * Leaves as whole numbers of 2^-bits, sign in the lowest bit.
 *
 * @remarks Rounded to odd (of two neighbours the odd one, where a leaf is between): a sum that is then rounded to
 * float32 with at least two places less is the one that the leaf itself gives. Source: Boldo and Melquiond, "Emulation
 * of FMA and correctly rounded sums: proved algorithms using rounding to odd", IEEE Transactions on Computers 2008.
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if a leaf is no number below 2^31
 */
export function writeLeaves(leaves: Float32Array): { readonly bits: number; readonly numbers: Uint32Array } {
  const largest = leaves.reduce((most, leaf) => Math.max(most, Math.abs(leaf)), 0);
  if (!(largest < 2 ** 31)) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `Not a usable landmark model: a leaf of ${largest}`);
  }
  let bits = MAX_LEAF_BITS;
  while (largest * 2 ** bits >= 2 ** 31) bits--;
  const unit = 2 ** bits;
  const numbers = new Uint32Array(leaves.length);
  for (let i = 0; i < leaves.length; i++) {
    const exact = leaves[i]! * unit;
    const below = Math.floor(exact);
    const odd = below === exact || (below & 1) !== 0 ? below : below + 1;
    numbers[i] = (odd << 1) ^ (odd >> 31);
  }
  return { bits, numbers };
}

/**
 * Undoes {@link writeLeaves}.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` for bits that it does not write
 */
export function readLeaves(numbers: Uint32Array, bits: number): Float32Array {
  if (bits > MAX_LEAF_BITS) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `Not a usable landmark model: leaves of ${bits} bits`);
  }
  const unit = 2 ** -bits;
  const leaves = new Float32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    leaves[i] = ((number >>> 1) ^ -(number & 1)) * unit;
  }
  return leaves;
}
