import type { Command } from 'commander';
import type { Gallery } from '../../gallery/gallery.ts';
import { exportGallery } from '../../gallery/gallery-file.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { type GalleryOptions, gallerySubcommand, printResult, withGallery } from './gallery-subcommand.ts';

/** Adds `gallery export`. */
export function addExportCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(group, 'export', 'write the gallery to a file of JSON lines; it holds biometric data')
    .argument('<file>')
    .action((file: string, options: GalleryOptions) =>
      withGallery(options, async (gallery) => {
        const records = await writeOut(gallery, file, context);
        await printResult(options, context, {
          value: { file, records },
          text: `${file}: ${records} records`,
        });
      }),
    );
}

async function writeOut(gallery: Gallery, file: string, { signal }: CommandContext): Promise<number> {
  const output = new Output('writing', { signal, goOn: 'Nothing was written' });
  const { people, faces, negatives } = await gallery.stats();
  const total = 1 + people + faces + negatives;
  try {
    return await exportGallery(gallery, file, { signal, onProgress: (done) => output.progress(done, total) });
  } finally {
    output.end();
  }
}
