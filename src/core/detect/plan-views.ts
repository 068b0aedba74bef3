import { expectation, FaceTriggerError } from '../errors.ts';
import { type Box, boxArea } from '../geometry/box.ts';
import type { Size } from '../geometry/quarter-turn.ts';
import { planScale } from './plan-scale.ts';

/** What a network can be shown at once, and what it sees in it; all in pixels of what it is shown. */
export interface ViewFacts {
  /** Sides of the only picture that the network takes; `null`: any. */
  readonly window: Size | null;
  /**
   * How its makers show it a picture when no size of faces is asked for: as it is, or scaled until it fits the window
   * or these sides, evenly or each side by itself.
   */
  readonly usual: 'as it is' | 'fitted' | 'stretched';
  /** What 'fitted' pictures are scaled to where the network takes any size. */
  readonly usualSides?: Size | undefined;
  /** Pixels that cost the network so little that it is shown at least as many. @defaultValue 200,000 */
  readonly cheapPixels?: number | undefined;
  /** Most pixels that a network which takes any size is shown at once, for its memory. @defaultValue four million */
  readonly mostPixels?: number | undefined;
  /** Side of the smallest face that is found reliably. */
  readonly smallestFace: number;
  /** Side of the largest one. */
  readonly largestFace: number;
}

/** One look at a picture: a part of it at a scale. */
export interface View {
  /** The part, in pixels of the picture. */
  readonly part: Box;
  /** Sides of what the network is shown of it, in whole pixels. */
  readonly shown: Size;
  /** By which what is found there is divided: the scale that was meant, before its sides were rounded. */
  readonly scale: { readonly x: number; readonly y: number };
}

/** The picture once at one scale, whole or in overlapping parts. */
export interface ViewLevel {
  readonly views: readonly View[];
  /** Larger faces, in pixels of the picture, may be cut by the edges of parts: the next level shows them. */
  readonly reach: number;
}

/** Networks that take any size see so many pixels at once, which bounds their memory. */
export const MAX_VIEW_PIXELS = 4_000_000;
/** No need to see only just enough: most such networks are as fast as that. */
const CHEAP_PIXELS = 200_000;
/**
 * Pictures of the size of a video's frame are shown as they are where that is nearly the scale needed: scaling them
 * costs as much as the pixels that it saves, and small faces are seen better.
 */
const NEAR = 0.8;
const MAX_NEAR_PIXELS = 500_000;
/** Parts overlap by so many of the smallest faces; levels follow each other so closely that no size is left out. */
const OVERLAP = 4;
const RANGE = 2;
/** Where the next level is one look, it shows its smallest faces larger: their boxes lie more exactly. */
const FREE_RANGE = 4;
const LEAST_STEP = 0.8;
/** Less room between what a network sees at least and at most would need levels without end. */
const LEAST_RANGE = 2;
const LEAST_WINDOW = 3;
/** Pictures are stretched to the sides of a window only where that changes their proportions by less. */
const MAX_STRETCH = 2;
/** Without a `minFaceSize`, faces of this share of the narrower side are seen at least, however long the picture is. */
const LEAST_SHARE = 0.25;
const LEAST_FACE = 10;
/** Parts at the picture's own scale begin at whole cells of a network's coarsest map, where it sees what it sees of all. */
const CELL = 32;

/** @throws FaceTriggerError `ERR_MODEL_FORMAT` for facts that no plan can be made of */
export function assertViewFacts({ window, smallestFace, largestFace }: ViewFacts): void {
  if (!(smallestFace >= 1 && largestFace >= LEAST_RANGE * smallestFace)) {
    const expected = `a largestFace of at least ${LEAST_RANGE} times its smallestFace, which is 1 or more`;
    const message = expectation(expected, "the detector's facts", `${largestFace} and ${smallestFace}`);
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  if (window && Math.min(window.width, window.height) < LEAST_WINDOW * smallestFace) {
    const expected = `pictures of at least ${LEAST_WINDOW} times the smallestFace of ${smallestFace}`;
    const message = expectation(expected, 'the detector model', `${window.width} x ${window.height}`);
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
}

/**
 * Plans how a picture is shown to a network so that all faces from a size on are found, however large the picture is:
 * what `minFaceSize` means is decided here, the same way for every network.
 *
 * @param picture - its size in pixels
 * @param minFaceSize - side of the smallest face wanted. @defaultValue what the network sees as its makers show it
 * the picture, see {@link ViewFacts.usual}
 * @returns levels, the finest first; together they show every face from `minFaceSize` to the whole picture
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, or `ERR_IMAGE_TOO_LARGE` with the smallest size that works
 */
export function planViews(picture: Size, facts: ViewFacts, minFaceSize?: number): ViewLevel[] {
  const fitted = fittedScale(picture, facts);
  const wanted = minFaceSize ?? narrowFace(picture, facts, fitted);
  const needed = planScale(picture, facts.smallestFace, wanted);
  // The usual look is kept where it shows the smallest wanted faces too: it is what its makers' answers come from.
  if (fitted !== null && (wanted === undefined || needed <= fitted))
    return [wholeLevel(picture, facts, fitted)];
  const levels: ViewLevel[] = [];
  let scale = facts.window || wanted === undefined ? needed : freeScale(picture, needed, facts);
  for (;;) {
    const level =
      facts.window && scale <= fitted! ? wholeLevel(picture, facts, fitted!) : levelAt(picture, scale, facts);
    levels.push(level);
    if (level.reach >= Math.min(picture.width, picture.height)) return levels;
    // The next level begins well within the reach of this one.
    const range = facts.window ? RANGE : FREE_RANGE;
    scale = Math.min(LEAST_STEP * scale, (range * facts.smallestFace) / level.reach);
  }
}

/** The scale at which the whole picture is what the network takes or is usually shown; `null`: it takes any. */
function fittedScale(picture: Size, { window, usual, usualSides }: ViewFacts): number | null {
  const sides = window ?? (usual === 'as it is' ? null : usualSides);
  if (!sides) return null;
  const scale = Math.min(sides.width / picture.width, sides.height / picture.height);
  return usual === 'as it is' ? Math.min(1, scale) : scale;
}

/** Which faces are looked for without a `minFaceSize` in pictures so narrow, or so large, that the usual look shows none. */
function narrowFace(picture: Size, { usual, smallestFace }: ViewFacts, fitted: number | null) {
  if (fitted === null || usual === 'as it is') return undefined;
  const least = Math.max(LEAST_FACE, LEAST_SHARE * Math.min(picture.width, picture.height));
  return smallestFace / fitted > least ? least : undefined;
}

function freeScale(picture: Size, needed: number, { cheapPixels = CHEAP_PIXELS }: ViewFacts): number {
  const cheap = Math.sqrt(cheapPixels / (picture.width * picture.height));
  const scale = Math.max(needed, Math.min(1, cheap));
  const isNear = scale < 1 && scale >= NEAR && picture.width * picture.height <= MAX_NEAR_PIXELS;
  return isNear ? 1 : scale;
}

function wholeLevel(picture: Size, { window, usual }: ViewFacts, scale: number): ViewLevel {
  const part = { left: 0, top: 0, width: picture.width, height: picture.height };
  const stretch = window && (window.width / window.height) * (picture.height / picture.width);
  const isStretched = usual === 'stretched' && stretch && Math.max(stretch, 1 / stretch) < MAX_STRETCH;
  const view = isStretched
    ? { part, shown: window, scale: { x: window.width / part.width, y: window.height / part.height } }
    : evenView(part, scale);
  return { views: [view], reach: Number.POSITIVE_INFINITY };
}

function levelAt(picture: Size, scale: number, facts: ViewFacts): ViewLevel {
  const { window, smallestFace, largestFace, mostPixels = MAX_VIEW_PIXELS } = facts;
  const full = { left: 0, top: 0, width: picture.width, height: picture.height };
  const isWhole = !window && boxArea(full) * scale * scale <= mostPixels;
  if (isWhole) return { views: [evenView(full, scale)], reach: largestFace / scale };
  const side = Math.floor(Math.sqrt(mostPixels) / CELL) * CELL;
  const tile = window ?? { width: side, height: side };
  const overlap = Math.min((OVERLAP * smallestFace) / scale, Math.min(tile.width, tile.height) / 2 / scale);
  const cell = scale === 1 ? CELL : 1;
  const lefts = starts(picture.width, Math.floor(tile.width / scale), overlap, cell);
  const tops = starts(picture.height, Math.floor(tile.height / scale), overlap, cell);
  const views: View[] = [];
  for (const [top, height] of tops) {
    for (const [left, width] of lefts) {
      views.push(evenView({ left, top, width, height }, scale));
    }
  }
  return { views, reach: Math.min(overlap, largestFace / scale) };
}

/** First pixel and length of parts that cover an axis evenly, beginning at whole cells. */
function starts(length: number, part: number, overlap: number, cell: number): (readonly [number, number])[] {
  if (part >= length) return [[0, length]];
  const count = 1 + Math.ceil((length - part) / Math.max(1, part - Math.ceil(overlap) - cell + 1));
  return Array.from({ length: count }, (_, i) => {
    const start = Math.ceil(Math.round(((length - part) * i) / (count - 1)) / cell) * cell;
    return [start, Math.min(part, length - start)];
  });
}

function evenView(part: Box, scale: number): View {
  const [width, height] = [part.width, part.height].map((side) => Math.max(1, Math.round(side * scale)));
  return { part, shown: { width: width!, height: height! }, scale: { x: scale, y: scale } };
}
