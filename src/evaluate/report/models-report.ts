import type { PairScores } from '../pair-scores.ts';
import { rocCurve } from '../roc.ts';
import { loadCharts } from './charts.ts';
import { chartGrid, type ReportFacts, reportPage, table } from './report-page.ts';

/** Options of {@link modelsReport}. */
export interface ModelsReportOptions extends ReportFacts {
  /** Titles of the columns, and a row for each pack. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Packs whose pairs are drawn. */
  readonly charts: readonly {
    readonly pack: string;
    readonly scores: PairScores;
    readonly eer: number;
    readonly maxDistance: number;
  }[];
}

/**
 * Draws packs of models side by side as one self-contained HTML page.
 *
 * @returns the whole document
 */
export async function modelsReport(options: ModelsReportOptions): Promise<string> {
  const charts = await loadCharts();
  const drawn = options.charts.flatMap(({ pack, scores, eer, maxDistance }) => [
    {
      title: `${pack}: distances`,
      note: 'Pairs of one person and of two people; the mark is the limit that the pack has for two photos.',
      svg: charts.histogram(scores, { maxDistance }),
      wide: true,
    },
    {
      title: `${pack}: true over false accepts`,
      note: 'The nearer to the upper left corner, the better.',
      svg: charts.roc(rocCurve(scores), { eer }),
    },
  ]);
  return reportPage(options, [
    table('Packs side by side', options.columns, options.rows, { wrapped: true }),
    ...(drawn.length > 0 ? [chartGrid(drawn)] : []),
  ]);
}
