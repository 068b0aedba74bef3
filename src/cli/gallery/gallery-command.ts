import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addAddCommand } from './add.ts';
import { addCopyCommand } from './copy.ts';
import { addCreateCommand } from './create.ts';
import { addDeleteCommand } from './delete.ts';
import { addExportCommand } from './export.ts';
import { addImportCommand } from './import.ts';
import { addListCommand } from './list.ts';
import { addMergeCommand } from './merge.ts';
import { addMigrateCommand } from './migrate.ts';
import { addRenameCommand } from './rename.ts';
import { addSearchCommand } from './search.ts';
import { addStatsCommand } from './stats.ts';
import { addTrainCommand } from './train.ts';
import { addUndoCommand } from './undo.ts';

/** In the order of the help. */
const SUBCOMMANDS = [
  addCreateCommand,
  addAddCommand,
  addListCommand,
  addSearchCommand,
  addRenameCommand,
  addMergeCommand,
  addUndoCommand,
  addDeleteCommand,
  addExportCommand,
  addImportCommand,
  addCopyCommand,
  addTrainCommand,
  addMigrateCommand,
  addStatsCommand,
];

/** Adds `gallery` and its subcommands, a file each. */
export function addGalleryCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('gallery')
    .description('keep people and their faces in one file, or in PostgreSQL; no training needed')
    .helpCommand(false)
    .addHelpText('after', HELP);
  for (const add of SUBCOMMANDS) add(group, context);
}

const HELP = `
Examples:
  face-trigger gallery add people/                        (people/Ada/1.jpg, people/Ada/2.jpg, people/Bob.jpg ...)
  face-trigger gallery add door/*.jpg --name Ada --expires 2027-06-30 --consent "front door"
  face-trigger gallery search party/ --json
  face-trigger gallery list --faces Ada                   (then: gallery delete --face ID)
  face-trigger gallery merge "Ada L." Ada                 (prints how to undo it)
  face-trigger gallery delete Ada
  face-trigger gallery export backup.jsonl                (then: gallery import backup.jsonl --gallery other.db)
  face-trigger gallery copy gallery.db 'postgres://user@host/faces?gallery=door'
  face-trigger gallery create galleries/?gallery=door     (then: gallery list galleries/, serve --gallery galleries/)
  face-trigger gallery train --out model/                 (then: watch --model model/)
  face-trigger gallery migrate --models mobilefacenet --sources people/ --judge

Without --gallery, these commands (except copy and create) use gallery.db in the current folder.`;
