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
      {faces.map(({ box, label, tone }, i) => (
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
            <Label box={box} label={label} text={text} line={line} width={width} height={height} />
          )}
        </g>
      ))}
    </svg>
  );
}

/** A name on a field over the box, or below it where there is no room; always within the picture. */
function Label(props: {
  readonly box: Box;
  readonly label: string;
  readonly text: number;
  readonly line: number;
  readonly width: number;
  readonly height: number;
}) {
  const { box, text, line, width, height } = props;
  const label = shorten(props.label, Math.max(3, Math.floor((width - text) / (text * LETTER))));
  const fieldWidth = [...label].length * text * LETTER + text;
  const fieldHeight = text * 1.5;
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
  const above = box.top - fieldHeight;
  const left = within(box.left, width - fieldWidth);
  const top = within(above >= 0 ? above : box.top + box.height, height - fieldHeight);
  return (
    <>
      <rect class="label" x={left} y={top} width={fieldWidth} height={fieldHeight} rx={line * 2} />
      <text x={left + text / 2} y={top + text * 1.08} font-size={text}>
        {label}
      </text>
    </>
  );
}

function shorten(label: string, most: number): string {
  const letters = [...label];
  return letters.length <= most ? label : `${letters.slice(0, most - 1).join('')}…`;
}
