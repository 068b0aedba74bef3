import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { nameFaces } from '../../photos/decide/name-faces.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { printDecided } from './decided-output.ts';
import { FACES_HELP, facesMeant } from './face-arguments.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

/** Adds `photos name`. */
export function addNameCommand(group: Command, context: CommandContext): void {
  photosSubcommand(
    group,
    'name',
    'say who the faces of a group are; cameras over the same gallery know them then too',
  )
    .argument('<faces>', FACES_HELP)
    .argument('<name>', 'of somebody new, or of somebody in the gallery')
    .action((word: string, name: string, options: LibraryOptions) =>
      withLibrary(options, async (library) => {
        const named = await nameFaces(library, await facesMeant(library.store, [word]), name);
        const { decisionId, personId, created, faces, enrolled } = named;
        const who = `${printable(name)}${created ? ' (new)' : ''}`;
        const text = `${counted(faces, 'face')} named ${who}; ${counted(enrolled, 'face')} enrolled`;
        const decided = { id: decisionId, kind: 'name', changes: {} } as const;
        const facts = { faces, personId, name, created, enrolled };
        await printDecided(decided, { text, facts, json: options.json, context });
      }),
    );
}
