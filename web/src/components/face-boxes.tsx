import { type Labeled, placeLabels } from './place-labels.ts';

/** A face to mark. */
export interface MarkedFace extends Labeled {
  readonly tone: 'known' | 'unknown' | 'plain';
}

/** Of the picture's width: lines and letters that stay readable whatever the picture's size. */
const LINE = 0.005;
const TEXT = 0.034;
/** Boxes and names over a picture or video of a size; the names stand as text beside it too. */
export function FaceBoxes(props: {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly MarkedFace[];
}) {
  const { width, height, faces } = props;
  const line = Math.max(1, width * LINE);
  const text = Math.max(9, width * TEXT);
  const labels = placeLabels(faces, { width, height, text });
  return (
    <svg class="face-boxes" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {faces.map(({ box, tone }, i) => (
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
        </g>
      ))}
      {faces.map(({ tone }, i) => {
        const { text: label, field } = labels[i] ?? {};
        return (
          field && (
            <g key={i} class={tone}>
              <rect
                class="label"
                x={field.left}
                y={field.top}
                width={field.width}
                height={field.height}
                rx={line * 2}
              />
              <text x={field.left + text / 2} y={field.top + text * 1.08} font-size={text}>
                {label}
              </text>
            </g>
          )
        );
      })}
    </svg>
  );
}
