import { describe, expect, it } from 'vitest';
import { networkInput } from '../../../src/core/detect/network-input.ts';
import { InputBuffers, ShownView } from '../../../src/core/detect/shown-view.ts';
import type { Image } from '../../../src/core/image/image.ts';

const PICTURE: Image = {
  data: Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 37) % 256),
  ...{ width: 40, height: 30, channels: 3 },
};
const PART = { left: 5, top: 3, width: 30, height: 20 };

describe('ShownView', () => {
  it.each(['nchw', 'nhwc'] as const)('is written into an input as its own bytes are: %s', (order) => {
    const buffers = new InputBuffers();
    const form = { order, colors: 'bgr', mean: [104, 117, 123], deviation: 2 } as const;
    const frame = { width: 32, height: 32 };
    // The second time into memory that another picture was in.
    for (const shown of [frame, { width: 21, height: 14 }]) {
      const view = new ShownView(PICTURE, PART, { shown, buffers });
      const plain: Image = { data: view.data, ...shown, channels: 3 };
      expect(networkInput(view, frame, form)).toEqual(networkInput(plain, frame, form));
      view.release();
    }
  });

  it('is written into the same memory once the one before it is done, and not earlier', () => {
    const buffers = new InputBuffers();
    const view = () => new ShownView(PICTURE, PART, { shown: { width: 8, height: 8 }, buffers });
    const [first, second, third] = [view(), view(), view()];
    const taken = first.buffer(192);
    expect(second.buffer(192)).not.toBe(taken);
    first.release();
    expect(third.buffer(192)).toBe(taken);
  });
});
