import type { Image } from '../image/image.ts';
import type { Detection } from './face-detector.ts';

/** Slides the detector's window over an image in all sizes. */
export interface WindowScanner {
  /**
   * @param image - gray or RGB
   * @returns all windows that score above `minScore`, best first, in pixels of the image
   */
  scan(image: Image, minScore: number): Promise<Detection[]>;
}
