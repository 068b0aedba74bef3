import type { LivenessRates, LivenessResult } from '../liveness.ts';
import { loadCharts, percent } from './charts.ts';
import { html } from './html.ts';
import { chartGrid, type ReportFacts, rateCell, reportPage, table, tiles } from './report-page.ts';
import { failureList } from './verification-report.ts';

/** Options of {@link livenessReport}. */
export interface LivenessReportOptions extends ReportFacts {
  /** Pictures of which nothing was said. */
  readonly failures: readonly string[];
}

/**
 * Draws a test of liveness as one self-contained HTML page.
 *
 * @returns the whole document
 */
export async function livenessReport(
  result: LivenessResult,
  options: LivenessReportOptions,
): Promise<string> {
  const charts = await loadCharts();
  const { worst, bpcer, acer, auc, attacks, threshold, sweep, live, attackPictures, bpnrr } = result;
  const rate = (estimate: { readonly low: number; readonly high: number }) =>
    `${percent(estimate.low)} – ${percent(estimate.high)}`;
  return reportPage(options, [
    tiles([
      {
        name: 'Attacks passed, worst kind (APCER)',
        value: worst ? percent(worst.apcer.rate) : '–',
        note: worst ? `${worst.kind}; ${rate(worst.apcer)}` : 'nothing was said of any attack',
      },
      {
        name: 'Live faces refused (BPCER)',
        value: bpcer ? percent(bpcer.rate) : '–',
        note: bpcer ? rate(bpcer) : 'nothing was said of any live face',
      },
      { name: 'Mean of both (ACER)', value: acer === null ? '–' : percent(acer) },
      { name: 'AUC', value: auc === null ? '–' : auc.toFixed(4) },
      { name: 'Pictures', value: `${live} live, ${attackPictures} attacks`, note: `threshold ${threshold}` },
    ]),
    chartGrid([
      {
        title: 'Errors over the threshold',
        note: html`<span class="key impostor"></span>attacks passed, worst kind (APCER)  <span class="key genuine"></span>live faces refused (BPCER)`,
        svg: charts.liveness(sweep, { threshold }),
        wide: true,
      },
    ]),
    table(
      `At threshold ${threshold}`,
      ['Presented', 'Error (95 %)', 'Nothing said (95 %)'],
      [
        ...attacks.map(({ kind, apcer, apnrr }) => [
          `${kind}: passed (APCER)`,
          apcer ? rateCell(apcer) : '–',
          rateCell(apnrr),
        ]),
        ['live: refused (BPCER)', bpcer ? rateCell(bpcer) : '–', rateCell(bpnrr)],
      ],
    ),
    table('Thresholds', ['Threshold', 'APCER, worst kind', 'BPCER', 'ACER'], sweep.map(sweepRow)),
    failureList(options.failures),
  ]);
}

function sweepRow({ threshold, worst, bpcer, acer }: LivenessRates) {
  return [
    threshold.toFixed(2),
    worst ? html`${rateCell(worst.apcer)} <small>${worst.kind}</small>` : '–',
    bpcer ? rateCell(bpcer) : '–',
    acer === null ? '–' : percent(acer),
  ];
}
