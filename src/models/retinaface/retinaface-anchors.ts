/** Side of the smallest anchor, which tells the projects' anchors apart. */
export type RetinafaceAnchors = 10 | 16;

/** Strides and the sides of their two anchors, in pixels. */
export interface RetinafaceLevel {
  readonly stride: number;
  readonly sides: readonly [number, number];
}

/**
 * The anchors that RetinaFaces were trained with. Files of both look the same: the wrong ones give boxes and points that
 * are up to twice too near or too far.
 *
 * @remarks Source: \`min_sizes\` in data/config.py of github.com/biubug6/Face-Detector-1MB-with-landmark (10) and of
 * github.com/biubug6/Pytorch_Retinaface (16, both of its networks).
 */
export const RETINAFACE_ANCHORS: Readonly<Record<RetinafaceAnchors, readonly RetinafaceLevel[]>> = {
  10: [
    { stride: 8, sides: [10, 20] },
    { stride: 16, sides: [32, 64] },
    { stride: 32, sides: [128, 256] },
  ],
  16: [
    { stride: 8, sides: [16, 32] },
    { stride: 16, sides: [64, 128] },
    { stride: 32, sides: [256, 512] },
  ],
};

/** The adapter that runs files with these anchors. */
export function retinafaceAdapter(anchors: RetinafaceAnchors): string {
  return anchors === 10 ? 'retinaface' : 'retinaface-16';
}
