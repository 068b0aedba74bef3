import { describe, expect, it } from 'vitest';
import type { Image } from '../../../src/core/image/image.ts';
import { createRandom } from '../../../src/core/random/random.ts';
import { MotionGate } from '../../../src/core/track/motion-gate.ts';

function scene(options: { shift?: number; noise?: number; square?: number }): Image {
  const random = createRandom(7 + (options.square ?? 0));
  const data = new Uint8Array(320 * 240 * 3);
  for (let y = 0, p = 0; y < 240; y++) {
    for (let x = 0; x < 320; x++) {
      const inside =
        options.square !== undefined && Math.abs(x - options.square) < 20 && Math.abs(y - 120) < 20;
      const noise = (random.next() - 0.5) * 2 * (options.noise ?? 0);
      const value = Math.max(0, Math.min(255, (inside ? 200 : (x + y) / 4) + (options.shift ?? 0) + noise));
      data[p++] = value;
      data[p++] = value;
      data[p++] = value;
    }
  }
  return { data, width: 320, height: 240, channels: 3 };
}

describe('MotionGate', () => {
  it('sees someone move and calms down when they stay', () => {
    const gate = new MotionGate();
    expect(gate.update(scene({}))).toBe(true);
    expect(gate.update(scene({}))).toBe(false);
    for (let x = 40; x < 200; x += 10) expect(gate.update(scene({ square: x }))).toBe(true);
    let moving = true;
    for (let i = 0; i < 60; i++) moving = gate.update(scene({ square: 190 }));
    expect(moving).toBe(false);
  });

  it('is not woken by sensor noise, nor by a camera that changes its brightness', () => {
    const gate = new MotionGate();
    gate.update(scene({ noise: 10 }));
    for (let i = 0; i < 20; i++) expect(gate.update(scene({ noise: 10, shift: i * 2 }))).toBe(false);
  });

  it('starts over when the picture changes its size', () => {
    const gate = new MotionGate();
    gate.update(scene({}));
    expect(gate.update({ data: new Uint8Array(64 * 48), width: 64, height: 48, channels: 1 })).toBe(true);
  });
});
