import { join } from 'node:path';
import { readLabelMap } from '../../classify/label-map.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import type { Page, Person } from '../../gallery/gallery-types.ts';
import { MODEL_FOLDER_FILES } from '../../people/model-folder.ts';
import { type ActionFinding, checkActions } from '../../watch/triggers/check-actions.ts';
import { describeHours } from '../../watch/triggers/describe-hours.ts';
import { homeOnlyConditions } from '../../watch/triggers/home-conditions.ts';
import { readTriggers } from '../../watch/triggers/read-triggers.ts';
import { unknownNames } from '../../watch/triggers/unknown-names.ts';
import type { CommandContext } from '../command-context.ts';
import { openExistingGallery } from '../gallery/open-existing-gallery.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';

/** Options of {@link checkTriggers}. */
export interface CheckOptions {
  readonly triggers?: string | undefined;
  /** A model folder, whose people the names in the triggers are compared with. */
  readonly model?: string | undefined;
  /** A gallery's file, likewise. */
  readonly gallery?: string | undefined;
}

/**
 * Checks a triggers file: its form, what its actions need of this machine, its hours, and its names where it is known
 * who exists.
 *
 * @throws FaceTriggerError as {@link readTriggers}; `ERR_FILE_FORMAT` for actions that cannot go well here
 */
export async function checkTriggers(options: CheckOptions, context: CommandContext): Promise<void> {
  if (options.triggers === undefined) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', '--check needs --triggers <file>');
  }
  const triggers = await readTriggers(options.triggers);
  const homeOnly = homeOnlyConditions(triggers).map((message) => ({ fatal: false, message }));
  const findings = [...(await checkActions(triggers)), ...homeOnly];
  const told = (finding: ActionFinding) => `${options.triggers}: ${finding.message}`;
  const fatal = findings.filter((finding) => finding.fatal);
  if (fatal.length > 0) throw new FaceTriggerError('ERR_FILE_FORMAT', fatal.map(told).join('\n'));
  const output = new Output('', { progress: false, signal: context.signal });
  for (const line of describeHours(triggers, new Date())) {
    await output.line(printable(`${options.triggers}: ${line}`));
  }
  const people = await knownPeople(options);
  const unknown = people === null ? [] : unknownNames(triggers, people);
  for (const line of unknown) output.note(printable(`${options.triggers}: ${line}`));
  for (const finding of findings) output.note(`warning: ${printable(told(finding))}`);
  const remarks = [
    unknown.length > 0 ? `${counted(unknown.length, 'name')} that nobody has` : 'all right',
    ...(findings.length > 0 ? [counted(findings.length, 'warning')] : []),
  ];
  const verdict = remarks.join(', ');
  await output.line(`${options.triggers}: ${counted(triggers.triggers.length, 'trigger')}, ${verdict}`);
  if (unknown.length > 0) context.setExitStatus(1);
}

/** Everybody whom the model or the gallery knows; null where neither is given. */
export async function knownPeople({ model, gallery }: CheckOptions): Promise<readonly string[] | null> {
  if (model === undefined && gallery === undefined) return null;
  const people = model === undefined ? [] : [...(await readLabelMap(join(model, MODEL_FOLDER_FILES.labels)))];
  if (gallery === undefined) return people;
  await using opened = await openExistingGallery(gallery);
  let cursor: string | null = null;
  do {
    const page: Page<Person> = await opened.listPeople({ cursor, limit: 1000 });
    people.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return people;
}
