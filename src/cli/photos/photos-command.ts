import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addFailuresCommand } from './failures.ts';
import { addImportCommand } from './import.ts';
import { addMigrateCommand } from './migrate.ts';
import { addPruneCommand } from './prune.ts';
import { addReadMetadataCommand } from './read-metadata.ts';
import { addScanCommand } from './scan.ts';
import { addStatsCommand } from './stats.ts';
import { addUndoCommand } from './undo.ts';
import { addWriteMetadataCommand } from './write-metadata.ts';

/** In the order of the help. */
const SUBCOMMANDS = [
  addScanCommand,
  addImportCommand,
  addReadMetadataCommand,
  addWriteMetadataCommand,
  addUndoCommand,
  addStatsCommand,
  addFailuresCommand,
  addPruneCommand,
  addMigrateCommand,
];

/** Adds `photos` and its subcommands, a file each. */
export function addPhotosCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('photos')
    .description('find out who is in collections of photos; the originals are only read')
    .helpCommand(false)
    .addHelpText('after', HELP);
  for (const add of SUBCOMMANDS) add(group, context);
}

const HELP = `
Examples:
  face-trigger photos scan ~/Pictures                     (again later: only what is new is looked at)
  face-trigger photos scan /mnt/photos /mnt/films --every 5 --library family.db
  face-trigger photos import frigate /media/frigate       (prints how to undo it)
  face-trigger photos read-metadata                       (what digiKam, Lightroom, Picasa ... wrote)
  face-trigger photos write-metadata --dry-run
  face-trigger photos stats
  face-trigger photos failures

Without --library, these commands use photos.db in the current folder.`;
