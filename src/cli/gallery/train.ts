import { type Command, Option } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { galleryNetworks } from '../../gallery/gallery-networks.ts';
import { trainFromGallery } from '../../gallery/train-from-gallery.ts';
import { FaceRecognizer } from '../../people/face-recognizer.ts';
import type { CommandContext } from '../command-context.ts';
import { addNetworkOptions } from '../options/network-options.ts';
import { Output } from '../output/output.ts';
import { packageVersion } from '../package-version.ts';
import { type GalleryOptions, gallerySubcommand, printResult, withGallery } from './gallery-subcommand.ts';

interface TrainOptions extends GalleryOptions {
  readonly out: string;
  readonly commercial?: true | undefined;
  readonly classifier: 'auto' | 'svm' | 'nearest';
}

/** Adds `gallery train`. */
export function addTrainCommand(group: Command, context: CommandContext): void {
  const command = gallerySubcommand(
    group,
    'train',
    'make a model of the people, for "recognize --model" and "watch --model"',
  )
    .requiredOption('--out <dir>', 'folder for the model; an older model in it is replaced')
    .addOption(
      new Option('--classifier <kind>', 'svm needs several faces of each person, nearest needs one')
        .choices(['auto', 'svm', 'nearest'])
        .default('auto'),
    );
  addNetworkOptions(command).action((options: TrainOptions) => train(options, context));
}

async function train(options: TrainOptions, context: CommandContext): Promise<void> {
  const { out, classifier: kind } = options;
  const output = new Output('', context);
  await withGallery(options, async (gallery) => {
    await using recognizer = await FaceRecognizer.create({
      commercial: options.commercial,
      ...(await galleryNetworks(gallery, options)),
    });
    const { people, metric, thresholds, sharedFaces, report } = await trainFromGallery(gallery, recognizer, {
      out,
      createdBy: packageVersion(),
      training: { kind, signal: context.signal },
    });
    const { kind: classifier, C } = report;
    for (const { names, distance } of sharedFaces) {
      const both = names.map(printable).join(' and ');
      output.note(
        `${both} have nearly the same face (distance ${distance.toFixed(2)}): one photo or one person under two ` +
          'names; neither of them can be recognized reliably',
      );
    }
    const value = {
      model: out,
      people,
      classifier: { kind: classifier, C, metric },
      thresholds,
      sharedFaces,
    };
    const text = `${people.length} people learned (${classifier})\nmodel: ${out}`;
    await printResult(options, context, { value, text });
  });
}
