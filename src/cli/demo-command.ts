import type { Command } from 'commander';
import { printable } from '../core/text/printable.ts';
import { DEMO_PEOPLE, DEMO_PROBES } from '../demo/demo-plan.ts';
import { type DemoSighting, runDemo } from '../demo/run-demo.ts';
import type { CommandContext } from './command-context.ts';
import { addModelsOption } from './options/network-options.ts';
import { Output } from './output/output.ts';
import { probabilityText } from './output/probability-text.ts';
import { TextTable, widest } from './output/text-table.ts';
import { packageVersion } from './package-version.ts';
import { UNKNOWN } from './recognize-command.ts';

/** Adds `demo`. */
export function addDemoCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('demo')
    .description(
      'learn two people from photos and a video, then recognize them among strangers in other videos',
    )
    .option('--out <dir>', 'folder for the model and the contact sheet', 'demo-output');
  addModelsOption(command).action((options: DemoCommandOptions) => demo(options, context));
}

interface DemoCommandOptions {
  readonly out: string;
  readonly models?: string | undefined;
}

async function demo({ out, models }: DemoCommandOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  const start = performance.now();
  const table = new TextTable([
    { title: 'PICTURE', width: widest(DEMO_PROBES.map(({ file }) => file)) },
    { title: 'TIME', width: 7, align: 'right' },
    { title: 'EXPECTED', width: nameWidth() },
    { title: 'NAME', width: nameWidth() },
    { title: 'PROBABILITY', align: 'right' },
    { title: 'DISTANCE', align: 'right' },
    { title: 'RESULT' },
  ]);
  const result = await runDemo({
    out,
    models,
    createdBy: packageVersion(),
    signal: context.signal,
    async onTrained({ description, report, skipped }) {
      const people = description.people.map(({ label, photos }) => `${label} (${photos} photos)`);
      const how = report.kind === 'svm' ? `linear SVM, C = ${report.C}` : 'nearest photo';
      await output.line(`learned: ${people.join(', ')}; classifier: ${how}`);
      for (const { photo, message } of skipped) await output.line(`skipped ${printable(photo)}: ${message}`);
      await output.line(`\n${table.header()}`);
    },
    onSighting: (sighting) => output.line(table.row(cells(sighting))),
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const { right, wrong, withoutFace } = result;
  await output.line(
    `\n${right} faces right, ${wrong} wrong; ${withoutFace} pictures without a face; ${seconds} s`,
  );
  await output.line(`model: ${printable(result.modelFolder)}`);
  await output.line(`contact sheet: ${printable(result.contactSheet)}`);
  if (wrong > 0 || right === 0) context.setExitStatus(1);
}

function cells({ file, timeMs, expected, face, verdict }: DemoSighting): string[] {
  const start = [file, timeMs === null ? '-' : `${(timeMs / 1000).toFixed(1)} s`, expected ?? UNKNOWN];
  if (face === null) return [...start, '-', '-', '-', 'no face found'];
  const { label, probability, distance } = face.identity!;
  const numbers = [probabilityText(probability), distance?.toFixed(3) ?? '-'];
  return [...start, label ?? UNKNOWN, ...numbers, verdict === 'wrong' ? 'WRONG' : verdict];
}

function nameWidth(): number {
  return widest([UNKNOWN, ...DEMO_PEOPLE.map(({ label }) => label)]);
}
