import { join, relative } from 'node:path';
import { metricOf } from '../../core/metric/metric.ts';
import { decodeUtf8 } from '../../core/text/decode-utf8.ts';
import { printable } from '../../core/text/printable.ts';
import { MAX_PAIRS_TEXT, parsePairs } from '../../dataset/pairs-file.ts';
import { photoResolver } from '../../dataset/photo-resolver.ts';
import type { FaceReading } from '../../evaluate/face-reader.ts';
import { percent } from '../../evaluate/report/charts.ts';
import { verificationReport } from '../../evaluate/report/verification-report.ts';
import {
  evaluateVerification,
  type VerificationPair,
  type VerificationResult,
} from '../../evaluate/verification.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { readFileWithin } from '../../node/files/read-file-within.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';
import { writeReport } from '../output/write-report.ts';
import {
  type EvaluationOptions,
  evaluationFacts,
  evaluationLedger,
  goOnWithCache,
  pictureMaker,
  readEvaluationFaces,
  reportDistances,
} from './evaluation-faces.ts';

/** Options of `evaluate verification`. */
export interface VerificationCommandOptions extends EvaluationOptions {
  readonly pairs: string;
  readonly images: string;
  readonly report?: string | undefined;
}

/** Runs `evaluate verification`. */
export async function evaluateVerificationCommand(
  options: VerificationCommandOptions,
  context: CommandContext,
): Promise<void> {
  const images = await pathOnDisk(options.images);
  const { signal } = context;
  const output = new Output('embedding', {
    progress: options.progress,
    signal,
    goOn: goOnWithCache(options),
  });
  // Found out now, not after an hour of work.
  if (options.report !== undefined) await makeFolder(options.report);
  const text = await readFileWithin(options.pairs, { maxBytes: MAX_PAIRS_TEXT });
  const { pairs } = parsePairs(decodeUtf8(text, options.pairs));
  const resolve = photoResolver(images);
  const found: { first: string; second: string; fold: number; same: boolean }[] = [];
  for (const { fold, same, first, second } of pairs) {
    found.push({ fold, same, first: await resolve(first), second: await resolve(second) });
  }
  const readings = await readEvaluationFaces(
    found.flatMap(({ first, second }) => [first, second]),
    { ...options, signal, output },
  );
  const embedder = await packageEmbedder(options.precision, options.models);
  const metric = metricOf(embedder.metric);
  const { usualDistance, range } = reportDistances(embedder, options);
  const nameOf = (path: string) => relative(images, path).replaceAll('\\', '/');
  const scored = found.map(({ fold, same, first, second }): VerificationPair => {
    const [a, b] = [readings.get(first)!.face, readings.get(second)!.face];
    const distance = a && b ? metric.distance(a.embedding, b.embedding) : null;
    return { fold, same, first: nameOf(first), second: nameOf(second), distance };
  });
  const result = evaluateVerification(scored, { usualDistance });
  const failures = failuresOf(readings, nameOf);
  const models = await evaluationLedger(options);
  const json = { ...toJson(result, { images: readings.size, failures }), models };
  let reportPath: string | null = null;
  if (options.report !== undefined) {
    const page = await verificationReport(result, {
      title: 'Verification',
      date: new Date(),
      facts: [['Pairs', options.pairs], ...(await evaluationFacts(options))],
      picture: pictureMaker(readings, (name) => join(images, name)),
      failures: failures.map(({ image, reason }) => `${image}: ${reason}`),
      range,
    });
    reportPath = await writeReport(options.report, 'verification', { page, json });
  }
  if (options.json) await output.json(json);
  else await output.line(toText(result, failures));
  if (reportPath !== null && !options.json) output.note(`Report: ${printable(reportPath)}`);
}

/** A picture that gave no face. */
export interface Failure {
  readonly image: string;
  readonly reason: string;
  readonly message: string;
}

/** The pictures that gave no face, by name. */
export function failuresOf(
  readings: ReadonlyMap<string, FaceReading>,
  nameOf: (path: string) => string,
): Failure[] {
  return [...readings.values()].flatMap((reading) =>
    reading.face ? [] : [{ image: nameOf(reading.path), reason: reading.reason, message: reading.message }],
  );
}

function toJson(
  result: VerificationResult,
  { images, failures }: { images: number; failures: readonly Failure[] },
): Record<string, unknown> {
  const { scores: _, ...rest } = result;
  return { kind: 'verification', images, ...rest, failures };
}

function toText(result: VerificationResult, failures: readonly Failure[]): string {
  const { pairs, protocol, auc, eer } = result;
  const share = (value: number) => `${(100 * value).toFixed(2)} %`;
  const lines = [`${pairs.genuine} pairs of one person, ${pairs.impostor} of two people`];
  if (protocol) {
    const { excluded, countedAsErrors, folds } = protocol;
    lines.push(
      `accuracy           ${share(excluded.mean)} +- ${share(excluded.standardError)} (${folds.length} folds, each with the threshold of the others)`,
      `failures as errors ${share(countedAsErrors.mean)} +- ${share(countedAsErrors.standardError)} (${pairs.failures} pairs without a face)`,
      `thresholds         ${folds.map((fold) => fold.maxDistance.toFixed(4)).join(', ')}`,
    );
  } else {
    lines.push('accuracy           not given: one fold leaves no others to choose a threshold on');
  }
  lines.push(
    `area under ROC     ${auc.toFixed(5)}`,
    `equal error rate   ${share(eer.eer)} at ${eer.maxDistance.toFixed(4)}`,
    '',
  );
  const rows = result.tarAtFar.map(({ far, tar, interval, bootstrap, maxDistance, resolved }) => [
    percent(far),
    share(tar),
    `${percent(interval.low)} - ${percent(interval.high)}`,
    bootstrap ? `${percent(bootstrap.low)} - ${percent(bootstrap.high)}` : '',
    Number.isFinite(maxDistance) ? maxDistance.toFixed(4) : '-',
    resolved ? '' : 'too few pairs: at no false accept',
  ]);
  const columns = ['FAR', 'TAR', '95 % (CLOPPER-PEARSON)', '95 % (BOOTSTRAP)', 'MAX DISTANCE', ''];
  lines.push(
    formatTable(
      columns.map((title) => ({ title })),
      rows,
    ),
  );
  if (failures.length > 0) {
    lines.push('', `${failures.length} pictures without a usable face:`);
    for (const { image, message } of failures) lines.push(`  ${printable(image)}: ${printable(message)}`);
  }
  return lines.join('\n');
}
