import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { type LabelMap, writeLabelMap } from '../classify/label-map.ts';
import { encodeNpy, stackEmbeddings } from '../core/embed/npy.ts';
import { expectation, FaceTriggerError } from '../core/errors.ts';
import { defaultMinProbability } from '../core/identify/identification.ts';
import { printable } from '../core/text/printable.ts';
import { setAside } from '../dataset/set-aside.ts';
import { exportLegacyClassifier } from '../extras/pickle/export-legacy-classifier.ts';
import { MAX_PICKLE_BYTES } from '../extras/pickle/joblib-file.ts';
import { type LegacyClassifier, readLegacyClassifier } from '../extras/pickle/legacy-classifier.ts';
import { readLegacyEncodings } from '../extras/pickle/legacy-encodings.ts';
import { readLegacyLabelMap } from '../extras/pickle/legacy-label-map.ts';
import { recordsFromEmbeddings } from '../gallery/records-from-embeddings.ts';
import { DEFAULT_IDENTIFY_MAX_DISTANCE } from '../models/dlib/dlib-facts.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import { packageEmbedder } from '../node/models/packaged-models.ts';
import { writeModelFolder } from '../people/model-folder.ts';
import type { CommandContext } from './command-context.ts';
import { counted } from './counted.ts';
import { numberBetween } from './number-option.ts';
import { Output } from './output.ts';
import { packageVersion } from './package-version.ts';

interface ImportOptions {
  readonly out: string;
  readonly json?: true;
}

interface ClassifierOptions extends ImportOptions {
  readonly labels?: string;
  readonly minProbability: number;
}

/** Adds `import classifier` and `import encodings`. */
export function addImportCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('import')
    .description('take over what Python programs made; files are read as data and nothing in them is run')
    .helpCommand(false);
  group
    .command('classifier')
    .description(
      "make a model folder of scikit-learn's CalibratedClassifierCV(LinearSVC), a pickle or joblib file",
    )
    .argument('<file>', 'the classifier, trained on 128-D embeddings of dlib')
    .requiredOption('--out <dir>', 'folder for the model; an older model there is replaced')
    .option('--labels <file>', 'label map of encoded classes: a pickled LabelEncoder, dictionary or list')
    .option(
      '--min-probability <p>',
      'recognition takes those less probable for unknown',
      numberBetween(0, 1),
      // Such a classifier gives no distances, so probability alone must tell a stranger.
      defaultMinProbability('foreign'),
    )
    .option('--json', 'print one JSON object')
    .action((file: string, options: ClassifierOptions) => importClassifier(file, options, context));
  group
    .command('encodings')
    .description("make a gallery folder of a pickle of Python's face_recognition encodings")
    .argument('<file>', '{"encodings": [...], "names": [...]}, (encodings, names) or {name: encodings}')
    .requiredOption(
      '--out <dir>',
      'folder for gallery.jsonl and embeddings.npy (rows in the same order); an older one is renamed',
    )
    .option('--json', 'print one JSON object')
    .action((file: string, options: ImportOptions) => importEncodings(file, options, context));
}

async function importClassifier(
  file: string,
  options: ClassifierOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('', context);
  const classifier = readLegacyClassifier(await readFileWithin(file, { maxBytes: MAX_PICKLE_BYTES }));
  const labels = await labelsOf(classifier, options.labels);
  const embedder = await packageEmbedder();
  requireDimension(classifier.dimension, file);
  const onnx = exportLegacyClassifier(classifier, { embedder });
  await writeModelFolder(options.out, {
    recognizer: {
      save: (path) => writeFileAtomic(path, onnx, { mode: PRIVATE_FILE_MODE }),
      saveLabelMapping: (path) => writeLabelMap(path, labels),
    },
    description: {
      format: 'face-trigger-model',
      version: 1,
      createdBy: packageVersion(),
      embedder: { ...embedder, dimension: classifier.dimension },
      classifier: { kind: 'svm', C: null },
      people: labels.map((label) => ({ label, photos: 0 })),
      detection: { minFaceSize: null, minScore: null },
      averaging: { mirror: false, jitter: 0 },
      thresholds: { maxDistance: DEFAULT_IDENTIFY_MAX_DISTANCE, minProbability: options.minProbability },
    },
  });
  const { sklearnVersion, skipped } = classifier;
  if (options.json) await output.json({ model: options.out, labels, sklearnVersion, skipped });
  else {
    const origin = sklearnVersion ? ` of scikit-learn ${sklearnVersion}` : '';
    await output.line(`${labels.length} people${printable(origin)}: ${labels.map(printable).join(', ')}`);
    await output.line(`model: ${printable(options.out)}`);
    if (skipped.length > 0)
      output.note(`Left out, because predictions do not need it: ${skipped.map(printable).join(', ')}.`);
    output.note(
      'The file has no photos to measure distances to: strangers are told by probability alone. ' +
        'Training again from photos tells them apart better.',
    );
  }
}

async function labelsOf(classifier: LegacyClassifier, labelFile: string | undefined): Promise<LabelMap> {
  if (labelFile === undefined) return classifier.labels;
  const map = readLegacyLabelMap(await readFileWithin(labelFile, { maxBytes: MAX_PICKLE_BYTES }));
  if (!classifier.encoded) {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      'The classifier has names of its own: leave --labels out',
    );
  }
  return classifier.labels.map((encoded) => {
    const name = map[Number(encoded)];
    if (name === undefined) {
      throw new FaceTriggerError(
        'ERR_FILE_FORMAT',
        expectation(`a name for class ${encoded}`, labelFile, map.length),
      );
    }
    return name;
  });
}

async function importEncodings(
  file: string,
  { out, json }: ImportOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('', context);
  const people = readLegacyEncodings(await readFileWithin(file, { maxBytes: MAX_PICKLE_BYTES }));
  const embeddings = people.flatMap((person) => person.embeddings);
  if (embeddings.length === 0)
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', `There is no encoding in ${file}`);
  const dimension = embeddings[0]!.length;
  requireDimension(dimension, file);
  const embedder = { ...(await packageEmbedder()), dimension };
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

const DLIB_DIMENSION = 128;

function requireDimension(dimension: number, file: string): void {
  if (dimension === DLIB_DIMENSION) return;
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    expectation(`${DLIB_DIMENSION}-D embeddings of dlib`, file, dimension),
  );
}
