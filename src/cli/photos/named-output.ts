import { printable } from '../../core/text/printable.ts';
import type { NamedPlanned } from '../../photos/move-in/name-planned.ts';
import { counted } from '../output/counted.ts';
import type { Output } from '../output/output.ts';

/** Prints what a command named, and how to undo it. */
export async function printNamed(
  output: Output,
  named: NamedPlanned,
  {
    json,
    dryRun,
    already,
    missed,
  }: {
    readonly json?: true | undefined;
    readonly dryRun?: true | undefined;
    readonly already: number;
    /** Names that found no face. */
    readonly missed: number;
  },
): Promise<void> {
  if (json) {
    await output.json({ done: true, ...named, already, missed });
    return;
  }
  const { faces, enrolled, createdPeople, decisionId } = named;
  const would = dryRun ? 'would be ' : '';
  const parts = [
    `${counted(faces, 'face')} ${would}named`,
    ...(enrolled > 0 ? [`${counted(enrolled, 'face')} enrolled`] : []),
    ...(createdPeople.length > 0 ? [`new: ${createdPeople.map(printable).join(', ')}`] : []),
    ...(already > 0 ? [`${already} had the name already`] : []),
    ...(missed > 0 ? [`${counted(missed, 'name')} left out`] : []),
  ];
  await output.line(parts.join('; '));
  if (decisionId !== null) output.note(`to undo it: face-trigger photos undo ${decisionId}`);
}
