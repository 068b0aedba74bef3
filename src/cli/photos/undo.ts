import type { Command } from 'commander';
import { undoDecision } from '../../photos/decide/undo-decision.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

/** Adds `photos undo`. */
export function addUndoCommand(group: Command, context: CommandContext): void {
  photosSubcommand(group, 'undo', 'undo what a command said about faces, all of it at once')
    .argument('<decision-id>', 'the id that the command printed')
    .action((id: string, options: LibraryOptions) => undo(id, options, context));
}

async function undo(id: string, options: LibraryOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await withLibrary(options, async (library) => {
    const { kind, changes } = await undoDecision(library, id);
    const faces = changes.faces?.length ?? 0;
    const enrolled = changes.enrolledFaceIds?.length ?? 0;
    if (options.json) await output.json({ undone: id, kind, faces, enrolled });
    else
      await output.line(
        `${counted(faces, 'face')} known as before, ${counted(enrolled, 'face')} no longer enrolled`,
      );
  });
}
