import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { invalidArgument } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { MAX_PICKLE_BYTES } from '../../extras/pickle/joblib-file.ts';
import { readLegacyEncodings } from '../../extras/pickle/legacy-encodings.ts';
import { readFileWithin } from '../../node/files/read-file-within.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import { readPicasaContactsFile } from '../../photos/metadata/read-photo-people.ts';
import { fromCompreFace } from '../../photos/move-in/compreface-server.ts';
import { enrollEncodings } from '../../photos/move-in/enroll-encodings.ts';
import { fromImmich } from '../../photos/move-in/immich-server.ts';
import { fromMetadata } from '../../photos/move-in/metadata-folders.ts';
import type { MoveInSource, NamedPhoto } from '../../photos/move-in/move-in-source.ts';
import { namePlanned } from '../../photos/move-in/name-planned.ts';
import { fromDoubleTake, fromFrigate, fromPeopleFolders } from '../../photos/move-in/people-folders.ts';
import { planNames } from '../../photos/move-in/plan-names.ts';
import { openPhotoLibrary } from '../../photos/photo-library.ts';
import type { CommandContext } from '../command-context.ts';
import { requireDimension } from '../import/require-dimension.ts';
import { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { printNamed } from './named-output.ts';
import { photosSubcommand, withLibrary } from './photos-subcommand.ts';
import { addScanOptions, type ScanCommandOptions, scanFolders } from './scan.ts';

interface ImportOptions extends ScanCommandOptions {
  readonly into?: string | undefined;
  readonly key?: string | undefined;
  readonly local?: { readonly theirs: string; readonly ours: string } | undefined;
  readonly picasaContacts?: string | undefined;
}

type Tell = (what: string, note: string) => Promise<void>;
type ReadSource = (where: string, options: ImportOptions, tell: Tell) => Promise<MoveInSource>;

/** What can be moved in, but for encodings, of which there are no photos. */
const SOURCES: Readonly<Record<string, ReadSource>> = {
  folders: (where) => fromPeopleFolders(where),
  frigate: (where) => fromFrigate(where),
  'double-take': (where) => fromDoubleTake(where),
  metadata: async (where, { picasaContacts }, onNote) =>
    fromMetadata(where, {
      onNote,
      ...(picasaContacts !== undefined && { picasaContacts: await readPicasaContactsFile(picasaContacts) }),
    }),
  compreface: (url, options, onNote) => fromCompreFace({ ...server(options, 'compreface'), url, onNote }),
  immich: (url, options, onNote) =>
    fromImmich({ ...server(options, 'immich'), url, onNote, local: options.local }),
};

/** Adds `photos import`. */
export function addImportCommand(group: Command, context: CommandContext): void {
  const command = photosSubcommand(
    group,
    'import',
    'take over names from another program: its photos are scanned, and their faces named, to be undone at once',
  )
    .argument('<kind>', `${[...Object.keys(SOURCES), 'encodings'].join(', ')}: see below`)
    .argument('<where>', 'a folder, a file, or the address of a server')
    .option('--picasa-contacts <file>', "metadata: Picasa's contacts.xml")
    .option('--into <folder>', 'compreface, immich: folder for the photos that are downloaded')
    .addOption(
      new Option('--key <key>', "compreface, immich: the server's API key").env('FACE_TRIGGER_IMPORT_KEY'),
    )
    .option(
      '--local <theirs=ours>',
      "immich: a folder of the server's, and where it is on this machine, to read photos there",
      readLocal,
    )
    .addHelpText('after', HELP);
  addScanOptions(command).action((kind: string, where: string, options: ImportOptions) =>
    kind === 'encodings'
      ? importEncodings(where, options, context)
      : importPhotos(kind, { where, options, context }),
  );
}

const HELP = `
Kinds:
  folders      a folder for each person: people/Ada/1.jpg
  frigate      Frigate's clips/faces (what is in train is asked about)
  double-take  Double Take's storage, or train in it
  metadata     photos with XMP regions, or Picasa's .picasa.ini beside them
  encodings    a pickle of Python's face_recognition; it has no photos
  compreface   http://server:8000, one recognition service's examples
  immich       http://server:2283, photos of people who have names there`;

async function importPhotos(
  kind: string,
  {
    where,
    options,
    context,
  }: { readonly where: string; readonly options: ImportOptions; readonly context: CommandContext },
): Promise<void> {
  if (!Object.hasOwn(SOURCES, kind))
    throw invalidArgument(`one of ${[...Object.keys(SOURCES), 'encodings'].join(', ')}`, '<kind>', kind);
  const { json } = options;
  const output = new Output('', context);
  const tell = async (what: string, note: string): Promise<void> => {
    if (json) await output.json({ path: what, note });
    else output.note(`${printable(what)}: ${printable(note)}`);
  };
  const source = await SOURCES[kind]!(where, options, tell);
  await printSkipped(output, source.skipped, { json });
  for (const note of source.notes) await tell(kind, note);
  // Photos of a server are here only when they were read; then they can be scanned.
  const photos: NamedPhoto[] = [];
  for await (const photo of source.photos()) photos.push(photo);
  await scanFolders(source.folders, options, context);
  await withLibrary(options, async (library) => {
    let missed = 0;
    const plan = await planNames(library.store, photos, (path, name, why) => {
      missed++;
      return tell(path, `${name}: ${why}`);
    });
    const named = await namePlanned(library, plan.names, 'import');
    await printNamed(output, named, { json, already: plan.already, missed });
  });
}

async function importEncodings(file: string, options: ImportOptions, context: CommandContext): Promise<void> {
  const { library: address, json, models } = options;
  const people = readLegacyEncodings(await readFileWithin(file, { maxBytes: MAX_PICKLE_BYTES }));
  const profile = await packageEmbedder(undefined, models);
  const dimension = people.flatMap(({ embeddings }) => embeddings)[0]?.length;
  if (dimension !== undefined) requireDimension(dimension, { embedder: profile, file });
  const { id, sha256 } = profile;
  await using library = await openPhotoLibrary(address, {
    embedder: { id, sha256, dimension: profile.dimension },
    ...{ distances: profile, models, thumbnails: true },
  });
  const named = await enrollEncodings(library, people, basename(file));
  const all = people.reduce((sum, { embeddings }) => sum + embeddings.length, 0);
  const already = all - named.enrolled;
  await printNamed(new Output('', context), named, { json, already, missed: 0 });
}

function server({ into, key }: ImportOptions, kind: string): { readonly into: string; readonly key: string } {
  if (!key) {
    throw invalidArgument(
      "the server's API key in FACE_TRIGGER_IMPORT_KEY, or by --key, which other users of this machine can read",
      '--key',
      key,
    );
  }
  return { into: into ?? `${kind}-photos`, key };
}

function readLocal(text: string): { readonly theirs: string; readonly ours: string } {
  const [theirs, ours, ...more] = text.split('=');
  if (!theirs || !ours || more.length > 0) throw invalidArgument('THEIRS=OURS, two folders', '--local', text);
  return { theirs, ours };
}
