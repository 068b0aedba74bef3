import { rocCurve } from '../roc.ts';
import type { VerificationPair, VerificationResult } from '../verification.ts';
import { type DistanceChartOptions, loadCharts, percent } from './charts.ts';
import { type Html, html } from './html.ts';
import {
  chartGrid,
  examples,
  type ReportChart,
  type ReportExample,
  type ReportFacts,
  rateCell,
  reportPage,
  table,
  tiles,
} from './report-page.ts';

/** Options of {@link verificationReport}. */
export interface VerificationReportOptions extends ReportFacts {
  /** Makes a `data:` URL of the face in a picture; null where that is not possible. */
  readonly picture: (name: string) => Promise<string | null>;
  /** Pictures without a usable face. */
  readonly failures: readonly string[];
  /** Where charts of distances end: `thresholds.farthest` of the embedder. @defaultValue the largest distance */
  readonly range?: number | undefined;
}

/**
 * Draws a verification test as one self-contained HTML page.
 *
 * @returns the whole document
 */
export async function verificationReport(
  result: VerificationResult,
  options: VerificationReportOptions,
): Promise<string> {
  const maxDistance = chosenDistance(result);
  return reportPage(options, [
    summary(result),
    chartGrid(await drawCharts(result, { maxDistance, range: options.range })),
    acceptTable(result),
    thresholdTable(result),
    result.protocol ? foldTable(result.protocol) : NO_FOLDS,
    examples(
      'Most similar photos of two people',
      'The pairs that a threshold would confuse first.',
      await exampleList(result.worstFalseMatches, options),
    ),
    examples(
      'Least similar photos of one person',
      'The pairs that a threshold would miss first.',
      await exampleList(result.worstFalseNonMatches, options),
    ),
    failureList(options.failures),
    html`<p class="note">Intervals hold the true rate with 95 % probability (Clopper and Pearson); the bootstrap draws pairs anew and chooses the threshold each time. A pair whose face was not found is left out of all numbers but “failures as errors”.</p>`,
  ]);
}

/** The threshold that the folds chose, in the middle; without folds that of the equal error rate. */
function chosenDistance({ protocol, eer }: VerificationResult): number {
  if (!protocol) return eer.maxDistance;
  return protocol.folds.reduce((sum, fold) => sum + fold.maxDistance, 0) / protocol.folds.length;
}

function summary(result: VerificationResult): Html {
  const { pairs, protocol, auc, eer } = result;
  const [first] = result.tarAtFar.filter((each) => each.resolved).slice(-1);
  return tiles([
    ...(protocol
      ? [
          {
            name: 'Accuracy',
            value: accuracy(protocol.excluded),
            note: `mean and standard error of ${protocol.folds.length} folds`,
          },
          {
            name: 'Accuracy, failures as errors',
            value: accuracy(protocol.countedAsErrors),
            note: `${pairs.failures} pairs without a face`,
          },
        ]
      : []),
    {
      name: 'Area under ROC',
      value: auc.toFixed(5),
      note: `${pairs.genuine} + ${pairs.impostor} pairs`,
    },
    { name: 'Equal error rate', value: percent(eer.eer), note: `at distance ${eer.maxDistance.toFixed(3)}` },
    ...(first
      ? [
          {
            name: `True accepts at FAR ${percent(first.far)}`,
            value: percent(first.tar),
            note: `${percent(first.interval.low)} – ${percent(first.interval.high)}`,
          },
        ]
      : []),
  ]);
}

function accuracy({
  mean,
  standardError,
}: {
  readonly mean: number;
  readonly standardError: number;
}): string {
  return `${(100 * mean).toFixed(2)} ± ${(100 * standardError).toFixed(2)} %`;
}

async function drawCharts(result: VerificationResult, options: DistanceChartOptions): Promise<ReportChart[]> {
  const charts = await loadCharts();
  const curve = rocCurve(result.scores);
  const { eer } = result.eer;
  return [
    {
      title: 'Distances',
      note: html`<span class="key genuine"></span>one person  <span class="key impostor"></span>two people`,
      svg: charts.histogram(result.scores, options),
      wide: true,
    },
    {
      title: 'ROC',
      note: 'How many of one person pass at each rate of false accepts',
      svg: charts.roc(curve, { eer }),
    },
    {
      title: 'DET',
      note: 'Both errors on logarithmic axes; lower left is better',
      svg: charts.det(curve, { eer }),
    },
  ];
}

function acceptTable(result: VerificationResult): Html {
  return table(
    'True accept rate at a fixed false accept rate',
    ['False accept rate', 'True accept rate', 'Bootstrap', 'Threshold', 'False accepts allowed'],
    result.tarAtFar.map(
      ({ far, tar, interval, bootstrap, maxDistance: limit, falseMatchesAllowed, resolved }) => [
        percent(far),
        html`${percent(tar)} <small>${percent(interval.low)} – ${percent(interval.high)}</small>`,
        bootstrap ? `${percent(bootstrap.low)} – ${percent(bootstrap.high)}` : '–',
        Number.isFinite(limit) ? limit.toFixed(4) : 'none',
        resolved ? String(falseMatchesAllowed) : `0: too few pairs to see ${percent(far)}`,
      ],
    ),
  );
}

function thresholdTable(result: VerificationResult): Html {
  return table(
    'Thresholds',
    ['Largest distance', 'False matches', 'False non-matches', 'Accuracy'],
    result.thresholds.map(({ maxDistance: limit, fmr, fnmr, accuracy: right }) => [
      digits(limit),
      rateCell(fmr),
      rateCell(fnmr),
      percent(right),
    ]),
  );
}

function foldTable(protocol: NonNullable<VerificationResult['protocol']>): Html {
  return table(
    'Folds',
    [
      'Fold',
      'Threshold from the other folds',
      'Accuracy',
      'With failures as errors',
      'Pairs',
      'Without a face',
    ],
    protocol.folds.map((fold) => [
      String(fold.fold + 1),
      fold.maxDistance.toFixed(4),
      percent(fold.accuracy),
      percent(fold.accuracyWithFailures),
      String(fold.pairs),
      String(fold.failures),
    ]),
  );
}

const NO_FOLDS = html`<p class="note">One fold only: no threshold can be chosen without looking at the pairs it is judged by, so no accuracy is given.</p>`;

/** At least two decimals, and as many more as the number has. */
function digits(threshold: number): string {
  const text = String(threshold);
  return (text.split('.')[1]?.length ?? 0) > 2 ? text : threshold.toFixed(2);
}

/** The pictures in which no face was found, listed by name. */
export function failureList(failures: readonly string[]): Html {
  if (failures.length === 0)
    return html`<h2>No face found</h2><p class="note">Every picture had a usable face.</p>`;
  return html`<h2>No face found</h2><ul class="plain">${failures.map((name) => html`<li>${name}</li>`)}</ul>`;
}

async function exampleList(
  pairs: readonly VerificationPair[],
  { picture }: VerificationReportOptions,
): Promise<ReportExample[]> {
  const list: ReportExample[] = [];
  for (const { first, second, distance } of pairs) {
    list.push({
      images: [await picture(first), await picture(second)],
      heading: `distance ${distance!.toFixed(3)}`,
      lines: [first, second],
    });
  }
  return list;
}
