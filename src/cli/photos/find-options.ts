import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { invalidArgument } from '../../core/errors.ts';
import type { PhotoKind } from '../../gallery/stores/photos/photo-store.ts';
import { dayRange } from '../../photos/find/day-range.ts';
import type { PhotoSearch } from '../../photos/find/find-photos.ts';

/** Which photos a command is about. */
export interface FindOptions {
  readonly with: readonly string[];
  readonly without: readonly string[];
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly kind?: PhotoKind | undefined;
  readonly folder?: string | undefined;
  readonly strangers?: true | undefined;
  readonly nobody?: true | undefined;
}

/** Adds the options that say which photos. */
export function addFindOptions(command: Command): Command {
  const collect = (name: string, names: readonly string[]) => [...names, name];
  return command
    .option('--with <name>', 'somebody who is in the photo too; again for more people', collect, [])
    .option('--without <name>', 'somebody who is not in it; again for more people', collect, [])
    .option('--since <day>', 'taken then or later: 2020, 2020-05 or 2020-05-17')
    .option('--until <day>', 'taken then or earlier: 2020 means until its last day')
    .addOption(new Option('--kind <kind>', 'only these').choices(['picture', 'raw', 'film']))
    .option('--folder <folder>', 'only photos in this folder and below')
    .option('--strangers', 'only photos with a face that has no name')
    .option('--nobody', 'only photos without any face');
}

/** What the options ask for. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for days that are none */
export function searchOf(names: readonly string[], options: FindOptions): PhotoSearch {
  const { since, until, kind, folder, strangers, nobody } = options;
  const people = [...new Set([...names, ...options.with])];
  if (nobody && (people.length > 0 || strangers))
    throw invalidArgument('no names and no --strangers', 'photos of nobody (--nobody)', people);
  return {
    people,
    without: options.without,
    since: since === undefined ? undefined : dayRange(since, '--since').from,
    until: until === undefined ? undefined : dayRange(until, '--until').to,
    kind,
    folder: folder === undefined ? undefined : resolve(folder),
    strangers,
    nobody,
  };
}
