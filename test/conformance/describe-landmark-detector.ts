import { beforeAll, describe, expect, it } from 'vitest';
import type { Box } from '../../src/core/geometry/box.ts';
import type { Image } from '../../src/core/image/image.ts';
import type { LandmarkDetector } from '../../src/core/landmark/landmark-detector.ts';
import { assertLandmarks, eyeCenters, nosePoint } from '../../src/core/landmark/landmarks.ts';

/** What every LandmarkDetector promises. @param face - a picture and the box of an upright face in it */
export function describeLandmarkDetector(
  name: string,
  open: () => Promise<LandmarkDetector>,
  face: () => Promise<{ readonly image: Image; readonly box: Box }>,
): void {
  describe(`the landmark detector "${name}"`, () => {
    let detector: LandmarkDetector;
    let image: Image;
    let box: Box;
    beforeAll(async () => {
      detector = await open();
      ({ image, box } = await face());
    });

    it('gives whole landmarks of its layout, where an upright face has them', () => {
      const landmarks = detector.detect(image, box);
      assertLandmarks(landmarks, detector.profile.layout);
      const { left, right } = eyeCenters(landmarks);
      // The subject's left eye is on the right side of the picture.
      expect(left[0]).toBeGreaterThan(right[0]);
      expect(nosePoint(landmarks)[1]).toBeGreaterThan((left[1] + right[1]) / 2);
      expect(detector.detect(image, box)).toEqual(landmarks);
    });

    it('says how far they drift, which is little for an upright face', () => {
      const { landmarks, drift } = detector.locate(image, box);
      expect(landmarks).toEqual(detector.detect(image, box));
      expect(drift).toBeGreaterThanOrEqual(0);
      expect(drift).toBeLessThanOrEqual(detector.profile.steadyDrift);
    });

    it('takes a box that reaches over the border', () => {
      const { width, height } = image;
      const over = { left: -width / 2, top: -height / 2, width, height };
      assertLandmarks(detector.detect(image, over), detector.profile.layout);
    });
  });
}
