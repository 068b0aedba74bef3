/** Measures of the charts, in the units of their viewBox. */
export const CHART = {
  width: 480,
  height: 220,
  left: 48,
  right: 468,
  top: 12,
  bottom: 186,
  plotHeight: 174,
  /** Largest distance shown; strangers of dlib's network are rarely farther away. */
  end: 1.2,
} as const;

/** Where distances and shares lie in a chart. */
export const place = {
  x: (distance: number) =>
    CHART.left + (Math.min(distance, CHART.end) / CHART.end) * (CHART.right - CHART.left),
  y: (share: number) => CHART.bottom - share * CHART.plotHeight,
};

/** The line of distances below a chart. */
export function DistanceAxis() {
  return (
    <g class="axis">
      <line x1={CHART.left} x2={CHART.right} y1={CHART.bottom} y2={CHART.bottom} />
      {[0, 0.2, 0.4, 0.6, 0.8, 1, 1.2].map((distance) => (
        <text key={distance} x={place.x(distance)} y={CHART.bottom + 16} text-anchor="middle">
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
export function ThresholdMark({ maxDistance }: { readonly maxDistance: number }) {
  const x = place.x(maxDistance);
  return <line class="threshold-mark" x1={x} x2={x} y1={CHART.top} y2={CHART.bottom} />;
}
