import type { Command } from 'commander';
import { describeLedgerEntry } from '../../models/licence-ledger.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { type GalleryOptions, gallerySubcommand, printResult, withGallery } from './gallery-subcommand.ts';

/** Adds `gallery stats`. */
export function addStatsCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(group, 'stats', 'show the size of the gallery and its models').action(
    (options: GalleryOptions) =>
      withGallery(options, async (gallery) => {
        const stats = await gallery.stats();
        const { people, faces, negatives, embedder, metric, index, bytes, pack, ledger = [] } = stats;
        const text = [
          `${counted(people, 'person', 'people')}, ${counted(faces, 'face')}, ${counted(negatives, 'negative example')}, ${bytes} bytes`,
          `embedder ${embedder.id} (SHA-256 ${embedder.sha256}), ${embedder.dimension} numbers, ${metric} distance`,
          ...(pack ? [`models ${pack.name}: ${pack.parts.map(({ id }) => id).join(', ')}`] : []),
          ...ledger.map(describeLedgerEntry),
          `index: ${index}`,
        ].join('\n');
        await printResult(options, context, { value: stats, text });
      }),
  );
}
