import type { Command } from 'commander';
import { convertModel, sha256 } from '../convert/convert-model.ts';
import type { ModelPart } from '../models/model-pack.ts';
import { writeFileAtomic } from '../node/files/atomic-write.ts';
import { prepareOutputFile } from '../node/files/prepare-output-file.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import { readPack } from '../node/models/read-pack.ts';
import { MAX_MODEL_BYTES, readPart } from '../node/models/read-part.ts';
import type { CommandContext } from './command-context.ts';
import { type DescribedError, describeError, Output } from './output.ts';
import { formatTable } from './text-table.ts';

interface JsonOption {
  readonly json?: true;
}

/** Adds `models list`, `models verify` and `models convert`. */
export function addModelsCommand(program: Command, context: CommandContext): void {
  const models = program
    .command('models')
    .description('show, check and convert model files')
    .helpCommand(false);
  models
    .command('list')
    .description('list the models that come with face-trigger: kind, origin, licence, hash')
    .option('--json', 'print one JSON object a line')
    .action(async (options: JsonOption) => listModels(new Output('', context), options));
  models
    .command('verify')
    .description('check the files of the models against their SHA-256')
    .option('--json', 'print one JSON object a line')
    .action(async (options: JsonOption) => {
      if (!(await verifyModels(new Output('', context), options))) context.setExitStatus(4);
    });
  models
    .command('convert')
    .description("convert one of dlib's .dat files to what face-trigger loads")
    .argument('<source>', 'a dlib .dat file: MMOD detector, ResNet embedder or 5-point shape predictor')
    .argument('<target>', 'the file to write, such as embedder.onnx')
    .option('--json', 'print one JSON object')
    .action(async (source: string, target: string, options: JsonOption) =>
      convertFile(new Output('', context), { ...options, source, target }),
    );
}

async function listModels(output: Output, { json }: JsonOption): Promise<void> {
  const { pack } = await readPack();
  if (json) {
    for (const part of pack.parts) await output.json(part);
    return;
  }
  const columns = [
    { title: 'KIND' },
    { title: 'PRECISION' },
    { title: 'ID' },
    { title: 'FILE' },
    { title: 'BYTES', align: 'right' as const },
    { title: 'LICENCE' },
    { title: 'SHA-256' },
  ];
  const rows = pack.parts.map((part) => [
    part.kind,
    part.precision,
    part.id,
    part.file,
    part.bytes,
    part.licence.weights,
    part.sha256,
  ]);
  await output.line(formatTable(columns, rows));
}

async function verifyModels(output: Output, { json }: JsonOption): Promise<boolean> {
  const { pack, folder } = await readPack();
  const rows: (readonly string[])[] = [];
  let ok = true;
  for (const part of pack.parts) {
    const problem = await problemOf(part, folder);
    if (problem) ok = false;
    const { id, file } = part;
    if (json) await output.json({ id, file, ok: !problem, ...(problem && { error: problem }) });
    else rows.push([problem ? 'FAILED' : 'ok', id, file, problem?.message ?? '']);
  }
  if (!json) {
    await output.line(
      formatTable([{ title: 'RESULT' }, { title: 'ID' }, { title: 'FILE' }, { title: '' }], rows),
    );
  }
  return ok;
}

async function problemOf(part: ModelPart, folder: string): Promise<DescribedError | null> {
  try {
    await readPart(part, folder);
    return null;
  } catch (error) {
    return describeError(error);
  }
}

async function convertFile(
  output: Output,
  { source, target, json }: JsonOption & { readonly source: string; readonly target: string },
): Promise<void> {
  await prepareOutputFile(target);
  const { kind, bytes } = convertModel(
    await readFileWithin(source, {
      maxBytes: MAX_MODEL_BYTES,
      missing: 'ERR_MODEL_NOT_FOUND',
      unfit: 'ERR_MODEL_FORMAT',
    }),
  );
  await writeFileAtomic(target, bytes);
  const hash = sha256(bytes);
  if (json) await output.json({ source, target, kind, bytes: bytes.length, sha256: hash });
  else await output.line(`${target}: ${kind}, ${bytes.length} bytes, SHA-256 ${hash}`);
}
