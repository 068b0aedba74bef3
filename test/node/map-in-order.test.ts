import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '../../src/node/map-in-order.ts';

describe('mapInOrder', () => {
  it('keeps the order and never has more under way than allowed, however long each piece takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        async (delays, n) => {
          let running = 0;
          let most = 0;
          const work = async (delay: number, index: number) => {
            most = Math.max(most, ++running);
            for (let i = 0; i <= delay; i++) await setImmediate();
            running--;
            return index;
          };
          const results = await collect(mapInOrder(delays, work, { concurrency: n }));
          expect(results).toEqual(delays.map((_, index) => index));
          expect(most).toBeLessThanOrEqual(n);
          expect(most).toBe(Math.min(n, delays.length));
        },
      ),
    );
  });

  it('fails at the place of the piece that failed, after handing out those before it', async () => {
    const work = async (item: number) => {
      if (item === 2) throw new Error('two');
      return item;
    };
    const seen: number[] = [];
    const run = async () => {
      for await (const item of mapInOrder([0, 1, 2, 3], work, { concurrency: 4 })) seen.push(item);
    };
    await expect(run()).rejects.toThrow('two');
    expect(seen).toEqual([0, 1]);
  });

  it('starts nothing more after it was canceled, and waits for what is under way', async () => {
    const controller = new AbortController();
    let started = 0;
    let ended = 0;
    const work = async () => {
      started++;
      await setImmediate();
      ended++;
    };
    const run = async () => {
      for await (const _ of mapInOrder([1, 2, 3, 4, 5, 6], work, {
        concurrency: 2,
        signal: controller.signal,
      })) {
        controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(started).toBeLessThanOrEqual(3);
    expect(ended).toBe(started);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
