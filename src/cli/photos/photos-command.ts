import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addExportCommand } from './export.ts';
import { addFacesCommand } from './faces.ts';
import { addFailuresCommand } from './failures.ts';
import { addFindCommand } from './find.ts';
import { addGroupCommand } from './group.ts';
import { addIgnoreCommand } from './ignore.ts';
import { addImportCommand } from './import.ts';
import { addMergeCommand } from './merge.ts';
import { addMigrateCommand } from './migrate.ts';
import { addNameCommand } from './name.ts';
import { addNotCommand } from './not.ts';
import { addPeopleCommand } from './people.ts';
import { addPruneCommand } from './prune.ts';
import { addQuestionsCommand } from './questions.ts';
import { addReadMetadataCommand } from './read-metadata.ts';
import { addScanCommand } from './scan.ts';
import { addSplitCommand } from './split.ts';
import { addStatsCommand } from './stats.ts';
import { addSuggestionsCommand } from './suggestions.ts';
import { addUndoCommand } from './undo.ts';
import { addWriteMetadataCommand } from './write-metadata.ts';

/** In the order of the help. */
const SUBCOMMANDS = [
  addScanCommand,
  addGroupCommand,
  addQuestionsCommand,
  addFacesCommand,
  addNameCommand,
  addSuggestionsCommand,
  addNotCommand,
  addMergeCommand,
  addSplitCommand,
  addIgnoreCommand,
  addPeopleCommand,
  addFindCommand,
  addExportCommand,
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
  face-trigger photos questions --sheet who.png           (look at who.png, then name its groups)
  face-trigger photos name g1 "Ada Lovelace"              (prints how to undo it)
  face-trigger photos suggestions Ada --sheet ada.png
  face-trigger photos suggestions Ada --least 0.9 --confirm
  face-trigger photos faces g2 --sheet g2.png             (then pick out who is somebody else)
  face-trigger photos split g2 1f0a2b3c 77aa0d11
  face-trigger photos find Ada --with Bob --since 2020
  face-trigger photos export album ~/album --with Ada     (pages that open without this program)
  face-trigger photos import frigate /media/frigate
  face-trigger photos read-metadata                       (what digiKam, Lightroom, Picasa ... wrote)
  face-trigger photos write-metadata --dry-run
  face-trigger photos stats
  face-trigger photos failures

Without --library, these commands use photos.db in the current folder.`;
