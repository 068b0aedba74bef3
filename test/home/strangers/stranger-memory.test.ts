import { describe, expect, it } from 'vitest';
import { chooseVarious } from '../../../src/gallery/choose-various.ts';
import { distanceScale } from '../../../src/gallery/distance-scale.ts';
import { StrangerMemory } from '../../../src/home/strangers/stranger-memory.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';

const scale = distanceScale(DLIB_FACTS, 'euclidean');
/** A face at a place on a line: differences are distances. */
const at = (place: number, quality = 0.8) => ({ embedding: Float32Array.of(place, 1), quality });
const row = (id: string, rest = {}) => ({
  ...{ id, createdAt: new Date(0), isIgnored: false, mergedInto: null, ...rest },
});
const stored = (place: number, appearanceId: string) => ({
  ...{ ...at(place), id: `${place}`, appearanceId, takenAt: new Date(0), facts: null, model: 'm' },
  hasPicture: false,
});

function memory(maxStrangers = 100) {
  let made = 0;
  let frames = 0;
  const strangers = new StrangerMemory({ scale, maxStrangers, createId: () => `s${++made}` });
  const see = (place: number, { appearance = `a${++frames}`, beside = [] as string[] } = {}) =>
    strangers.resolve([at(place)], { appearance, timeMs: ++frames, exclude: new Set(beside) });
  return { strangers, see };
}

describe('StrangerMemory', () => {
  it('knows somebody again, and somebody else as somebody else', () => {
    const { see } = memory();
    expect(see(0)).toEqual({ id: 's1', isNew: true });
    expect(see(0.3)).toEqual({ id: 's1', isNew: false });
    expect(see(2)).toEqual({ id: 's2', isNew: true });
  });

  it('knows somebody by several looks, not by a mean of them', () => {
    const { see } = memory();
    see(0, { appearance: 'turns' });
    see(2, { appearance: 'turns' });
    // Far from the middle of the two looks, near one of them.
    expect(see(2.1).id).toBe('s1');
    expect(see(1).isNew).toBe(true);
  });

  it('needs more evidence where there are more people to choose from', () => {
    const few = memory();
    few.see(0);
    expect(few.see(0.5).isNew).toBe(false);
    const many = memory(2000);
    many.see(0);
    for (let i = 0; i < 500; i++) many.see(10 + 3 * i);
    expect(many.see(0.5).isNew).toBe(true);
  });

  it('never takes somebody for who is in the same frame, nor makes the two one', () => {
    const { strangers, see } = memory();
    see(0);
    expect(see(0, { beside: ['s1'] }).id).toBe('s2');
    expect(strangers.newApart).toEqual([['s2', 's1']]);
    strangers.keptApart([...strangers.newApart]);
    expect(strangers.newApart).toEqual([]);
    expect(strangers.twinOf('s1')).toBeNull();
  });

  it('keeps the stranger of a face that is followed, however the face changes', () => {
    const { see } = memory();
    see(0, { appearance: 'a' });
    expect(see(5, { appearance: 'a' })).toEqual({ id: 's1', isNew: false });
  });

  it('sees that two strangers are one when looks between them come, on clear evidence alone', () => {
    const { strangers, see } = memory();
    see(0);
    see(0.75);
    expect(strangers.twinOf('s2')).toBeNull();
    const looks = [0.1, 0.2, 0.75].map((place) => stored(place, 'b'));
    strangers.set(row('s2'), looks, []);
    expect(strangers.twinOf('s2')).toBe('s1');
    strangers.set(row('s2'), looks, ['s1']);
    expect(strangers.twinOf('s2')).toBeNull();
  });

  it('sees that an appearance was taken for the wrong stranger', () => {
    const { strangers } = memory();
    strangers.set(row('s'), [stored(0, 'a'), stored(0.1, 'a'), stored(0.3, 'b')], []);
    expect(strangers.isMistaken('b', 's', [at(0.3), at(0.4)])).toBe(false);
    expect(strangers.isMistaken('b', 's', [at(1.1), at(1.2)])).toBe(true);
    // One face alone, and a stranger of one appearance, say too little.
    expect(strangers.isMistaken('b', 's', [at(1.2)])).toBe(false);
    expect(strangers.isMistaken('a', 'nobody', [at(1.2), at(1.3)])).toBe(false);
  });

  it('goes by what the store says: merged, ignored, gone', () => {
    const { strangers, see } = memory();
    strangers.set(row('kept', { isIgnored: true }), [stored(0, 'a')], []);
    strangers.set(row('merged', { mergedInto: 'kept' }), [], []);
    expect(strangers.idOf('merged')).toBe('kept');
    expect(strangers.isIgnored('merged')).toBe(true);
    expect(see(0).id).toBe('kept');
    strangers.forget('kept');
    expect(see(0)).toEqual({ id: 's1', isNew: true });
    strangers.set(row('gone'), [stored(9, 'c')], []);
    strangers.set(row('gone'), [], []);
    expect(see(9).isNew).toBe(true);
  });

  it('forgets whoever was seen longest ago where there are too many', () => {
    const { strangers, see } = memory(2);
    see(0);
    see(5);
    strangers.touch('s1', 1000);
    see(10);
    expect(strangers.size).toBe(2);
    expect(see(0).isNew).toBe(false);
    expect(see(5).isNew).toBe(true);
  });
});

describe('chooseVarious', () => {
  const choose = (faces: readonly ReturnType<typeof at>[], most: number) =>
    chooseVarious(faces, most, scale.distance).map(({ embedding }) => Math.round(embedding[0]! * 10) / 10);

  it('keeps the best, and of the rest those that differ', () => {
    expect(choose([at(0, 0.9), at(0.1, 0.8), at(1, 0.6)], 2)).toEqual([0, 1]);
    expect(choose([at(0, 0.5), at(1, 0.1), at(1.1, 0.9)], 2)).toEqual([1.1, 0]);
    expect(choose([at(2, 0.1)], 4)).toEqual([2]);
  });
});
