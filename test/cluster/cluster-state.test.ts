import { describe, expect, it } from 'vitest';
import { clusterFaces } from '../../src/cluster/cluster-faces.ts';
import type { ClusterFace } from '../../src/cluster/cluster-types.ts';
import { createRandom } from '../../src/core/random/random.ts';
import { groupsOf, PROFILE, syntheticPeople, withKnowledge } from './synthetic-people.ts';

const FACES = syntheticPeople(Array.from({ length: 40 }, (_, i) => 1 + (i % 8)));
const OPTIONS = { profile: PROFILE };

/** Faces in an order that mixes the people. */
function shuffled(faces: readonly ClusterFace[]): ClusterFace[] {
  return createRandom(7).shuffle([...faces]);
}

describe('the state of clusterFaces', () => {
  it('keeps the groups and their ids while photos are added, and new faces join them', async () => {
    const faces = shuffled(FACES);
    const before = faces.slice(0, 150);
    const first = await clusterFaces(before, OPTIONS);
    const then = groupsOf(first);
    const second = await clusterFaces(faces, { ...OPTIONS, state: first.state });
    const now = groupsOf(second);
    for (const [face, group] of then) expect(now.get(face), face).toBe(group);
    const anew = groupsOf(await clusterFaces(faces, OPTIONS));
    for (const a of faces) {
      for (const b of faces) {
        const together = now.has(a.id) && now.get(a.id) === now.get(b.id);
        expect(together, `${a.id} ${b.id}`).toBe(anew.has(a.id) && anew.get(a.id) === anew.get(b.id));
      }
    }
  });

  it('is plain JSON, and changes nothing where nothing is new', async () => {
    const { groups, outliers, state } = await clusterFaces(FACES, OPTIONS);
    const read = JSON.parse(JSON.stringify(state)) as typeof state;
    expect(read).toEqual(state);
    const again = await clusterFaces(FACES, { ...OPTIONS, state: read });
    expect(again.outliers).toEqual(outliers);
    expect(groupsOf(again)).toEqual(groupsOf({ groups } as never));
    expect(again.state).toEqual(state);
  });

  it('keeps what a person decided through every later photo', async () => {
    const faces = shuffled(FACES);
    // Somebody says that two who look like one are two, that two who look different are one, and who it is not.
    const decisions: Record<string, Partial<ClusterFace>> = {
      '7-0': { personId: 'ada' },
      '7-1': { personId: 'bob' },
      '15-0': { personId: 'cy' },
      '23-0': { personId: 'cy' },
      '31-2': { not: ['dee'] },
      '31-0': { personId: 'dee' },
    };
    const decided = withKnowledge(faces as typeof FACES, decisions);
    let state = (await clusterFaces(faces.slice(0, 60), OPTIONS)).state;
    for (const count of [60, 80, 110, 140, faces.length]) {
      const result = await clusterFaces(decided.slice(0, count), { ...OPTIONS, state });
      state = result.state;
      const people = new Map(
        result.groups.flatMap(({ faceIds, personId }) => faceIds.map((id) => [id, personId])),
      );
      const seen = (id: string) => decided.slice(0, count).some((face) => face.id === id);
      for (const [id, { personId }] of Object.entries(decisions)) {
        if (personId !== undefined && seen(id)) expect(people.get(id)).toBe(personId);
      }
      if (seen('31-2')) expect(people.get('31-2') ?? null).not.toBe('dee');
      const named = result.groups.flatMap(({ personId }) => personId ?? []);
      expect(new Set(named).size).toBe(named.length);
    }
  });

  it('gives a group the name that one of its faces got, under the id that it had', async () => {
    const first = await clusterFaces(FACES, OPTIONS);
    const group = first.groups[0]!;
    const named = withKnowledge(FACES, { [group.faceIds[2]!]: { personId: 'ada' } });
    const second = await clusterFaces(named, { ...OPTIONS, state: first.state });
    const ada = second.groups.find(({ personId }) => personId === 'ada')!;
    expect(ada.id).toBe(group.id);
    expect([...ada.faceIds].sort()).toEqual([...group.faceIds].sort());
  });

  it('takes a face out of a group when somebody says that it is not that person', async () => {
    const named = withKnowledge(FACES, { '7-0': { personId: 'ada' } });
    const first = await clusterFaces(named, OPTIONS);
    expect(groupsOf(first).get('7-3')).toBe(groupsOf(first).get('7-0'));
    const not = withKnowledge(named, { '7-3': { not: ['ada'] } });
    const second = await clusterFaces(not, { ...OPTIONS, state: first.state });
    expect(groupsOf(second).get('7-3') ?? null).not.toBe(groupsOf(second).get('7-0'));
    expect(groupsOf(second).get('7-4')).toBe(groupsOf(first).get('7-4'));
  });

  it('divides a group when two of its faces get two names', async () => {
    const first = await clusterFaces(FACES, OPTIONS);
    const named = withKnowledge(FACES, { '7-0': { personId: 'ada' }, '7-1': { personId: 'bob' } });
    const second = await clusterFaces(named, { ...OPTIONS, state: first.state });
    const people = second.groups.filter(({ faceIds }) => faceIds.some((id) => id.startsWith('7-')));
    expect(people.map(({ personId }) => personId).sort()).toEqual(expect.arrayContaining(['ada', 'bob']));
  });

  it('forgets faces that are gone, and never gives an id to another group again', async () => {
    const first = await clusterFaces(FACES, OPTIONS);
    const gone = first.groups[0]!;
    const left = FACES.filter(({ id }) => !gone.faceIds.includes(id));
    const second = await clusterFaces(left, { ...OPTIONS, state: first.state });
    const back = await clusterFaces(FACES, { ...OPTIONS, state: second.state });
    const ids = new Set(first.groups.map(({ id }) => id));
    const again = back.groups.find(({ faceIds }) => faceIds.includes(gone.faceIds[0]!))!;
    expect(second.groups.some(({ id }) => id === gone.id)).toBe(false);
    expect(ids.has(again.id)).toBe(false);
    expect(again.faceIds).toHaveLength(gone.faceIds.length);
  });

  it('groups a collection anew when it has doubled, and keeps the ids of what stays together', async () => {
    const faces = shuffled(FACES);
    const first = await clusterFaces(faces.slice(0, 85), OPTIONS);
    expect(first.state.grouped).toBe(85);
    const second = await clusterFaces(faces, { ...OPTIONS, state: first.state });
    expect(second.state.grouped).toBe(180);
    const then = groupsOf(first);
    const now = groupsOf(second);
    const kept = [...then].filter(([face, group]) => now.get(face) === group);
    expect(kept.length).toBe(then.size);
  });

  it.each([
    null,
    {},
    { version: 2 },
    { version: 1, next: 1, grouped: 1, reach: 1, groups: [{}], outliers: [] },
  ])('refuses %j', async (state) => {
    const refused = clusterFaces(FACES, { ...OPTIONS, state: state as never });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });
});
