import type { Box } from '../api/types.ts';

/** A face to mark. */
export interface MarkedFace {
  readonly box: Box;
  /** Stands over the box. */
  readonly label: string;
  readonly tone: 'known' | 'unknown' | 'plain';
}

/** Of the picture's width: lines and letters that stay readable whatever the picture's size. */
const LINE = 0.005;
const TEXT = 0.034;
/** Width of a letter in its height; names differ, so the field is cut to what fits the face. */
const LETTER = 0.64;

/** Boxes and names over a picture or video of a size; the names stand as text beside it too. */
export function FaceBoxes(props: {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly MarkedFace[];
}) {
  const { width, height, faces } = props;
  const line = Math.max(1, width * LINE);
  const text = Math.max(9, width * TEXT);
  return (
    <svg class="face-boxes" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {faces.map(({ box, label, tone }, i) => {
        const labelWidth = label.length * text * LETTER + text;
        const left = Math.max(0, Math.min(box.left, width - labelWidth));
        const isOutside = box.top - text * 1.6 < 0;
        const top = isOutside ? Math.min(box.top + box.height, height - text * 1.5) : box.top - text * 1.5;
        return (
          <g key={i} class={tone}>
            <rect
              class="box"
              x={box.left}
              y={box.top}
              width={box.width}
              height={box.height}
              rx={line * 2}
              stroke-width={line}
            />
            {label !== '' && (
              <>
                <rect class="label" x={left} y={top} width={labelWidth} height={text * 1.5} rx={line * 2} />
                <text x={left + text / 2} y={top + text * 1.08} font-size={text}>
                  {label}
                </text>
              </>
            )}
          </g>
        );
      })}
    </svg>
  );
}
