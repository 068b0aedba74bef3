import type { Detection } from '../../../core/detect/face-detector.ts';
import type { Image } from '../../../core/image/image.ts';

export interface ScanOptions {
  /** Factor of the sides at which the smallest faces fill the window; above 1 the image is enlarged. */
  readonly scale: number;
  /** Windows must score above this. */
  readonly minScore: number;
}

/** Slides the detector's window over an image in all sizes from one on. */
export interface WindowScanner {
  /**
   * @param image - gray or RGB
   * @returns all windows that score above `minScore`, best first, in pixels of the image
   */
  scan(image: Image, options: ScanOptions): Promise<Detection[]>;
  /** Frees the network. Calling it again does nothing. */
  dispose(): Promise<void>;
}
