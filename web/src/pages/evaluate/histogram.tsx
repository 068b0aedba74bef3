import type { Evaluation } from '../../api/types.ts';
import { CHART, DistanceAxis, place, ThresholdMark } from './chart.tsx';

/** How far own photos and strangers are, as shares of each kind. */
export function Histogram(props: { readonly evaluation: Evaluation; readonly maxDistance: number }) {
  const { histogram, binWidth } = props.evaluation;
  const total = { own: sum(histogram, 'own'), strangers: sum(histogram, 'strangers') };
  const kinds = ['strangers', 'own'] as const;
  const most = Math.max(...kinds.flatMap((kind) => histogram.map((bin) => bin[kind] / total[kind])));
  const words = `Own photos lie between ${range(histogram, 'own', binWidth)}, strangers between ${range(histogram, 'strangers', binWidth)}.`;
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
              const left = place.x(bin.from);
              const width = Math.max(0, place.x(bin.from + binWidth) - left);
              return height > 0 ? (
                <rect key={bin.from} x={left} y={CHART.bottom - height} width={width} height={height} />
              ) : null;
            })}
          </g>
        ))}
        <DistanceAxis />
        <ThresholdMark maxDistance={props.maxDistance} />
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

function range(bins: Bins, kind: 'own' | 'strangers', width: number): string {
  const filled = bins.filter((bin) => bin[kind] > 0);
  return `${(filled[0]?.from ?? 0).toFixed(2)} and ${((filled.at(-1)?.from ?? 0) + width).toFixed(2)}`;
}
