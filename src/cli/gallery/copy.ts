import type { Command } from 'commander';
import { type CopyGalleryResult, copyGallery } from '../../gallery/copy/copy-gallery.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { printResult } from './gallery-subcommand.ts';

interface CopyOptions {
  readonly json?: true | undefined;
}

/** Adds `gallery copy`. */
export function addCopyCommand(group: Command, context: CommandContext): void {
  group
    .command('copy')
    .description('copy a gallery, with all that can be undone, to another file or database, and compare both')
    .argument('<from>', 'the gallery: a file, or postgres://user@host/database?gallery=name')
    .argument('<to>', 'a new gallery, or what a broken copy has left')
    .option('--json', 'print JSON, one object per line')
    .action((from: string, to: string, options: CopyOptions) => copy(from, to, { options, context }));
}

async function copy(
  from: string,
  to: string,
  { options, context }: { readonly options: CopyOptions; readonly context: CommandContext },
): Promise<void> {
  const { signal } = context;
  const output = new Output('copying', { signal, goOn: 'The same command again copies the rest' });
  let result: CopyGalleryResult;
  try {
    result = await copyGallery(from, to, {
      signal,
      onProgress: (done, total) => output.progress(done, total),
    });
  } finally {
    output.end();
  }
  await printResult({ gallery: to, ...options }, context, { value: result, text: describe(result) });
}

function describe({ rows, copied, sha256 }: CopyGalleryResult): string {
  const sum = (counts: CopyGalleryResult['rows']): number =>
    counts.people + counts.faces + counts.negatives + counts.merges;
  const present = sum(rows) - sum(copied);
  const parts = [
    counted(rows.people, 'person', 'people'),
    counted(rows.faces, 'face'),
    counted(rows.negatives, 'negative example'),
    `${counted(rows.merges, 'merge')} that can be undone`,
  ];
  const before = present > 0 ? `; ${present} of the rows were there already` : '';
  return `${parts.join(', ')}; both are the same (SHA-256 of all rows: ${sha256.slice(0, 16)})${before}`;
}
