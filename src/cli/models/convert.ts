import type { Command } from 'commander';
import { convertModel, sha256 } from '../../convert/convert-model.ts';
import { writeFileAtomic } from '../../node/files/atomic-write.ts';
import { prepareOutputFile } from '../../node/files/prepare-output-file.ts';
import { readFileWithin } from '../../node/files/read-file-within.ts';
import { MAX_MODEL_BYTES } from '../../node/models/read-part.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';

/** Adds `models convert`. */
export function addConvertCommand(group: Command, context: CommandContext): void {
  group
    .command('convert')
    .description("convert one of dlib's .dat files to a file that face-trigger loads")
    .argument('<source>', 'a dlib .dat file: MMOD detector, ResNet embedder or 5-point shape predictor')
    .argument('<target>', 'the file to write, such as embedder.onnx')
    .option('--json', 'print one JSON object')
    .action((source: string, target: string, { json }: { readonly json?: true | undefined }) =>
      convert(source, target, { json, output: new Output('', context) }),
    );
}

async function convert(
  source: string,
  target: string,
  { json, output }: { readonly json: true | undefined; readonly output: Output },
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
