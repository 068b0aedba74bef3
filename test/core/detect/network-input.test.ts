import { describe, expect, it } from 'vitest';
import { networkInput } from '../../../src/core/detect/network-input.ts';

const RED_BLUE = { data: Uint8Array.of(255, 0, 0, 0, 0, 255), width: 2, height: 1, channels: 3 } as const;

describe('networkInput', () => {
  it('orders colors and axes as the network takes them', () => {
    const form = { mean: [0, 0, 0], deviation: 255 } as const;
    const frame = { width: 2, height: 1 };
    const planar = networkInput(RED_BLUE, frame, { ...form, order: 'nchw', colors: 'rgb' });
    expect(planar.dims).toEqual([1, 3, 1, 2]);
    expect([...planar.data]).toEqual([1, 0, 0, 0, 0, 1]);
    const reversed = networkInput(RED_BLUE, frame, { ...form, order: 'nchw', colors: 'bgr' });
    expect([...reversed.data]).toEqual([0, 1, 0, 0, 1, 0]);
    const last = networkInput(RED_BLUE, frame, { ...form, order: 'nhwc', colors: 'bgr' });
    expect(last.dims).toEqual([1, 1, 2, 3]);
    expect([...last.data]).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('is black beside and below the picture, in what the network takes for black', () => {
    const input = networkInput(
      RED_BLUE,
      { width: 3, height: 2 },
      {
        order: 'nchw',
        colors: 'rgb',
        mean: [10, 20, 30],
        deviation: 10,
      },
    );
    expect([...input.data]).toEqual([
      24.5, -1, -1, -1, -1, -1, -2, -2, -2, -2, -2, -2, -3, 22.5, -3, -3, -3, -3,
    ]);
  });

  it('shows a gray picture in all three colors', () => {
    const gray = { data: Uint8Array.of(7), width: 1, height: 1, channels: 1 } as const;
    const form = { order: 'nhwc', colors: 'rgb', mean: [0, 0, 0], deviation: 1 } as const;
    expect([...networkInput(gray, { width: 1, height: 1 }, form).data]).toEqual([7, 7, 7]);
  });
});
