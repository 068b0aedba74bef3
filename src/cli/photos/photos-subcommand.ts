import type { Command } from 'commander';
import { DEFAULT_LIBRARY, openPhotoLibrary, type PhotoLibrary } from '../../photos/photo-library.ts';

/** What every subcommand of `photos` is told. */
export interface LibraryOptions {
  readonly library: string;
  readonly json?: true | undefined;
}

/** Adds a subcommand with the options that all of them have. */
export function photosSubcommand(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .requiredOption(
      '--library <address>',
      'the library: a file, or postgres://user@host/database?gallery=name; any gallery is one',
      DEFAULT_LIBRARY,
    )
    .option('--json', 'print JSON, one object per line');
}

/** Works on a library that exists and closes it. */
export async function withLibrary(
  { library: address }: Pick<LibraryOptions, 'library'>,
  work: (library: PhotoLibrary) => Promise<void>,
): Promise<void> {
  await using library = await openPhotoLibrary(address, { create: false });
  await work(library);
}
