import type { Command } from 'commander';
import { fusedWeights } from '../../models/fused-facts.ts';
import { commercialObstacles } from '../../models/licence-terms.ts';
import { areSeveral, lentParts, type ModelPack, type ModelPart } from '../../models/model-pack.ts';
import { modelSource } from '../../node/models/folder-source.ts';
import { readPack } from '../../node/models/read-pack.ts';
import type { CommandContext } from '../command-context.ts';
import { chosenModels } from '../options/default-models.ts';
import { Output } from '../output/output.ts';

/** Adds `models info`. */
export function addInfoCommand(group: Command, context: CommandContext): void {
  group
    .command('info')
    .description('show the licenses, training data, origin and hash of each model of a pack')
    .argument('[pack]', 'name of a pack, or path of its folder (default: the one in use)')
    .option('--json', 'print one JSON object')
    .action((pack: string | undefined, { json }: { readonly json?: true | undefined }) =>
      info(pack, { json, output: new Output('', context) }),
    );
}

async function info(
  wanted: string | undefined,
  { json, output }: { readonly json: true | undefined; readonly output: Output },
): Promise<void> {
  const name = wanted ?? (await chosenModels()).name;
  const { pack, folder, base, lent } = await readWithBase(name);
  if (json) {
    const parts = [...pack.parts, ...lent].map((part) => ({
      ...part,
      ...(lent.includes(part) && { from: base }),
      commercial: commercialObstacles(part).length === 0,
    }));
    return output.json({ ...pack, ...(folder !== null && { folder }), parts });
  }
  await output.line(`${pack.name}: ${pack.title}`);
  if (folder !== null) await output.line(`  folder    ${folder}`);
  for (const part of pack.parts) await output.line(`\n${describePart(part)}`);
  if (lent.length === 0) return;
  await output.line(`\nWhat it lacks comes from "${base}":`);
  for (const part of lent) await output.line(`\n${describePart(part)}`);
}

/** A pack and what another one lends it. */
interface PackWithBase {
  readonly pack: ModelPack;
  /** `null`: its parts lie in several. */
  readonly folder: string | null;
  readonly base?: string | undefined;
  readonly lent: readonly ModelPart[];
}

async function readWithBase(name: string): Promise<PackWithBase> {
  if (areSeveral(name)) return { pack: await modelSource(name).readPack(), folder: null, lent: [] };
  const { pack, folder } = await readPack(name);
  const base = pack.base === undefined ? null : (await readPack(pack.base)).pack;
  return { pack, folder, base: pack.base, lent: base === null ? [] : lentParts(pack, base) };
}

function describePart(part: ModelPart): string {
  const { kind, precision, id, file, bytes, sha256, source, licence } = part;
  const obstacles = commercialObstacles(part);
  const lines = [
    `${kind}, ${precision}: ${id}`,
    `  file      ${file}, ${bytes} bytes`,
    `  SHA-256   ${sha256}`,
    `  made of   ${source.file}, ${source.origin}`,
    `  SHA-256   ${source.sha256}`,
    `  code      ${licence.code}`,
    `  weights   ${licence.weights}`,
    `  data      ${licence.data}`,
    `  commerce  ${obstacles.length === 0 ? 'code and weights allow commercial use' : `not known to be allowed (${obstacles.join(', ')})`}`,
    ...embedderLines(part),
    ...(part.kind === 'liveness' ? [`  shown     ${part.facts.cropScale} times the face`] : []),
  ];
  return lines.join('\n');
}

function embedderLines(part: ModelPart): string[] {
  if (part.kind !== 'embedder') return [];
  const { dimension, metric, thresholds, chip } = part.facts;
  if (part.members) {
    const weights = fusedWeights(part.members);
    const shares = part.members.map(({ id }, i) => `${id} ${(100 * weights[i]!).toFixed(0)} %`);
    return [
      `  fused of  ${shares.join(', ')} of the similarity of two faces`,
      `  embedding ${dimension} numbers, ${metric} distance`,
      `  limits    one person below ${thresholds.verify} (two photos), ${thresholds.identify} (among many people)`,
    ];
  }
  return [
    `  embedding ${dimension} numbers, ${metric} distance, of a chip of ${chip.size} x ${chip.size} pixels`,
    `  limits    one person below ${thresholds.verify} (two photos), ${thresholds.identify} (among many people)`,
  ];
}
