import { distanceText } from '../../components/distance-text.ts';
import { ticksUpTo } from './ticks-up-to.ts';

/** Measures of the charts, in the units of their viewBox. */
export const CHART = {
  width: 480,
  height: 220,
  left: 48,
  right: 468,
  top: 12,
  bottom: 186,
  plotHeight: 174,
} as const;

/** Where distances lie in a chart that ends at `range`. */
export function placeX(distance: number, range: number): number {
  return CHART.left + (Math.min(distance, range) / range) * (CHART.right - CHART.left);
}

/** Where shares lie in a chart. */
export function placeY(share: number): number {
  return CHART.bottom - share * CHART.plotHeight;
}

/** The line of distances below a chart. */
export function DistanceAxis({ range }: { readonly range: number }) {
  return (
    <g class="axis">
      <line x1={CHART.left} x2={CHART.right} y1={CHART.bottom} y2={CHART.bottom} />
      {ticksUpTo(range).map((distance) => (
        <text key={distance} x={placeX(distance, range)} y={CHART.bottom + 16} text-anchor="middle">
          {distance}
        </text>
      ))}
      <text x={CHART.right} y={CHART.bottom + 31} text-anchor="end">
        distance
      </text>
    </g>
  );
}

/** Where the threshold is. */
export function ThresholdMark(props: { readonly maxDistance: number; readonly range: number }) {
  const x = placeX(props.maxDistance, props.range);
  return (
    <line class="threshold-mark" x1={x} x2={x} y1={CHART.top} y2={CHART.bottom}>
      <title>{distanceText(props.maxDistance, props.range)}</title>
    </line>
  );
}
