import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { identityOf } from '../../core/embed/embedder-profile.ts';
import { encodeNpy, stackEmbeddings } from '../../core/embed/npy.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { setAside } from '../../dataset/set-aside.ts';
import { MAX_PICKLE_BYTES } from '../../extras/pickle/joblib-file.ts';
import { readLegacyEncodings } from '../../extras/pickle/legacy-encodings.ts';
import { recordsFromEmbeddings } from '../../gallery/records-from-embeddings.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../../node/files/atomic-write.ts';
import { readFileWithin } from '../../node/files/read-file-within.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import type { CommandContext } from '../command-context.ts';
import { addModelsOption } from '../options/network-options.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { requireDimension } from './require-dimension.ts';

interface EncodingsOptions {
  readonly out: string;
  readonly json?: true | undefined;
  readonly models?: string | undefined;
}

/** Adds `import encodings`. */
export function addEncodingsCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('encodings')
    .description("make a gallery folder from a pickle of encodings that Python's face_recognition made")
    .argument('<file>', '{"encodings": [...], "names": [...]}, (encodings, names) or {name: encodings}')
    .requiredOption(
      '--out <dir>',
      'folder for gallery.jsonl and embeddings.npy (rows in the same order); an older one is renamed',
    )
    .option('--json', 'print one JSON object');
  addModelsOption(command).action((file: string, options: EncodingsOptions) =>
    importEncodings(file, options, context),
  );
}

async function importEncodings(
  file: string,
  { out, json, models }: EncodingsOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('', context);
  const people = readLegacyEncodings(await readFileWithin(file, { maxBytes: MAX_PICKLE_BYTES }));
  const embeddings = people.flatMap((person) => person.embeddings);
  if (embeddings.length === 0)
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', `There is no encoding in ${file}`);
  const dimension = embeddings[0]!.length;
  const profile = await packageEmbedder(undefined, models);
  requireDimension(dimension, { embedder: profile, file });
  const embedder = { ...identityOf(profile), dimension };
  const records = recordsFromEmbeddings(people, { embedder, source: basename(file), createdAt: new Date() });
  const lines = Array.from(records, (record) => `${JSON.stringify(record)}\n`);
  const moved = await setAside(out);
  await writeFileAtomic(join(out, 'gallery.jsonl'), lines.join(''), { mode: PRIVATE_FILE_MODE });
  await writeFileAtomic(join(out, 'embeddings.npy'), encodeNpy(stackEmbeddings(embeddings)), {
    mode: PRIVATE_FILE_MODE,
  });
  if (json)
    await output.json({
      out,
      people: people.map(({ name, embeddings: own }) => ({ name, faces: own.length })),
      moved,
    });
  else {
    await output.line(
      `${counted(people.length, 'person', 'people')}, ${counted(embeddings.length, 'face')} in ${printable(out)}`,
    );
    if (moved) output.note(`what was there is now in ${printable(moved)}`);
  }
}
