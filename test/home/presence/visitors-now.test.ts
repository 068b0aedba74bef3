import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { KeptHome } from '../../../src/home/kept-home.ts';
import { PeopleFollower } from '../../../src/home/presence/follow-people.ts';
import { Presence } from '../../../src/home/presence/presence.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import type { PresenceEvent } from '../../../src/watch/watch-event.ts';
import { describeAppearances } from '../../gallery/stores/appearances/describe-appearances.ts';
import { STORE_EMBEDDER } from '../../gallery/stores/store-conformance.ts';
import { playVisit, type ScriptedVisit } from '../scripted-visits.ts';

describeAppearances((open) => {
  let gallery: Gallery;
  let other: Gallery;
  let home: KeptHome;
  let presence: Presence;
  let follower: PeopleFollower;

  beforeEach(async () => {
    const opened = await open();
    gallery = opened.gallery;
    // As another process has it.
    other = await openGallery(opened.url, { embedder: STORE_EMBEDDER, distances: DLIB_FACTS });
    home = await KeptHome.open({
      ...{ address: opened.url, gallery, cameras: ['door', 'garden'], pictureKey: null },
      ...{ keep: { days: 30, pictureDays: 7, strangers: 100 }, log: () => undefined },
    });
    onTestFinished(async () => {
      await home[Symbol.asyncDispose]();
      await other.dispose();
    });
    presence = new Presence();
    follower = new PeopleFollower({
      presence,
      visitorsNow: (visits, options) => home.visitorsNow(visits, options),
      revision: () => home.galleryRevision(),
    });
    await look();
  });

  async function play(person: number, visit: ScriptedVisit = {}) {
    const played = await playVisit(home, person, visit);
    for (const event of played.events) for (const told of presence.handle(event)) await home.keep(told);
    return played;
  }

  /** What is told when one looks. */
  async function look(): Promise<string[]> {
    const { told } = await follower.look(Date.now());
    return told.map(({ type, label, stranger, reason }: PresenceEvent) =>
      [type.slice('presence.'.length), stranger === null ? label : 'a stranger', reason].join(' ').trim(),
    );
  }

  const who = () => presence.current().map(({ label, stranger }) => label ?? stranger);

  it('gives a visit to whom the stranger is named, and back when that is undone', async () => {
    const { stranger } = await play(1);
    expect(await look()).toEqual([]);
    const naming = await home.strangers.name(stranger!, { name: 'Ada' });
    expect(await look()).toEqual(['left a stranger changed', 'arrived Ada']);
    expect(presence.current()).toMatchObject([{ label: 'Ada', personId: naming.person.id, stranger: null }]);
    expect(await look()).toEqual([]);
    await home.appearances.undo(naming.id);
    expect(await look()).toEqual(['left Ada changed', 'arrived a stranger']);
    expect(who()).toEqual([stranger]);
  });

  it('joins the visit of a stranger with that of whom they are named', async () => {
    const ada = await gallery.createPerson({ name: 'Ada' });
    await play(2, { label: 'Ada' });
    const { appearance } = await play(1);
    await home.appearances.nameAs(appearance, { personId: ada.id });
    expect(await look()).toEqual(['left a stranger changed']);
    expect(who()).toEqual(['Ada']);
  });

  it('lets nobody be there of whom somebody says that it is not they, unless others saw them', async () => {
    const ada = await gallery.createPerson({ name: 'Ada' });
    const { appearance } = await play(1, { label: 'Ada' });
    const decision = await home.appearances.notPerson(appearance);
    expect(await look()).toEqual(['left Ada changed']);
    expect([who(), presence.gone()]).toEqual([[], []]);
    await home.appearances.undo(decision.id);
    await play(1, { label: 'Ada', camera: 'garden' });
    await home.appearances.notPerson((await play(1, { label: 'Ada' })).appearance, ada.id);
    expect(await look()).toEqual([]);
    expect(who()).toEqual(['Ada']);
  });

  it('calls people as they are called now, there or gone, and merges and forgets them, whoever did it', async () => {
    const [ada, bob] = [await other.createPerson({ name: 'Ada' }), await other.createPerson({ name: 'Bob' })];
    await play(1, { label: 'Ada' });
    await other.renamePerson(ada.id, 'Adele');
    expect(await look()).toEqual([]);
    expect(who()).toEqual(['Adele']);
    await other.mergePerson(ada.id, bob.id);
    expect(await look()).toEqual(['left Adele changed', 'arrived Bob']);
    presence.tick(Date.now() + 3_600_000);
    await other.renamePerson(bob.id, 'Robert');
    await look();
    expect(presence.gone()).toMatchObject([{ label: 'Robert', personId: bob.id, camera: 'door' }]);
    await play(1, { label: 'Robert' });
    await other.deletePerson(bob.id);
    expect(await look()).toEqual(['left Robert forgotten']);
    expect([who(), presence.gone()]).toEqual([[], []]);
  });

  it('keeps nothing of what it tells about a person who is deleted', async () => {
    const ada = await gallery.createPerson({ name: 'Ada Unforgettable' });
    await play(1, { label: 'Ada Unforgettable' });
    await gallery.deletePerson(ada.id);
    const { told } = await follower.look(Date.now());
    expect(told).toHaveLength(1);
    expect(await home.keep(told[0]!)).toEqual(told[0]);
    const kept: string[] = [];
    for await (const event of home.events()) kept.push(JSON.stringify(event));
    expect(kept.join('\n')).not.toContain('Unforgettable');
  });

  it('follows strangers who are merged, deleted and ignored', async () => {
    const [one, two] = [await play(1), await play(2)];
    await home.strangers.merge(two.stranger!, one.stranger!);
    expect(await look()).toEqual(['left a stranger changed']);
    expect(who()).toEqual([one.stranger]);
    await home.strangers.ignore(one.stranger!);
    expect(await look()).toEqual([]);
    expect(presence.current()).toMatchObject([{ ignored: true }]);
    await home.strangers.delete(one.stranger!);
    expect(await look()).toEqual(['left a stranger forgotten']);
    expect(who()).toEqual([]);
  });

  it('says when people should be read anew, also those who are not there', async () => {
    expect((await follower.look(Date.now())).isNew).toBe(false);
    await other.enroll(
      { name: 'Eve' },
      [{ embedding: Float32Array.from({ length: 8 }, (_, i) => (i === 3 ? 1 : 0.1)) }],
      { review: 'off' },
    );
    expect((await follower.look(Date.now())).isNew).toBe(true);
    expect((await follower.look(Date.now())).isNew).toBe(false);
  });
});
