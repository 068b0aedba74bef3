import { expectation, FaceTriggerError } from '../errors.ts';
import { isKind } from '../is-kind.ts';

/**
 * A decoded picture.
 *
 * @remarks Pixels are uint8, row-major, [height, width, channels], without padding between rows. One channel is
 * gray, three are R, G, B (sRGB).
 */
export interface Image {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/**
 * Checks that a value is an {@link Image} whose bytes fit its size.
 *
 * @param name - the argument's name, for the message
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 */
export function assertImage(image: Image, name = 'image'): void {
  const fits =
    image !== null &&
    typeof image === 'object' &&
    isKind(image.data, 'Uint8Array') &&
    Number.isInteger(image.width) &&
    Number.isInteger(image.height) &&
    image.width > 0 &&
    image.height > 0 &&
    (image.channels === 1 || image.channels === 3) &&
    image.data.length === image.width * image.height * image.channels;
  if (fits) return;
  const received = image && typeof image === 'object' ? summarize(image) : image;
  const expected =
    'an image { data: Uint8Array of width * height * channels bytes, width, height, channels: 1 | 3 }';
  throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(expected, name, received));
}

function summarize(image: Partial<Image>): string {
  return `{ data: ${image.data?.length ?? 'no'} bytes, ${image.width} x ${image.height} x ${image.channels} }`;
}
