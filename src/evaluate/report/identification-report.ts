import type { IdentificationResult, OpenSetPoint } from '../identification.ts';
import type { SearchOutcome } from '../search-outcome.ts';
import { loadCharts, percent } from './charts.ts';
import { type Html, html } from './html.ts';
import {
  chartGrid,
  examples,
  type ReportChart,
  type ReportExample,
  type ReportFacts,
  reportPage,
  table,
  tiles,
} from './report-page.ts';
import { failureList } from './verification-report.ts';

/** Options of {@link identificationReport}. */
export interface IdentificationReportOptions extends ReportFacts {
  /** Makes a `data:` URL of the face in a picture; null where that is not possible. */
  readonly picture: (name: string) => Promise<string | null>;
  /** Pictures without a usable face. */
  readonly failures: readonly string[];
  /** Where charts of distances end: `thresholds.farthest` of the embedder. @defaultValue the largest distance */
  readonly range?: number | undefined;
}

/** FPIR rows of the table, where the strangers are enough to show them. */
const FPIR_ROWS: readonly number[] = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/**
 * Draws an identification test as one self-contained HTML page.
 *
 * @returns the whole document
 */
export async function identificationReport(
  result: IdentificationResult,
  options: IdentificationReportOptions,
): Promise<string> {
  return reportPage(options, [
    summary(result),
    chartGrid(await drawCharts(result, options.range)),
    result.openSet.length > 0 ? thresholdTable(result) : NO_STRANGERS,
    table(
      'Confusions',
      ['Person', 'Taken for', 'Times'],
      result.confusions.slice(0, 30).map(({ person, takenFor, count }) => [person, takenFor, String(count)]),
      { words: true },
    ),
    examples(
      'Wrong names',
      'Left the probe, right the gallery face that it was taken for.',
      await exampleList(result.falsePositives, options),
    ),
    examples(
      'Known people missed',
      'Left the probe, right the nearest gallery face.',
      await exampleList(result.misses, options),
    ),
    failureList(options.failures),
    html`<p class="note">FPIR: share of strangers’ photos that got a name. FNIR: share of known people’s photos that did not get their own name, photos without a face included. Terms of ISO/IEC 19795-1.</p>`,
  ]);
}

function summary({ probes, rank1, openSet, maxDistance }: IdentificationResult): Html {
  const chosen = openSet.find((point) => point.maxDistance === maxDistance);
  return tiles([
    { name: 'Rank 1', value: percent(rank1.rate), note: `${percent(rank1.low)} – ${percent(rank1.high)}` },
    {
      name: 'Probes of known people',
      value: String(probes.enrolled),
      note: `${probes.failures} without a face`,
    },
    { name: 'Probes of strangers', value: String(probes.strangers) },
    ...(chosen
      ? [
          {
            name: 'Strangers named (FPIR)',
            value: percent(chosen.fpir),
            note: `${band(chosen, 'fpir')} at distance ${maxDistance.toFixed(3)}`,
          },
          {
            name: 'Known missed (FNIR)',
            value: percent(chosen.fnir),
            note: `${band(chosen, 'fnir')} at distance ${maxDistance.toFixed(3)}`,
          },
        ]
      : []),
  ]);
}

async function drawCharts(
  { cmc, openSet, maxDistance }: IdentificationResult,
  range: number | undefined,
): Promise<ReportChart[]> {
  const charts = await loadCharts();
  return [
    {
      title: 'CMC',
      note: 'Share of known people’s photos whose person is among the nearest',
      svg: charts.cmc(cmc),
    },
    ...(openSet.length > 0
      ? [
          {
            title: 'Open set',
            note: 'Known people missed over strangers named; band: 95 % bootstrap over people',
            svg: charts.openSet(openSet, { maxDistance }),
          },
          {
            title: 'Errors over the threshold',
            note: html`<span class="key impostor"></span>strangers named (FPIR)  <span class="key genuine"></span>known missed (FNIR)`,
            svg: charts.rates(openSet, { maxDistance, range }),
            wide: true,
          },
        ]
      : []),
  ];
}

function thresholdTable({ openSet, probes }: IdentificationResult): Html {
  return table(
    'Thresholds by strangers named',
    ['FPIR at most', 'Threshold', 'FPIR', 'FNIR'],
    thresholdRows(openSet, probes.strangers).map(({ target, point }) => [
      percent(target),
      point.maxDistance.toFixed(4),
      html`${percent(point.fpir)} <small>${band(point, 'fpir')}</small>`,
      html`${percent(point.fnir)} <small>${band(point, 'fnir')}</small>`,
    ]),
  );
}

const NO_STRANGERS = html`<p class="note">No strangers among the probes: how often strangers are named was not measured.</p>`;

function thresholdRows(
  openSet: readonly OpenSetPoint[],
  strangers: number,
): { target: number; point: OpenSetPoint }[] {
  return FPIR_ROWS.filter((target) => target * strangers >= 1).flatMap((target) => {
    const point = openSet.findLast((each) => each.fpir <= target);
    return point ? [{ target, point }] : [];
  });
}

function band(point: OpenSetPoint, rate: 'fpir' | 'fnir'): string {
  return `${percent(point[`${rate}Low`])} – ${percent(point[`${rate}High`])}`;
}

async function exampleList(
  outcomes: readonly SearchOutcome[],
  { picture }: IdentificationReportOptions,
): Promise<ReportExample[]> {
  const list: ReportExample[] = [];
  for (const { probe, person, enrolled, best, rank } of outcomes) {
    list.push({
      images: [best ? await picture(probe) : null, best ? await picture(best.face) : null],
      heading: best ? `${person} → ${best.person}` : `${person}: no face`,
      lines: [
        ...(best ? [`distance ${best.distance.toFixed(3)}`] : []),
        enrolled ? (rank === null ? 'known' : `known, rank ${rank}`) : 'stranger',
        probe,
      ],
    });
  }
  return list;
}
