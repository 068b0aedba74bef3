import { invalidArgument } from '../../core/errors.ts';
import { type Box, intersectionArea } from '../../core/geometry/box.ts';
import type { Point } from '../../core/geometry/point.ts';
import { toRgb } from '../../core/image/convert-color.ts';
import type { Image } from '../../core/image/image.ts';
import { type Canvas, type Color, drawMask, fillBox, fillDisc, strokeBox } from './canvas.ts';
import { type MarkTone, toneColor } from './mark-tone.ts';
import { renderText } from './text-mask.ts';

/** One face to draw. */
export interface FaceMark {
  /** Pixels of the image; may reach outside it. */
  readonly box: Box;
  /** Pixels of the image; drawn as dots. */
  readonly landmarks?: readonly Point[] | undefined;
  /** One line of text, such as a name; drawn literally, without control characters. */
  readonly label?: string | undefined;
  /** Color of box and label. @defaultValue 'plain' */
  readonly tone?: MarkTone | undefined;
}

/** Options of {@link annotateImage}. */
export interface AnnotateOptions {
  /** Width of the boxes' lines in pixels, integer >= 1. @defaultValue by the image's size, 2 at 640 x 480 */
  readonly lineWidth?: number | undefined;
  /** Height of the labels' font in pixels, integer >= 6. @defaultValue by the image's size, 14 at 640 x 480 */
  readonly fontSize?: number | undefined;
}

const WHITE: Color = [255, 255, 255];
const BLACK: Color = [0, 0, 0];

/**
 * Draws faces onto a copy of an image: a box, dots for the landmarks, and a plate with the name.
 *
 * @returns a new RGB image of the same size
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
 * @remarks A plate stands above its box, or else below or inside it, where it lies within the frame and covers the
 * least of faces and other plates. The font comes with the package: no font of the machine is needed.
 */
export async function annotateImage(
  image: Image,
  marks: readonly FaceMark[],
  options: AnnotateOptions = {},
): Promise<Image> {
  const rgb = toRgb(image);
  const canvas: Canvas = { data: rgb.data.slice(), width: rgb.width, height: rgb.height, channels: 3 };
  const longSide = Math.max(image.width, image.height);
  const lineWidth =
    integerOption(options.lineWidth, 1, 'options.lineWidth') ?? Math.max(1, Math.round(longSide / 320));
  const fontSize =
    integerOption(options.fontSize, 6, 'options.fontSize') ??
    Math.min(96, Math.max(13, Math.round(longSide / 45)));
  marks.forEach((mark, index) => {
    checkMark(mark, `marks[${index}]`);
    drawFace(canvas, mark, lineWidth);
  });
  await drawLabels(canvas, marks, fontSize);
  return canvas;
}

function drawFace(canvas: Canvas, mark: FaceMark, lineWidth: number): void {
  const { left, top, width, height } = mark.box;
  const color = toneColor(mark.tone ?? 'plain', 'tone');
  // A thin light rim keeps the line visible on a background of its own color.
  const rim = Math.max(1, Math.round(lineWidth / 3));
  const outer = { left: left - rim, top: top - rim, width: width + 2 * rim, height: height + 2 * rim };
  strokeBox(canvas, outer, WHITE, rim);
  strokeBox(canvas, mark.box, color, lineWidth);
  const radius = Math.max(1, Math.min(lineWidth * 1.5, width / 36));
  for (const point of mark.landmarks ?? []) {
    fillDisc(canvas, point, radius + Math.max(0.75, radius / 3), BLACK);
    fillDisc(canvas, point, radius, WHITE);
  }
}

async function drawLabels(canvas: Canvas, marks: readonly FaceMark[], fontSize: number): Promise<void> {
  const padding = Math.max(2, Math.round(fontSize / 4));
  const plates: Box[] = [];
  for (const mark of marks) {
    if (mark.label === undefined) continue;
    const mask = await renderText(mark.label, { size: fontSize, maxWidth: canvas.width - 2 * padding });
    if (mask === null) continue;
    const size = { width: mask.width + 2 * padding, height: mask.height };
    const plate = placePlate(canvas, mark.box, { size, faces: marks.map((other) => other.box), plates });
    plates.push(plate);
    fillBox(canvas, plate, toneColor(mark.tone ?? 'plain', 'tone'));
    drawMask(canvas, mask, { left: plate.left + padding, top: plate.top, color: WHITE });
  }
}

// The first of the places above, below and inside the box that covers the least. Another plate weighs more than a
// face, as text on text is lost.
function placePlate(
  frame: Image,
  box: Box,
  layout: { size: { width: number; height: number }; faces: readonly Box[]; plates: readonly Box[] },
): Box {
  const { width, height } = layout.size;
  const tops = [box.top - height, box.top + box.height, box.top, box.top + box.height - height];
  const lefts = [box.left, box.left + (box.width - width) / 2, box.left + box.width - width];
  const places = tops.flatMap((top) =>
    lefts.map((left) => ({
      left: clamp(Math.round(left), frame.width - width),
      top: Math.round(top),
      width,
      height,
    })),
  );
  const inside = places.filter((place) => place.top >= 0 && place.top + height <= frame.height);
  const best = leastCovered(inside, (place) => {
    const faces = layout.faces.reduce((sum, other) => sum + intersectionArea(place, other), 0);
    return faces + 4 * layout.plates.reduce((sum, other) => sum + intersectionArea(place, other), 0);
  });
  return best ?? { ...places[0]!, top: clamp(places[0]!.top, frame.height - height) };
}

function leastCovered(places: readonly Box[], cost: (place: Box) => number): Box | undefined {
  let best: Box | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const value = cost(place);
    if (value < lowest) {
      lowest = value;
      best = place;
    }
  }
  return best;
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

function checkMark(mark: FaceMark, name: string): void {
  const { left, top, width, height } = mark.box;
  if (![left, top, width, height].every(Number.isFinite)) {
    throw invalidArgument('a box of four finite numbers', `${name}.box`, mark.box);
  }
  for (const point of mark.landmarks ?? []) {
    if (!point.every(Number.isFinite))
      throw invalidArgument('points of finite numbers', `${name}.landmarks`, point);
  }
  toneColor(mark.tone ?? 'plain', `${name}.tone`);
}

function integerOption(value: number | undefined, least: number, name: string): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return value;
  throw invalidArgument(`an integer >= ${least}`, name, value);
}
