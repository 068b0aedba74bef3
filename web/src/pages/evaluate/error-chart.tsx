import type { Evaluation } from '../../api/types.ts';
import { CHART, DistanceAxis, placeX, placeY, ThresholdMark } from './chart.tsx';

/** Both errors at every threshold, with the bands that hold the true rates. */
export function ErrorChart(props: { readonly evaluation: Evaluation; readonly maxDistance: number }) {
  const { thresholds, range } = props.evaluation;
  return (
    <figure class="card chart">
      <figcaption>
        Errors at each threshold <span class="key strangers">false matches</span>{' '}
        <span class="key own">misses</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${CHART.width} ${CHART.height}`}
        role="img"
        aria-label="Rates of false matches and misses at each threshold; the numbers above follow the slider"
      >
        <g class="axis">
          {[0, 0.25, 0.5, 0.75, 1].map((share) => (
            <g key={share}>
              <line class="grid" x1={CHART.left} x2={CHART.right} y1={placeY(share)} y2={placeY(share)} />
              <text x={CHART.left - 6} y={placeY(share) + 4} text-anchor="end">
                {share * 100} %
              </text>
            </g>
          ))}
        </g>
        {(['falseMatches', 'misses'] as const).map((kind) => (
          <g key={kind} class={`curve ${kind === 'misses' ? 'own' : 'strangers'}`}>
            <path class="band" d={band(props.evaluation, kind)} />
            <polyline
              points={thresholds
                .map((one) => `${placeX(one.maxDistance, range)},${placeY(one[kind].rate)}`)
                .join(' ')}
            />
          </g>
        ))}
        <DistanceAxis range={range} />
        <ThresholdMark maxDistance={props.maxDistance} range={range} />
      </svg>
    </figure>
  );
}

type Thresholds = Evaluation['thresholds'];

function band({ thresholds, range }: Evaluation, kind: 'falseMatches' | 'misses'): string {
  const points = (list: Thresholds, end: 'low' | 'high') =>
    list.map((one) => `${placeX(one.maxDistance, range)} ${placeY(one[kind][end])}`);
  const around = [...points(thresholds, 'high'), ...points(thresholds.toReversed(), 'low')];
  return `M${around.join('L')}Z`;
}
