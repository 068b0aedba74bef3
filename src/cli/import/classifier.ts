import type { Command } from 'commander';
import { type LabelMap, writeLabelMap } from '../../classify/label-map.ts';
import { identityOf } from '../../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import { defaultMinProbability } from '../../core/identify/identification.ts';
import { printable } from '../../core/text/printable.ts';
import { exportLegacyClassifier } from '../../extras/pickle/export-legacy-classifier.ts';
import { MAX_PICKLE_BYTES } from '../../extras/pickle/joblib-file.ts';
import { type LegacyClassifier, readLegacyClassifier } from '../../extras/pickle/legacy-classifier.ts';
import { readLegacyLabelMap } from '../../extras/pickle/legacy-label-map.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../../node/files/atomic-write.ts';
import { readFileWithin } from '../../node/files/read-file-within.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import { writeModelFolder } from '../../people/model-folder.ts';
import type { CommandContext } from '../command-context.ts';
import { addModelsOption } from '../options/network-options.ts';
import { numberBetween } from '../options/number-option.ts';
import { Output } from '../output/output.ts';
import { packageVersion } from '../package-version.ts';
import { requireDimension } from './require-dimension.ts';

interface ClassifierOptions {
  readonly out: string;
  readonly json?: true | undefined;
  readonly labels?: string | undefined;
  readonly minProbability: number;
  readonly models?: string | undefined;
}

/** Adds `import classifier`. */
export function addClassifierCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('classifier')
    .description(
      "make a model folder from scikit-learn's CalibratedClassifierCV(LinearSVC), saved with pickle or joblib",
    )
    .argument('<file>', 'the classifier, trained on embeddings of the same models')
    .requiredOption('--out <dir>', 'folder for the model; an older model in it is replaced')
    .option('--labels <file>', 'label map of encoded classes: a pickled LabelEncoder, dictionary or list')
    .option(
      '--min-probability <p>',
      'faces less probable than this are unknown in recognition',
      numberBetween(0, 1),
      // Such a classifier gives no distances, so probability alone must tell a stranger.
      defaultMinProbability('foreign'),
    )
    .option('--json', 'print one JSON object');
  addModelsOption(command).action((file: string, options: ClassifierOptions) =>
    importClassifier(file, options, context),
  );
}

async function importClassifier(
  file: string,
  options: ClassifierOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('', context);
  const classifier = readLegacyClassifier(await readFileWithin(file, { maxBytes: MAX_PICKLE_BYTES }));
  const labels = await labelsOf(classifier, options.labels);
  const { thresholds, ...embedder } = await packageEmbedder(undefined, options.models);
  requireDimension(classifier.dimension, { embedder, file });
  const onnx = exportLegacyClassifier(classifier, { embedder: identityOf(embedder) });
  await writeModelFolder(options.out, {
    recognizer: {
      save: (path) => writeFileAtomic(path, onnx, { mode: PRIVATE_FILE_MODE }),
      saveLabelMapping: (path) => writeLabelMap(path, labels),
    },
    description: {
      format: 'face-trigger-model',
      version: 1,
      createdBy: packageVersion(),
      embedder: { ...identityOf(embedder), dimension: classifier.dimension },
      classifier: { kind: 'svm', C: null },
      people: labels.map((label) => ({ label, photos: 0 })),
      detection: { minFaceSize: null, minScore: null },
      averaging: { mirror: false, jitter: 0 },
      thresholds: { maxDistance: thresholds.identify, minProbability: options.minProbability },
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
