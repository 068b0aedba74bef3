import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { galleryExists } from '../../gallery/gallery-exists.ts';
import { checkHomeConfig } from '../../home/config/check-home-config.ts';
import { readHomeConfig } from '../../home/config/read-home-config.ts';
import { describeHours } from '../../watch/triggers/describe-hours.ts';
import { unknownNames } from '../../watch/triggers/unknown-names.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { knownPeople } from '../watch/check-triggers.ts';

/**
 * Checks the file of `face-trigger run`: its form, the files and variables that it names, and what its triggers need of
 * this machine. Cameras are not opened.
 *
 * @throws FaceTriggerError as `readHomeConfig`; `ERR_FILE_FORMAT` for what cannot go well here
 */
export async function checkHome(path: string, context: CommandContext): Promise<void> {
  const config = await readHomeConfig(path);
  const findings = await checkHomeConfig(config);
  const told = ({ message }: { readonly message: string }) => `${path}: ${message}`;
  const fatal = findings.filter((finding) => finding.fatal);
  if (fatal.length > 0) throw new FaceTriggerError('ERR_FILE_FORMAT', fatal.map(told).join('\n'));
  const output = new Output('', { progress: false, signal: context.signal });
  const { triggers } = config;
  if (triggers !== null) {
    for (const line of describeHours(triggers, new Date())) await output.line(printable(`${path}: ${line}`));
  }
  const people = (await galleryExists(config.gallery)) ? await knownPeople({ gallery: config.gallery }) : [];
  const unknown = triggers === null ? [] : unknownNames(triggers, people ?? []);
  for (const line of unknown) output.note(printable(`${path}: ${line}`));
  for (const finding of findings) output.note(`warning: ${printable(told(finding))}`);
  const remarks = [
    unknown.length > 0 ? `${counted(unknown.length, 'name')} that nobody has` : 'all right',
    ...(findings.length > 0 ? [counted(findings.length, 'warning')] : []),
  ];
  const cameras = counted(Object.keys(config.cameras).length, 'camera');
  const parts = [cameras, counted(triggers?.triggers.length ?? 0, 'trigger'), ...remarks];
  await output.line(`${path}: ${parts.join(', ')}`);
  if (unknown.length > 0) context.setExitStatus(1);
}
