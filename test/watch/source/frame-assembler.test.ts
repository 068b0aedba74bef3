import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameAssembler } from '../../../src/watch/source/frame-assembler.ts';

function ppm(width: number, height: number, fill: number): Uint8Array {
  const header = Buffer.from(`P6\n${width} ${height}\n255\n`);
  return Buffer.concat([header, Buffer.alloc(width * height * 3, fill)]);
}

describe('FrameAssembler', () => {
  it('gives the same frames however the bytes are split', () => {
    const frame = fc.record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      fill: fc.nat(255),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
        (frames, sizes) => {
          const bytes = Buffer.concat(frames.map((f) => ppm(f.width, f.height, f.fill)));
          const assembler = new FrameAssembler();
          const out = [];
          for (let at = 0; at < bytes.length; ) {
            const size = sizes.next().value as number;
            out.push(...assembler.push(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(out.map(({ width, height, data }) => ({ width, height, fill: data[0] }))).toEqual(frames);
          for (const [i, image] of out.entries()) {
            expect(image.data.every((value) => value === frames[i]?.fill)).toBe(true);
          }
        },
      ),
    );
  });

  it('refuses bytes that are no picture, and pictures above the limit, before taking memory', () => {
    expect(() => new FrameAssembler().push(Buffer.alloc(100, 7))).toThrow(/PPM/);
    expect(() => new FrameAssembler().push(Buffer.from('P6\n60000 60000\n255\n'))).toThrow(/exceed/);
  });

  it('uses the memory that it is given', () => {
    const memory = new Uint8Array(12);
    const [image] = new FrameAssembler({ allocate: () => memory }).push(ppm(2, 2, 9));
    expect(image?.data).toBe(memory);
  });
});
