import type { Command } from 'commander';
import { listGalleries } from '../../gallery/collection/gallery-collection.ts';
import type { CommandContext } from '../command-context.ts';
import { refuseUnused } from '../options/refuse-unused.ts';
import { Output } from '../output/output.ts';
import { TextTable } from '../output/text-table.ts';
import { type GalleryOptions, gallerySubcommand, personOfName, withGallery } from './gallery-subcommand.ts';

interface ListOptions extends GalleryOptions {
  readonly faces?: string | undefined;
}

/** Adds `gallery list`. */
export function addListCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(group, 'list', 'list the people, the faces of one person, or several galleries')
    .argument('[folder|address]', 'list the galleries of a folder, or of postgres://user@host/database')
    .option('--faces <name>', 'list the faces of this person')
    .action((where: string | undefined, options: ListOptions, command: Command) => {
      if (where === undefined) return list(options, context);
      refuseUnused(command, ['gallery'], 'beside a folder or an address, which lists all galleries there');
      refuseUnused(command, ['faces'], 'beside a folder or an address: --gallery says whose faces they are');
      return listAll(where, options, context);
    });
}

async function list(options: ListOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await withGallery(options, async (gallery) => {
    const personId = options.faces === undefined ? null : (await personOfName(gallery, options.faces)).id;
    const table = new TextTable(
      personId === null
        ? [{ title: 'FACES', align: 'right', width: 6 }, { title: 'NAME' }]
        : [{ title: 'ID', width: 36 }, { title: 'CREATED', width: 10 }, { title: 'SOURCE' }],
    );
    if (!options.json) await output.line(table.header());
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page =
        personId === null
          ? await gallery.listPeople({ cursor: cursor ?? null })
          : await gallery.listFaces({ personId, cursor: cursor ?? null });
      for (const item of page.items) {
        if (options.json) await output.json(item);
        else if ('name' in item) await output.line(table.row([item.faces, item.name]));
        else
          await output.line(
            table.row([item.id, item.createdAt.toISOString().slice(0, 10), item.source ?? '-']),
          );
      }
      cursor = page.nextCursor;
    }
  });
}

async function listAll(where: string, options: ListOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  const table = new TextTable([
    { title: 'PEOPLE', align: 'right', width: 8 },
    { title: 'FACES', align: 'right', width: 8 },
    { title: 'GALLERY' },
  ]);
  const galleries = await listGalleries(where);
  if (!options.json) await output.line(table.header());
  for (const gallery of galleries) {
    if (options.json) await output.json(gallery);
    else {
      const { people, faces, name, problem } = gallery;
      await output.line(table.row([people, faces, problem === null ? name : `${name} (${problem})`]));
    }
  }
}
