import * as z from 'zod/mini';
import { MODEL_KINDS, MODEL_LICENCE, type ModelKind, type ModelPart } from './model-pack.ts';

const LEDGER_ENTRY = z.object({
  kind: z.enum(MODEL_KINDS),
  id: z.string(),
  sha256: z.string(),
  licence: MODEL_LICENCE,
  source: z.object({ file: z.string(), sha256: z.string(), origin: z.string() }),
});

/** What is known of a model that made something: its licenses, its training data, where it came from. */
export type LedgerEntry = z.infer<typeof LEDGER_ENTRY>;

/** Schema of the entries of all models that made something. */
export const LEDGER = z.array(LEDGER_ENTRY);

/** What is to be remembered of a model with all that it makes. */
function ledgerEntry({ kind, id, sha256, licence, source }: ModelPart): LedgerEntry {
  return { kind, id, sha256, licence, source };
}

/** The same of a part of a pack: of each embedder, where it is made of several. */
export function ledgerEntries(part: ModelPart): LedgerEntry[] {
  const members = part.kind === 'embedder' ? part.members : undefined;
  return (members ?? [part]).map(ledgerEntry);
}

/** An entry for a model of the caller's, of which nothing is known but what its own profile says. */
export function unknownModel(
  kind: ModelKind,
  {
    id,
    sha256 = '',
    weights = 'unknown',
  }: { readonly id: string; readonly sha256?: string | undefined; readonly weights?: string | undefined },
): LedgerEntry {
  return {
    ...{ kind, id, sha256 },
    licence: { code: 'unknown', weights, data: 'unknown' },
    source: { file: '', sha256, origin: 'given by the program or the user' },
  };
}

/** A line about a model for people: what it is and how it may be used. */
export function describeLedgerEntry({ kind, id, licence }: LedgerEntry): string {
  return `${kind} ${id}: weights ${licence.weights}, code ${licence.code}, learned from ${licence.data}`;
}
