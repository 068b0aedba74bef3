import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { type ListedImage, listImages } from '../../dataset/list-images.ts';
import { chooseFace, type FaceRule } from '../../evaluate/face-reader.ts';
import type { RateEstimate } from '../../evaluate/intervals.ts';
import { evaluateLiveness, type LivenessResult, type LivenessSample } from '../../evaluate/liveness.ts';
import { percent } from '../../evaluate/report/charts.ts';
import { livenessReport } from '../../evaluate/report/liveness-report.ts';
import { describeLedgerEntry } from '../../models/licence-ledger.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { packLedger } from '../../node/models/pack-ledger.ts';
import { analyzeFiles, type FileAnalysis } from '../../pipeline/analyze-files.ts';
import { FaceFinder } from '../../pipeline/face-finder.ts';
import type { CommandContext } from '../command-context.ts';
import type { DetectionOptions } from '../options/analysis-options.ts';
import { type LivenessFlags, livenessChoice } from '../options/liveness-options.ts';
import { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { formatTable } from '../output/text-table.ts';
import { writeReport } from '../output/write-report.ts';
import { packageVersion } from '../package-version.ts';
import { attackFolders } from './attack-folders.ts';

/** Options of `evaluate liveness`. */
export interface LivenessCommandOptions extends DetectionOptions, LivenessFlags {
  readonly live: readonly string[];
  readonly attack: readonly string[];
  readonly face: FaceRule;
  readonly report?: string | undefined;
}

interface Presented extends ListedImage {
  readonly kind: string | null;
}

/** Runs `evaluate liveness`. */
export async function evaluateLivenessCommand(
  options: LivenessCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { signal } = context;
  const output = new Output('checking', { progress: options.progress, signal });
  if (options.report !== undefined) await makeFolder(options.report);
  const kinds = await attackFolders(options.attack);
  const presented: Presented[] = [];
  const add = async (folders: readonly string[], kind: string | null) => {
    const { images, skipped } = await listImages(folders);
    // A folder that is not there is no picture of which nothing was said.
    for (const { error } of images) if (error) throw error;
    presented.push(...images.map((image) => ({ ...image, kind })));
    return skipped;
  };
  const skipped = [...(await add(options.live, null))];
  for (const { kind, folder } of kinds) skipped.push(...(await add([folder], kind)));
  refuseDoubled(presented);
  if (!options.json) await printSkipped(output, skipped, {});
  const { liveness: pack } = options;
  const choice = livenessChoice({ ...options, liveness: pack ?? true })!;
  const { models, commercial, threads, detection } = options;
  await using finder = await FaceFinder.create({ models, commercial, threads, detection, liveness: choice });
  const { samples, failures } = await checkAll(presented, finder, { options, output, signal });
  const result = evaluateLiveness(samples, { threshold: finder.liveness!.threshold });
  const ledger = await packLedger(models, { detection, liveness: choice.models ?? true });
  const used = ledger.filter(({ kind }) => kind !== 'embedder');
  const json = { kind: 'liveness', ...result, samples, failures, skipped, models: used };
  let reportPath: string | null = null;
  if (options.report !== undefined) {
    const page = await livenessReport(result, {
      title: 'Liveness',
      date: new Date(),
      facts: [
        ['Live', options.live.join(', ')],
        ['Attacks', options.attack.join(', ')],
        ['Networks', finder.liveness!.id],
        ['Detection', detection ?? 'exact'],
        ['Face', options.face],
        ['face-trigger', packageVersion()],
        ...used.map((entry): [string, string] => ['Model', describeLedgerEntry(entry)]),
      ],
      failures: failures.map(({ image, reason }) => `${image}: ${reason}`),
    });
    reportPath = await writeReport(options.report, 'liveness', { page, json });
  }
  if (options.json) await output.json(json);
  else await output.line(toText(result, failures));
  if (reportPath !== null && !options.json) output.note(`Report: ${printable(reportPath)}`);
}

/** A picture that is live and an attack at once, or of two kinds, would be counted twice and wrongly. */
function refuseDoubled(presented: readonly Presented[]): void {
  const seen = new Map<string, string | null>();
  for (const { path, kind } of presented) {
    const before = seen.get(path);
    if (before !== undefined && before !== kind) {
      const what = [before, kind].map((each) => (each === null ? 'live' : `"${each}"`)).join(' and ');
      throw new FaceTriggerError(
        'ERR_DATASET',
        `${path} is told to be ${what}: folders must not hold each other`,
      );
    }
    seen.set(path, kind);
  }
}

interface Failed {
  readonly image: string;
  readonly reason: string;
}

async function checkAll(
  presented: readonly Presented[],
  finder: FaceFinder,
  run: { readonly options: LivenessCommandOptions; readonly output: Output; readonly signal: AbortSignal },
): Promise<{ readonly samples: LivenessSample[]; readonly failures: Failed[] }> {
  const { options, output, signal } = run;
  const { minFaceSize, minScore, jobs, face } = options;
  const samples: LivenessSample[] = [];
  const failures: Failed[] = [];
  try {
    const find = (image: Parameters<FaceFinder['find']>[0]) => finder.find(image, { minFaceSize, minScore });
    for await (const analysis of analyzeFiles(presented, find, { concurrency: jobs, minFaceSize, signal })) {
      const { kind } = presented[samples.length]!;
      const image = analysis.file.path;
      const score = scoreOf(analysis, face);
      samples.push({ image, kind, score: typeof score === 'number' ? score : null });
      if (typeof score === 'string') failures.push({ image, reason: score });
      output.progress(samples.length, presented.length);
    }
  } finally {
    output.end();
  }
  return { samples, failures };
}

/** The score of the face that counts, or why there is none. */
function scoreOf(analysis: FileAnalysis, rule: FaceRule): number | string {
  if ('error' in analysis) return analysis.error.message;
  const { faces } = analysis;
  const chosen = chooseFace(analysis, rule);
  if (chosen === null) return faces.length > 1 ? `${faces.length} faces found` : 'no face found';
  return chosen.liveness!.score;
}

function toText(result: LivenessResult, failures: readonly Failed[]): string {
  const { threshold, attacks, bpcer, bpnrr, acer, auc, worst, sweep, live } = result;
  const cell = (estimate: RateEstimate | null) =>
    estimate === null
      ? '-'
      : `${percent(estimate.rate)} (${estimate.count} of ${estimate.trials}; ${percent(estimate.low)} - ${percent(estimate.high)})`;
  const rows = [
    ...attacks.map(({ kind, apcer, apnrr }) => [
      `attack ${printable(kind)}`,
      'APCER',
      cell(apcer),
      cell(apnrr),
    ]),
    [`live (${live})`, 'BPCER', cell(bpcer), cell(bpnrr)],
  ];
  const columns = (...titles: readonly string[]) => titles.map((title) => ({ title }));
  const lines = [
    `At threshold ${threshold}; intervals of 95 %:`,
    formatTable(columns('PRESENTED', 'RATE', 'ERRORS', 'NOTHING SAID (APNRR, BPNRR)'), rows),
    '',
    `APCER, worst kind  ${worst === null ? '-' : `${percent(worst.apcer.rate)} (${printable(worst.kind)})`}`,
    `BPCER              ${bpcer === null ? '-' : percent(bpcer.rate)}`,
    `ACER               ${acer === null ? '-' : percent(acer)}`,
    `AUC                ${auc === null ? '-' : auc.toFixed(4)}`,
    '',
    formatTable(
      columns('THRESHOLD', 'APCER, WORST KIND', 'BPCER', 'ACER'),
      sweep.map((each) => [
        each.threshold.toFixed(2),
        cell(each.worst?.apcer ?? null),
        cell(each.bpcer),
        each.acer === null ? '-' : percent(each.acer),
      ]),
    ),
  ];
  if (failures.length > 0) {
    lines.push('', `${failures.length} pictures of which nothing was said:`);
    for (const { image, reason } of failures) lines.push(`  ${printable(image)}: ${printable(reason)}`);
  }
  return lines.join('\n');
}
