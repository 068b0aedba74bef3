import { FaceTriggerError } from '../../core/errors.ts';
import type { AssembledPack } from './assemble-pack.ts';
import type { LeftOut } from './find-known-models.ts';
import { tryPart } from './try-part.ts';

/**
 * Runs each model of a pack once.
 *
 * @returns the pack without the files that were understood by their graphs and hashes but can't be run
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if none is left, and for any in a folder that
 * describes itself: it promises them
 */
export async function tryPack(assembled: AssembledPack): Promise<AssembledPack> {
  const { pack, files, understood, leftOut } = assembled;
  const failed: LeftOut[] = [];
  for (const part of pack.parts) {
    try {
      await tryPart(part, files.get(part.file)!);
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
      if (understood.length === 0 || pack.parts.length === failed.length + 1) throw error;
      failed.push({ file: part.file, why: error.message });
    }
  }
  if (failed.length === 0) return assembled;
  const runs = ({ file }: { readonly file: string }) => !failed.some((left) => left.file === file);
  return {
    ...assembled,
    pack: { ...pack, parts: pack.parts.filter(runs) },
    understood: understood.filter(({ part }) => runs(part)),
    leftOut: [...leftOut, ...failed],
  };
}
