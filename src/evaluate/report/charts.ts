import type { OpenSetPoint } from '../identification.ts';
import type { LivenessRates } from '../liveness.ts';
import type { PairScores } from '../pair-scores.ts';
import type { RocCurve } from '../roc.ts';

/** Draws the charts of a report, each as the text of one SVG element. */
export interface Charts {
  /** True accept rate over false accept rate; `eer` is marked. */
  roc(curve: RocCurve, options: { eer: number }): string;
  /** Misses over false matches, both axes logarithmic. */
  det(curve: RocCurve, options: { eer: number }): string;
  /** Shares of distances of one person's and two people's pairs; `maxDistance` is marked. */
  histogram(scores: PairScores, options: DistanceChartOptions): string;
  /** Share of probes whose person is among the nearest r. */
  cmc(shares: readonly number[]): string;
  /** FNIR over FPIR with the band of its interval, both axes logarithmic. */
  openSet(points: readonly OpenSetPoint[], options: { maxDistance: number }): string;
  /** FPIR and FNIR over the threshold, with bands. */
  rates(points: readonly OpenSetPoint[], options: DistanceChartOptions): string;
  /** APCER of the worst kind and BPCER over the threshold; `threshold` is marked. */
  liveness(points: readonly LivenessRates[], options: { threshold: number }): string;
}

/** How a chart over distances is drawn. */
export interface DistanceChartOptions {
  /** The threshold that is marked; none if infinite. */
  readonly maxDistance: number;
  /**
   * Where the axis ends, or later where a distance is larger: `thresholds.farthest` of the embedder. @defaultValue the
   * largest distance
   */
  readonly range?: number | undefined;
}

/**
 * Loads the plotting library and makes the chart functions.
 *
 * @returns functions whose SVG takes its colors from the page (`--genuine`, `--impostor`, `--accent`, currentColor)
 * and carries no style of its own, so that a strict content security policy lets it be
 * @remarks Observable Plot, drawn into linkedom's document. Loading takes about a second and happens only here.
 */
export async function loadCharts(): Promise<Charts> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const draw: Draw = (label, options) => {
    const svg = Plot.plot({
      document: document as never,
      width: 520,
      height: 340,
      marginLeft: 58,
      marginBottom: 44,
      marginRight: 18,
      className: 'plot',
      ...options,
    });
    for (const style of svg.querySelectorAll('style')) style.remove();
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    return svg.outerHTML;
  };
  const pen = { Plot, draw };
  return {
    roc: (curve, options) => drawRoc(pen, curve, options),
    det: (curve, options) => drawDet(pen, curve, options),
    histogram: (scores, options) => drawHistogram(pen, scores, options),
    cmc: (shares) => drawCmc(pen, shares),
    openSet: (points, options) => drawOpenSet(pen, points, options),
    rates: (points, options) => drawRates(pen, points, options),
    liveness: (points, options) => drawLiveness(pen, points, options),
  };
}

type Plotting = typeof import('@observablehq/plot');
type PlotOptions = NonNullable<Parameters<Plotting['plot']>[0]>;
/** @param label - what the chart shows, for whoever cannot see it */
type Draw = (label: string, options: PlotOptions) => string;

/** What charts are drawn with. */
interface Pen {
  readonly Plot: Plotting;
  readonly draw: Draw;
}

const WIDE = { width: 1080, height: 320 } as const;
/** Where the threshold lies. */
const THRESHOLD_RULE = { stroke: 'currentColor', strokeDasharray: '4 3', strokeWidth: 1.5 } as const;
const ERROR_TICKS = [0.0001, 0.001, 0.01, 0.1, 1];

function logAxis(label: string, lowest: number) {
  return {
    type: 'log' as const,
    domain: [lowest, 1],
    ticks: ERROR_TICKS.filter((tick) => tick >= lowest),
    tickFormat: (value: number) => percent(value),
    label,
    grid: true,
    clamp: true,
  };
}

function drawRoc({ Plot, draw }: Pen, curve: RocCurve, { eer }: { readonly eer: number }): string {
  return draw('ROC curve: true accept rate over false accept rate', {
    x: logAxis('False accept rate, log →', floorOf(curve.fmr)),
    y: {
      domain: [lowestShare(curve), 1],
      label: '↑ True accept rate',
      tickFormat: percent,
      grid: true,
      ticks: 6,
    },
    marks: [
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.line(rocPoints(curve), {
        x: 'fmr',
        y: 'tar',
        stroke: 'var(--accent)',
        strokeWidth: 2.5,
        curve: 'step-after',
        clip: true,
      }),
      Plot.dot([{ fmr: eer, tar: 1 - eer }], {
        x: 'fmr',
        y: 'tar',
        r: 5,
        fill: 'var(--impostor)',
        stroke: 'var(--card)',
      }),
      Plot.text([{ fmr: eer, tar: 1 - eer }], {
        x: 'fmr',
        y: 'tar',
        text: () => `equal error rate ${percent(eer)}`,
        dy: 22,
        dx: 8,
        textAnchor: 'start',
        fill: 'currentColor',
      }),
    ],
  });
}

function drawDet({ Plot, draw }: Pen, curve: RocCurve, { eer }: { readonly eer: number }): string {
  const lowest = Math.min(floorOf(curve.fmr), floorOf(curve.fnmr));
  return draw('DET curve: false non-match rate over false match rate, logarithmic axes', {
    x: logAxis('False match rate, log →', lowest),
    y: logAxis('↑ False non-match rate, log', lowest),
    marks: [
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.line(
        [
          [lowest, lowest],
          [1, 1],
        ],
        { stroke: 'currentColor', strokeOpacity: 0.3, strokeDasharray: '4 4' },
      ),
      Plot.line(positive(curve), {
        x: 'fmr',
        y: 'fnmr',
        stroke: 'var(--accent)',
        strokeWidth: 2.5,
        curve: 'step-after',
        clip: true,
      }),
      Plot.dot(
        [{ fmr: eer, fnmr: eer }].filter((point) => point.fmr > 0),
        {
          x: 'fmr',
          y: 'fnmr',
          r: 5,
          fill: 'var(--impostor)',
          stroke: 'var(--card)',
        },
      ),
    ],
  });
}

function drawHistogram(
  { Plot, draw }: Pen,
  scores: PairScores,
  { maxDistance, range }: DistanceChartOptions,
): string {
  const bars = histogramBars(scores);
  return draw('Histogram of distances of pairs of one person and of two people', {
    ...WIDE,
    x: {
      label: 'Distance →',
      grid: false,
      ...distanceDomain(
        range,
        bars.map(({ to }) => to),
      ),
    },
    y: { label: '↑ Share of pairs', tickFormat: percent, grid: true },
    marks: [
      Plot.rect(bars, {
        x1: 'from',
        x2: 'to',
        y1: 0,
        y2: 'share',
        fill: 'fill',
        fillOpacity: 0.55,
        inset: 0.5,
      }),
      Plot.ruleY([0], { strokeOpacity: 0.5 }),
      ...(Number.isFinite(maxDistance)
        ? [
            Plot.ruleX([maxDistance], THRESHOLD_RULE),
            Plot.text([maxDistance], {
              x: (d: number) => d,
              frameAnchor: 'top',
              text: (d: number) => `threshold ${d.toFixed(3)}`,
              dx: 6,
              textAnchor: 'start',
              fill: 'currentColor',
            }),
          ]
        : []),
    ],
  });
}

function drawCmc({ Plot, draw }: Pen, shares: readonly number[]): string {
  const points = shares.map((share, i) => ({ rank: i + 1, share }));
  return draw('CMC curve: share of probes whose person is among the nearest', {
    x: {
      label: 'Rank →',
      ticks: points.length <= 20 ? points.map((point) => point.rank) : 10,
      tickFormat: 'd',
    },
    y: { label: '↑ Found among the nearest', tickFormat: percent, grid: true, nice: true, zero: false },
    marks: [
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.line(points, { x: 'rank', y: 'share', stroke: 'var(--accent)', strokeWidth: 2.5 }),
      Plot.dot(points, {
        x: 'rank',
        y: 'share',
        r: 3.5,
        fill: 'var(--accent)',
        title: (p: { rank: number; share: number }) => `rank ${p.rank}: ${percent(p.share)}`,
      }),
    ],
  });
}

function drawOpenSet(
  { Plot, draw }: Pen,
  points: readonly OpenSetPoint[],
  { maxDistance }: { readonly maxDistance: number },
): string {
  const rates = points.flatMap((point) => [point.fpir, point.fnir]).filter((rate) => rate > 0);
  const lowest = floorOf(Float64Array.from(rates));
  const drawn = points.filter((point) => point.fpir > 0 && point.fnir > 0);
  const chosen = points.filter(
    (point) => point.maxDistance === maxDistance && point.fpir > 0 && point.fnir > 0,
  );
  return draw('FNIR over FPIR with bootstrap band, logarithmic axes', {
    x: logAxis('False positive identification rate, log →', lowest),
    y: logAxis('↑ False negative identification rate, log', lowest),
    marks: [
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.areaY(drawn, {
        x: 'fpir',
        y1: (p: OpenSetPoint) => Math.max(lowest, p.fnirLow),
        y2: (p: OpenSetPoint) => Math.max(lowest, p.fnirHigh),
        fill: 'var(--accent)',
        fillOpacity: 0.18,
        clip: true,
      }),
      Plot.line(drawn, { x: 'fpir', y: 'fnir', stroke: 'var(--accent)', strokeWidth: 2.5, clip: true }),
      Plot.dot(chosen, { x: 'fpir', y: 'fnir', r: 5, fill: 'var(--impostor)', stroke: 'var(--card)' }),
    ],
  });
}

function drawRates(
  { Plot, draw }: Pen,
  points: readonly OpenSetPoint[],
  { maxDistance, range }: DistanceChartOptions,
): string {
  return draw('FPIR and FNIR over the threshold with bootstrap bands', {
    ...WIDE,
    x: {
      label: 'Threshold (largest accepted distance) →',
      ...distanceDomain(
        range,
        points.map((point) => point.maxDistance),
      ),
    },
    y: { domain: [0, 1], label: '↑ Error rate', tickFormat: percent, grid: true },
    marks: [
      Plot.areaY(points, {
        x: 'maxDistance',
        y1: 'fpirLow',
        y2: 'fpirHigh',
        fill: 'var(--impostor)',
        fillOpacity: 0.18,
      }),
      Plot.areaY(points, {
        x: 'maxDistance',
        y1: 'fnirLow',
        y2: 'fnirHigh',
        fill: 'var(--genuine)',
        fillOpacity: 0.18,
      }),
      Plot.line(points, { x: 'maxDistance', y: 'fpir', stroke: 'var(--impostor)', strokeWidth: 2.5 }),
      Plot.line(points, { x: 'maxDistance', y: 'fnir', stroke: 'var(--genuine)', strokeWidth: 2.5 }),
      Plot.ruleY([0], { strokeOpacity: 0.5 }),
      ...(Number.isFinite(maxDistance) ? [Plot.ruleX([maxDistance], THRESHOLD_RULE)] : []),
    ],
  });
}

function drawLiveness(
  { Plot, draw }: Pen,
  points: readonly LivenessRates[],
  { threshold }: { readonly threshold: number },
): string {
  const line = (stroke: string, rateOf: (point: LivenessRates) => number | undefined) =>
    Plot.line(points, { x: 'threshold', y: rateOf, stroke, strokeWidth: 2.5 });
  return draw('APCER and BPCER over the threshold', {
    ...WIDE,
    x: { label: 'Threshold (least score of a live face) →', domain: [0, 1] },
    y: { domain: [0, 1], label: '↑ Error rate', tickFormat: percent, grid: true },
    marks: [
      line('var(--impostor)', ({ worst }) => worst?.apcer.rate),
      line('var(--genuine)', ({ bpcer }) => bpcer?.rate),
      Plot.ruleY([0], { strokeOpacity: 0.5 }),
      Plot.ruleX([threshold], THRESHOLD_RULE),
    ],
  });
}

function distanceDomain(range: number | undefined, distances: readonly number[]) {
  return range === undefined ? {} : { domain: [0, distances.reduce((a, b) => Math.max(a, b), range)] };
}

/** A rate as short text: 12.3 %, 1.2 %, 0.12 %, 99.25 %. */
export function percent(rate: number): string {
  const value = rate * 100;
  if (!Number.isFinite(value)) return '–';
  const digits = value > 99 || Math.abs(value) < 1 ? 2 : 1;
  // Number() drops the zeros that would make 10 % into 10.0 %.
  return `${Number(value.toFixed(digits))} %`;
}

// A logarithmic axis starts one decade step below the smallest error that was seen.
function floorOf(rates: Float64Array): number {
  let smallest = 1;
  for (const rate of rates) if (rate > 0 && rate < smallest) smallest = rate;
  return Math.max(1e-6, 10 ** Math.floor(Math.log10(smallest) - 1e-9));
}

// A curve of a million pairs would make a file of as many points: one for each of 1,000 steps is all a page shows.
function every<T>(points: T[], most: number): T[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))]!);
}

function rocPoints(curve: RocCurve): { fmr: number; tar: number }[] {
  const lowest = floorOf(curve.fmr);
  const points = Array.from(curve.fmr, (fmr, i) => ({ fmr: Math.max(fmr, lowest), tar: 1 - curve.fnmr[i]! }));
  // No logarithmic axis has a place for "no false match": the curve starts with what passes there.
  points.splice(0, curve.fmr.lastIndexOf(0));
  return corners(points, (p) => [p.fmr, p.tar]);
}

// The axis starts at the tenth below what passes with no false match, so that good curves can be told apart.
function lowestShare(curve: RocCurve): number {
  return Math.floor((1 - curve.fnmr[curve.fmr.lastIndexOf(0)]!) * 9.99) / 10;
}

function positive(curve: RocCurve): { fmr: number; fnmr: number }[] {
  const points = Array.from(curve.fmr, (fmr, i) => ({ fmr, fnmr: curve.fnmr[i]! }));
  return corners(
    points.filter((point) => point.fmr > 0 && point.fnmr > 0),
    (p) => [p.fmr, p.fnmr],
  );
}

// Points between two others on one straight step add nothing to the picture.
function corners<T>(points: T[], of: (point: T) => [number, number]): T[] {
  const kept = points.filter((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (!before || !after) return true;
    const [x, y] = of(point);
    const [x0, y0] = of(before);
    const [x1, y1] = of(after);
    return !((x === x0 && x === x1) || (y === y0 && y === y1));
  });
  return every(kept, 1000);
}

function histogramBars(scores: PairScores): { from: number; to: number; share: number; fill: string }[] {
  const all = [...scores.genuine, ...scores.impostor];
  const low = all.reduce((least, distance) => Math.min(least, distance), Number.POSITIVE_INFINITY);
  const high = all.reduce((most, distance) => Math.max(most, distance), Number.NEGATIVE_INFINITY);
  const bins = 60;
  const width = (high - low) / bins || 1;
  const bars = (distances: Float64Array, fill: string) => {
    const counts = new Float64Array(bins);
    for (const distance of distances) counts[Math.min(bins - 1, Math.floor((distance - low) / width))]!++;
    return Array.from(counts, (count, i) => ({
      from: low + i * width,
      to: low + (i + 1) * width,
      share: count / distances.length,
      fill,
    })).filter((bar) => bar.share > 0);
  };
  return [...bars(scores.genuine, 'var(--genuine)'), ...bars(scores.impostor, 'var(--impostor)')];
}
