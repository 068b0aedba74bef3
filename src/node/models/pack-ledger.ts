import { type LedgerEntry, ledgerEntries } from '../../models/licence-ledger.ts';
import type { ModelKind, ModelPrecision } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { modelSource } from './folder-source.ts';
import type { DetectionMode } from './open-models.ts';

/**
 * What is known of the licenses of the models that a pipeline opens of a pack.
 *
 * @param models - the pack, by name or path, or what gives it. @defaultValue the default pack
 */
export async function packLedger(
  models: string | ModelSource | undefined,
  options: {
    readonly detection?: DetectionMode | undefined;
    readonly precision?: ModelPrecision | undefined;
    /** The pack whose liveness networks are opened too; true for the same one. */
    readonly liveness?: string | ModelSource | boolean | undefined;
  } = {},
): Promise<LedgerEntry[]> {
  const { parts } = await modelSource(models).readPack();
  const find = (kind: ModelKind, precision: ModelPrecision) =>
    parts.find((part) => part.kind === kind && part.precision === precision);
  const small = options.detection === 'fast' ? find('detector', 'int8') : undefined;
  const used = [
    small ?? find('detector', 'fp32'),
    find('landmarks', 'fp32'),
    find('embedder', options.precision ?? 'fp32'),
  ];
  const { liveness = false } = options;
  const other =
    liveness === true ? parts : liveness === false ? [] : (await modelSource(liveness).readPack()).parts;
  const checking = other.filter((part) => part.kind === 'liveness');
  return [...used.filter((part) => part !== undefined), ...checking].flatMap(ledgerEntries);
}
