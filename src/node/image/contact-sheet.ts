import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { toRgb } from '../../core/image/convert-color.ts';
import { assertImage, type Image } from '../../core/image/image.ts';
import { resizeImage } from '../../core/image/resize-image.ts';
import {
  type Canvas,
  type Color,
  createCanvas,
  drawImage,
  drawMask,
  fillBox,
  fillDisc,
  strokeBox,
} from './canvas.ts';
import { type MarkTone, toneColor } from './mark-tone.ts';
import { renderText } from './text-mask.ts';

/** One picture of a {@link contactSheet}. */
export interface ContactSheetTile {
  readonly image: Image;
  /** One line of text below the picture; cut with an ellipsis where it is too long. */
  readonly caption?: string | undefined;
  /** Color of the border and of the dot before the caption; none: a gray border and no dot. */
  readonly tone?: MarkTone | undefined;
}

/** Options of {@link contactSheet}. */
export interface ContactSheetOptions {
  /** Pictures in a row, integer >= 1. @defaultValue as many as make the sheet about 3 : 2 */
  readonly columns?: number | undefined;
  /** Width of a picture in pixels, integer >= 32. @defaultValue `DEFAULT_TILE_WIDTH` */
  readonly tileWidth?: number | undefined;
  /** One line above the pictures. */
  readonly title?: string | undefined;
}

/** Default of {@link ContactSheetOptions.tileWidth}. */
export const DEFAULT_TILE_WIDTH = 240;

const PAPER: Color = [246, 247, 249];
const CARD: Color = [255, 255, 255];
const MOUNT: Color = [233, 236, 240];
const LINE: Color = [205, 211, 218];
const INK: Color = [31, 41, 55];
// The largest sheet: 100 megapixels, the same bound as for pictures that are read.
const MAX_PIXELS = 100_000_000;

/**
 * Lays pictures out in a grid of cards with captions, dark on light.
 *
 * @param tiles - at least one, in reading order; pictures are fitted whole into their cards, never cropped
 * @returns an RGB image
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE` (sheet above 100 MP)
 */
export async function contactSheet(
  tiles: readonly ContactSheetTile[],
  options: ContactSheetOptions = {},
): Promise<Image> {
  if (tiles.length === 0) throw invalidArgument('at least one tile', 'tiles', tiles);
  tiles.forEach((tile, index) => {
    assertImage(tile.image, `tiles[${index}].image`);
  });
  const layout = planSheet(tiles, options);
  const canvas = createCanvas(layout.width, layout.height, PAPER);
  if (options.title !== undefined) {
    const size = layout.titleSize;
    const mask = await renderText(options.title, { size, maxWidth: layout.width - 2 * layout.gap });
    if (mask) drawMask(canvas, mask, { left: layout.gap, top: layout.gap, color: INK });
  }
  for (const [index, tile] of tiles.entries()) {
    const column = index % layout.columns;
    const row = Math.floor(index / layout.columns);
    const left = layout.gap + column * (layout.cardWidth + layout.gap);
    const top = layout.firstRow + row * (layout.cardHeight + layout.gap);
    await drawCard(canvas, tile, { ...layout, left, top, name: `tiles[${index}]` });
  }
  return canvas;
}

interface SheetLayout {
  readonly columns: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly border: number;
  readonly cardWidth: number;
  readonly cardHeight: number;
  readonly captionSize: number;
  readonly captionHeight: number;
  readonly titleSize: number;
  readonly gap: number;
  readonly firstRow: number;
  readonly width: number;
  readonly height: number;
}

function planSheet(tiles: readonly ContactSheetTile[], options: ContactSheetOptions): SheetLayout {
  const tileWidth = checkInteger(options.tileWidth ?? DEFAULT_TILE_WIDTH, 32, 'options.tileWidth');
  const tileHeight = Math.round(tileWidth * typicalAspect(tiles));
  const border = Math.max(2, Math.round(tileWidth / 60));
  const gap = Math.max(8, Math.round(tileWidth / 12));
  const captionSize = Math.max(11, Math.round(tileWidth / 15));
  const titleSize = Math.round(captionSize * 1.5);
  const captioned = tiles.some((tile) => tile.caption !== undefined);
  const captionHeight = captioned ? Math.round(captionSize * 2) : 0;
  const cardWidth = tileWidth + 2 * border;
  const cardHeight = tileHeight + 2 * border + captionHeight;
  const most = Math.min(tiles.length, Math.round(Math.sqrt((tiles.length * 1.5 * cardHeight) / cardWidth)));
  const columns = checkInteger(options.columns ?? Math.max(1, most), 1, 'options.columns');
  const rows = Math.ceil(tiles.length / columns);
  const firstRow =
    gap + (options.title === undefined ? 0 : Math.round(titleSize * 1.25) + Math.round(gap * 0.6));
  const used = Math.min(columns, tiles.length);
  const width = gap + used * (cardWidth + gap);
  const height = firstRow + rows * (cardHeight + gap);
  if (width * height > MAX_PIXELS) {
    throw new FaceTriggerError(
      'ERR_IMAGE_TOO_LARGE',
      `A contact sheet of ${width} x ${height} pixels is too large`,
    );
  }
  return {
    columns,
    tileWidth,
    tileHeight,
    border,
    cardWidth,
    cardHeight,
    captionSize,
    captionHeight,
    titleSize,
    gap,
    firstRow,
    width,
    height,
  };
}

async function drawCard(
  canvas: Canvas,
  tile: ContactSheetTile,
  card: SheetLayout & { left: number; top: number; name: string },
): Promise<void> {
  const { left, top, border, tileWidth, tileHeight, cardWidth, cardHeight, captionSize } = card;
  const color = tile.tone === undefined ? LINE : toneColor(tile.tone, `${card.name}.tone`);
  fillBox(canvas, { left, top, width: cardWidth, height: cardHeight }, CARD);
  fillBox(canvas, { left: left + border, top: top + border, width: tileWidth, height: tileHeight }, MOUNT);
  const picture = fitted(tile.image, tileWidth, tileHeight);
  drawImage(canvas, picture, {
    left: left + border + Math.floor((tileWidth - picture.width) / 2),
    top: top + border + Math.floor((tileHeight - picture.height) / 2),
  });
  const frame = tile.tone === undefined ? 1 : border;
  strokeBox(canvas, { left, top, width: cardWidth, height: cardHeight }, color, frame);
  if (tile.caption === undefined) return;
  const indent = border + Math.round(captionSize / 2);
  const radius = tile.tone === undefined ? 0 : captionSize * 0.3;
  const textLeft = left + indent + (radius > 0 ? Math.round(captionSize) : 0);
  const maxWidth = left + cardWidth - indent - textLeft;
  const mask = await renderText(tile.caption, { size: captionSize, maxWidth });
  const middle = top + border + tileHeight + (card.captionHeight - 1) / 2;
  if (radius > 0) fillDisc(canvas, [left + indent + radius, middle], radius, color);
  if (mask) drawMask(canvas, mask, { left: textLeft, top: Math.round(middle - mask.height / 2), color: INK });
}

function fitted(image: Image, width: number, height: number): Image {
  const scale = Math.min(width / image.width, height / image.height);
  return toRgb(
    resizeImage(image, {
      width: Math.max(1, Math.min(width, Math.round(image.width * scale))),
      height: Math.max(1, Math.min(height, Math.round(image.height * scale))),
    }),
  );
}

// Height over width that suits most of the pictures: the median, within 2 : 3 and 5 : 4.
function typicalAspect(tiles: readonly ContactSheetTile[]): number {
  const aspects = tiles.map(({ image }) => image.height / image.width).sort((a, b) => a - b);
  return Math.min(1.25, Math.max(2 / 3, aspects[aspects.length >> 1]!));
}

function checkInteger(value: number, least: number, name: string): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw invalidArgument(`an integer >= ${least}`, name, value);
}
