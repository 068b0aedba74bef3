import { type Box, boxArea, intersectionArea } from '../geometry/box.ts';
import { type QuarterTurn, turnBox } from '../geometry/quarter-turn.ts';
import { cropImage } from '../image/crop-image.ts';
import type { Image } from '../image/image.ts';
import { turnImage } from '../image/turn-image.ts';
import { type SeenFace, shiftedFace, turnedFace } from './seen-face.ts';

/** Finds the upright faces of an image, best first. */
export type Look = (image: Image, minFaceSize: number) => Promise<readonly SeenFace[]>;

export interface FindTurnedOptions {
  /** Faces that were looked for as the picture stands, and what was found. */
  readonly minFaceSize: number;
  readonly seen: readonly SeenFace[];
  readonly look: Look;
  /** Looks more quickly, to find out which way is up. */
  readonly glance: Look;
}

/** Upside down last: it is the rarest, and a fifth of the faces on their side are found there too. */
const TURNS: readonly QuarterTurn[] = [90, 270, 180];
/** A turned picture must speak so much louder for a face than the picture as it stands. */
const LEAST_GAIN = 2;
/** Seen faces of which less speaks are next to nothing: upright ones have 300, those on their side 5, as a rule. */
const LEAST_EVIDENCE = 25;
/** Doubtful faces of one picture that are looked at from all sides, the largest. */
const MAX_DOUBTFUL = 4;
/** What is cut out around a doubtful face, in its sides, and the smallest face looked for in it. */
const MARGIN = 1;
const LEAST_SHARE = 0.75;
/** Two boxes of which the smaller one is covered by more than this are one face. */
const MAX_COVERED = 0.5;

/**
 * Finds the faces that do not stand upright in a picture: those of one that lies on its side or head, and single ones.
 *
 * @returns all faces, best first: those that were seen, but for the doubtful ones of which a turned picture speaks
 * clearly, and those that were found in turned pictures; boxes and landmarks in pixels of the picture
 * @remarks Costs nothing where all faces seen are steady. Else three glances at each doubtful face, and where one says
 * so, another look at the whole picture, turned. Where no face was seen, two or three glances at the whole picture.
 */
export async function findTurnedFaces(image: Image, options: FindTurnedOptions): Promise<SeenFace[]> {
  const { seen } = options;
  const doubtful = seen.filter((face) => !face.isSteady).sort((a, b) => boxArea(b.box) - boxArea(a.box));
  if (seen.length > 0 && doubtful.length === 0) return [...seen];
  const found: SeenFace[] = [];
  for (const face of doubtful.slice(0, MAX_DOUBTFUL)) {
    const better = await glanceAround(image, face, options);
    if (better) found.push(better);
  }
  // With nothing to go by, or next to nothing, the whole picture is looked at.
  if (found.length === 0 && seen.every((face) => face.evidence < LEAST_EVIDENCE)) {
    const turned = await glanceAtWhole(image, options);
    if (sumOf(turned) > LEAST_GAIN * sumOf(seen)) found.push(...turned);
  }
  // Where nobody stands upright it is the picture that is turned, and all faces found so are as good as any.
  const isPicture = !seen.some((face) => face.isSteady);
  const whole: SeenFace[] = [];
  for (const turn of new Set(found.map((face) => face.turn))) {
    const faces = await lookTurned(image, turn, options.look, options.minFaceSize);
    whole.push(...(isPicture ? faces : faces.filter((face) => face.isClear)));
  }
  return merge(seen, [...whole, ...found]);
}

/** The faces of the way up for which most speaks; upside down only where neither side shows a clear face. */
async function glanceAtWhole(image: Image, { glance, minFaceSize }: FindTurnedOptions): Promise<SeenFace[]> {
  let best: readonly SeenFace[] = [];
  for (const turn of TURNS) {
    if (turn === 180 && best.length > 0) break;
    const faces = (await lookTurned(image, turn, glance, minFaceSize)).filter((face) => face.isClear);
    if (sumOf(faces) > sumOf(best)) best = faces;
  }
  return [...best];
}

async function lookTurned(
  image: Image,
  turn: QuarterTurn,
  look: Look,
  minFaceSize: number,
): Promise<SeenFace[]> {
  const turned = turnImage(image, turn);
  const faces = await look(turned, minFaceSize);
  return faces.map((face) => turnedFace(face, turned, turn));
}

/** The face turned upright, or `null` where it fits no better so. */
async function glanceAround(
  image: Image,
  face: SeenFace,
  { glance }: FindTurnedOptions,
): Promise<SeenFace | null> {
  const part = partAround(image, face.box);
  if (boxArea(part) === 0) return null;
  const cut = cropImage(image, part);
  const place = { ...face.box, left: face.box.left - part.left, top: face.box.top - part.top };
  let best: SeenFace | null = null;
  for (const turn of TURNS) {
    const turned = turnImage(cut, turn);
    const there = turnBox(place, cut, turn);
    for (const other of await glance(turned, Math.max(10, LEAST_SHARE * face.box.width))) {
      if (!other.isClear || !areOne(other.box, there)) continue;
      if (best === null || other.evidence > best.evidence) {
        best = shiftedFace(turnedFace(other, turned, turn), part);
      }
    }
  }
  return best && best.evidence > LEAST_GAIN * face.evidence ? best : null;
}

/** Seen faces come before turned ones at the same place, unless much more speaks for the turned one. */
function merge(seen: readonly SeenFace[], turned: readonly SeenFace[]): SeenFace[] {
  const strongest = [...turned].sort((a, b) => b.evidence - a.evidence);
  const kept = seen.filter((face) => {
    if (face.isSteady) return true;
    const rival = strongest.find((other) => areOne(other.box, face.box));
    return !rival || rival.evidence <= LEAST_GAIN * face.evidence;
  });
  for (const face of strongest) if (!kept.some(({ box }) => areOne(box, face.box))) kept.push(face);
  return kept.sort((a, b) => b.score - a.score);
}

function sumOf(faces: readonly SeenFace[]): number {
  return faces.reduce((sum, face) => sum + face.evidence, 0);
}

function areOne(a: Box, b: Box): boolean {
  return intersectionArea(a, b) > MAX_COVERED * Math.min(boxArea(a), boxArea(b));
}

function partAround(image: Image, { left, top, width, height }: Box): Box {
  const x = Math.max(0, Math.floor(left - width * MARGIN));
  const y = Math.max(0, Math.floor(top - height * MARGIN));
  const right = Math.min(image.width, Math.ceil(left + width * (1 + MARGIN)));
  const bottom = Math.min(image.height, Math.ceil(top + height * (1 + MARGIN)));
  return { left: x, top: y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}
