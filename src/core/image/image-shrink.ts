/** How often the sides of a decoded image fit into those of its picture; the steps that JPEG decoders offer. */
export type ImageShrink = 1 | 2 | 4 | 8;

/** All of them, largest first. */
export const IMAGE_SHRINKS: readonly ImageShrink[] = [8, 4, 2, 1];
