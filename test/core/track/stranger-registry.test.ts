import { describe, expect, it } from 'vitest';
import { StrangerRegistry } from '../../../src/core/track/stranger-registry.ts';

const face = (...values: number[]) => Float32Array.from(values);

describe('StrangerRegistry', () => {
  it('knows a face that comes back, and tells it from another', () => {
    const registry = new StrangerRegistry({ maxDistance: 0.6 });
    expect(registry.resolve(face(1, 0), { timeMs: 0 })).toEqual({ id: 'stranger-1', isNew: true });
    expect(registry.resolve(face(0, 1), { timeMs: 1 })).toEqual({ id: 'stranger-2', isNew: true });
    expect(registry.resolve(face(0.9, 0.2), { timeMs: 2 })).toEqual({ id: 'stranger-1', isNew: false });
  });

  it('forgets a face after its time, counted from when it was last seen', () => {
    const registry = new StrangerRegistry({ maxDistance: 0.6, ttlMs: 1000 });
    registry.resolve(face(1, 0), { timeMs: 0 });
    registry.touch('stranger-1', 900);
    expect(registry.resolve(face(1, 0), { timeMs: 1800 }).isNew).toBe(false);
    expect(registry.resolve(face(1, 0), { timeMs: 2801 })).toEqual({ id: 'stranger-2', isNew: true });
    expect(registry.size).toBe(1);
  });

  it('does not take one for another who is in the picture at the same time', () => {
    const registry = new StrangerRegistry({ maxDistance: 0.6 });
    registry.resolve(face(1, 0), { timeMs: 0 });
    const twin = registry.resolve(face(1, 0.1), { timeMs: 0, exclude: new Set(['stranger-1']) });
    expect(twin.isNew).toBe(true);
  });

  it('keeps no more strangers than it may', () => {
    const registry = new StrangerRegistry({ maxDistance: 0.1, capacity: 2 });
    for (let i = 0; i < 5; i++) registry.resolve(face(i, 0), { timeMs: i });
    expect(registry.size).toBe(2);
    expect(registry.resolve(face(4, 0), { timeMs: 9 }).isNew).toBe(false);
  });

  it('measures in the metric of the embedder', () => {
    const registry = new StrangerRegistry({ maxDistance: 0.01, metric: 'cosine' });
    const dim = registry.resolve(Float32Array.of(1, 2, 3), { timeMs: 0 });
    expect(registry.resolve(Float32Array.of(100, 200, 300), { timeMs: 1 })).toEqual({
      id: dim.id,
      isNew: false,
    });
    expect(registry.resolve(Float32Array.of(3, 2, 1), { timeMs: 2 }).isNew).toBe(true);
  });
});
