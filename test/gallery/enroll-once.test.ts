import { describe, expect, it } from 'vitest';
import type { EnrollOnce } from '../../src/gallery/enroll-once.ts';
import { syntheticPeople } from './synthetic-people.ts';
import { STORES, temporaryGalleries } from './temporary-gallery.ts';

const { openIn } = temporaryGalleries();
const [[ann, anotherOfAnn] = []] = syntheticPeople(1, 2);
const once = (key: string, more: Partial<EnrollOnce> = {}) => ({
  key,
  confirm: async () => undefined,
  ...more,
});

describe.each(STORES)('an enrollment that happens once in %s', (store) => {
  const open = openIn(store);

  it('adds nothing when it is tried again, also where every photo would be kept', async () => {
    const gallery = await open();
    const enroll = () =>
      gallery.enrollOnce({ name: 'Ann' }, { embedding: ann! }, { duplicates: 'keep', once: once('a') });
    expect(await enroll()).toEqual({ outcome: 'added', repeated: false });
    expect(await enroll()).toEqual({ outcome: 'added', repeated: true });
    expect(await gallery.stats()).toMatchObject({ people: 1, faces: 1 });
  });

  it('is one among those who try it at the same time', async () => {
    const gallery = await open();
    const options = { duplicates: 'keep', once: once('a') } as const;
    const all = await Promise.all(
      Array.from({ length: 5 }, () => gallery.enrollOnce({ name: 'Ann' }, { embedding: ann! }, options)),
    );
    expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect((await gallery.stats()).faces).toBe(1);
  });

  it('does not bring somebody back who was deleted since', async () => {
    const gallery = await open();
    const enroll = () => gallery.enrollOnce({ name: 'Ann' }, { embedding: ann! }, { once: once('a') });
    await enroll();
    const { id } = (await gallery.findPerson('Ann'))!;
    await gallery.deletePerson(id);
    expect(await enroll()).toEqual({ outcome: 'added', repeated: true });
    expect(await gallery.stats()).toMatchObject({ people: 0, faces: 0 });
  });

  it('leaves nothing where the right to it is lost in the end', async () => {
    const gallery = await open();
    const lost = new Error('lost');
    const confirm = () => Promise.reject(lost);
    const work = gallery.enrollOnce({ name: 'Ann' }, { embedding: ann! }, { once: once('a', { confirm }) });
    await expect(work).rejects.toBe(lost);
    expect(await gallery.findPerson('Ann')).toBeNull();
    expect(await gallery.enrollOnce({ name: 'Ann' }, { embedding: ann! }, { once: once('a') })).toMatchObject(
      { repeated: false },
    );
  });

  it('says that the person had the photo, and says so again', async () => {
    const gallery = await open();
    const enroll = (key: string) =>
      gallery.enrollOnce({ name: 'Ann' }, { embedding: ann! }, { once: once(key) });
    await enroll('a');
    expect(await enroll('b')).toEqual({ outcome: 'already-there', repeated: false });
    expect(await enroll('b')).toEqual({ outcome: 'already-there', repeated: true });
  });

  it('is forgotten when nobody will try it again', async () => {
    const gallery = await open();
    const enroll = (embedding: Float32Array, key: string, settled: string[] = []) =>
      gallery.enrollOnce({ name: 'Ann' }, { embedding }, { once: once(key, { settled }) });
    await enroll(ann!, 'a');
    await enroll(anotherOfAnn!, 'b', ['a']);
    expect(await enroll(ann!, 'a')).toEqual({ outcome: 'already-there', repeated: false });
    await gallery.forgetOnce(['b', 'never there']);
    expect(await enroll(anotherOfAnn!, 'b')).toMatchObject({ repeated: false });
  });
});
