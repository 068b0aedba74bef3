import type { Detection } from '../../../core/detect/face-detector.ts';
import type { Image } from '../../../core/image/image.ts';
import { COARSE_LADDER, nearestLevel } from './level-ladder.ts';
import type { LevelScanner } from './level-scanner.ts';
import type { PlaneScanner } from './plane-scanner.ts';
import type { ScanOptions, WindowScanner } from './window-scanner.ts';

/** The last level of the ladder that is enlarged. */
const LAST_ENLARGED = -1;

/**
 * Scans as dlib does, and for smaller faces than dlib sees by themselves the enlarged levels as well: what dlib finds
 * stays what it is, whatever size is asked for.
 */
export class ExactScanner implements WindowScanner {
  readonly #native: PlaneScanner;
  readonly #open: () => Promise<LevelScanner>;
  #enlarged: Promise<LevelScanner> | null = null;

  /** @param openEnlarged - called once, when enlarged levels are first wanted */
  constructor(native: PlaneScanner, openEnlarged: () => Promise<LevelScanner>) {
    this.#native = native;
    this.#open = openEnlarged;
  }

  async scan(image: Image, options: ScanOptions): Promise<Detection[]> {
    const windows = await this.#native.scan(image, options);
    if (nearestLevel(options.scale, COARSE_LADDER) > LAST_ENLARGED) return windows;
    this.#enlarged ??= this.#open();
    const enlarged = await this.#enlarged;
    const smaller = await enlarged.scan(image, { ...options, lastLevel: LAST_ENLARGED });
    return [...windows, ...smaller].sort((a, b) => b.score - a.score);
  }

  async dispose(): Promise<void> {
    await this.#native.dispose();
    await this.#enlarged?.then((scanner) => scanner.dispose());
  }
}
