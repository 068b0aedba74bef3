import { describe, expect, it } from 'vitest';
import { toGray, toRgb } from '../../../src/core/image/convert-color.ts';
import { equalizeHistogram } from '../../../src/core/image/equalize-histogram.ts';
import { gradientImage } from '../../node/image/images.ts';
import { readOpencvGolden } from '../../node/image/opencv-golden.ts';

describe('equalizeHistogram', () => {
  it("equals OpenCV 4.14.0's equalizeHist bit by bit", () => {
    for (const { image, result } of readOpencvGolden().equalize)
      expect(equalizeHistogram(image)).toEqual(result);
  });

  it('treats a colorless RGB image as its gray image', () => {
    const { image, result } = readOpencvGolden().equalize[1]!;
    expect(equalizeHistogram(toRgb(image))).toEqual(toRgb(result));
  });

  it('keeps the differences between the channels of a pixel that is not clipped', () => {
    const image = gradientImage(32, 24);
    const result = equalizeHistogram(image);
    let unclipped = 0;
    for (let i = 0; i < image.data.length; i += 3) {
      const after = [...result.data.subarray(i, i + 3)];
      if (after.includes(0) || after.includes(255)) continue;
      unclipped++;
      const before = image.data.subarray(i, i + 3);
      expect([after[0]! - after[1]!, after[1]! - after[2]!]).toEqual([
        before[0]! - before[1]!,
        before[1]! - before[2]!,
      ]);
    }
    expect(unclipped).toBeGreaterThan(100);
    const luma = toGray(result).data;
    expect(Math.max(...luma) - Math.min(...luma)).toBeGreaterThan(200);
  });

  it('leaves the original alone', () => {
    const image = gradientImage(8, 8);
    const before = image.data.slice();
    equalizeHistogram(image);
    expect(image.data).toEqual(before);
  });
});
