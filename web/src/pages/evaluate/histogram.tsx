import type { Evaluation } from '../../api/types.ts';
import { distanceText } from '../../components/distance-text.ts';
import { CHART, DistanceAxis, placeX, ThresholdMark } from './chart.tsx';

/** How far own photos and strangers are, as shares of each kind. */
export function Histogram(props: { readonly evaluation: Evaluation; readonly maxDistance: number }) {
  const { histogram, binWidth, range } = props.evaluation;
  const total = { own: sum(histogram, 'own'), strangers: sum(histogram, 'strangers') };
  const kinds = ['strangers', 'own'] as const;
  const most = Math.max(...kinds.flatMap((kind) => histogram.map((bin) => bin[kind] / total[kind])));
  const words = `Own photos lie between ${spread(props.evaluation, 'own')}, strangers between ${spread(props.evaluation, 'strangers')}.`;
  return (
    <figure class="card chart">
      <figcaption>
        Distances <span class="key own">own photos</span> <span class="key strangers">strangers</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${CHART.width} ${CHART.height}`}
        role="img"
        aria-label={`Histogram of distances. ${words}`}
      >
        {kinds.map((kind) => (
          <g key={kind} class={`bars ${kind}`}>
            {histogram.map((bin) => {
              const height = ((bin[kind] / total[kind]) * CHART.plotHeight) / most;
              const left = placeX(bin.from, range);
              const width = Math.max(0, placeX(bin.from + binWidth, range) - left);
              return height > 0 ? (
                <rect key={bin.from} x={left} y={CHART.bottom - height} width={width} height={height} />
              ) : null;
            })}
          </g>
        ))}
        <DistanceAxis range={range} />
        <ThresholdMark maxDistance={props.maxDistance} range={range} />
      </svg>
    </figure>
  );
}

type Bins = Evaluation['histogram'];

function sum(bins: Bins, kind: 'own' | 'strangers'): number {
  return Math.max(
    1,
    bins.reduce((total, bin) => total + bin[kind], 0),
  );
}

function spread({ histogram, binWidth, range }: Evaluation, kind: 'own' | 'strangers'): string {
  const filled = histogram.filter((bin) => bin[kind] > 0);
  const [low, high] = [filled[0]?.from ?? 0, (filled.at(-1)?.from ?? 0) + binWidth];
  return `${distanceText(low, range)} and ${distanceText(high, range)}`;
}
