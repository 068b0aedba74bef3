import { describe, expect, it } from 'vitest';
import { clusterFaces } from '../../src/cluster/cluster-faces.ts';
import type { ClusterFace } from '../../src/cluster/cluster-types.ts';
import { euclideanDistance } from '../../src/core/metric/metric.ts';
import { clusteringMetrics } from '../../src/evaluate/clustering-metrics.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { groupsOf, PROFILE, syntheticPeople, withKnowledge } from './synthetic-people.ts';

const COUNTS = [12, 9, 7, 5, 4, 3, 2, 2, 1, 1, 1];
const FACES = syntheticPeople(COUNTS);

describe('clusterFaces', () => {
  it('groups faces by person and leaves those who come once alone', async () => {
    const result = await clusterFaces(FACES, { profile: PROFILE });
    const groups = groupsOf(result);
    const { bCubed } = clusteringMetrics(
      FACES.map(({ id }) => groups.get(id) ?? id),
      FACES.map(({ person }) => person),
    );
    expect(bCubed).toEqual({ precision: 1, recall: 1, f: 1 });
    expect(result.outliers).toEqual(['8-0', '9-0', '10-0']);
    expect(result.groups.map(({ faceIds }) => faceIds.length)).toEqual([12, 9, 7, 5, 4, 3, 2, 2]);
    for (const { confidence, personId } of result.groups) {
      expect(confidence).toBeGreaterThan(0.9);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(personId).toBeNull();
    }
    expect(result.suggestions).toEqual([]);
  });

  it('gives the same answer for the cosine of the same directions, whatever their lengths', async () => {
    // Of unit vectors: 1 - cos = e² / 2, so the evidence is that of the Euclidean distance at its midpoint.
    const cosine = { midpoint: 0.606 ** 2 / 2, scale: 56.6 / 0.606, perReference: 1.7 };
    const faces = syntheticPeople(COUNTS, { dimension: 200 }).map((face, i) => {
      const embedding = new Float32Array(201);
      embedding.set(face.embedding);
      // A common direction makes the vectors of one length without changing the order of their distances.
      embedding[200] = Math.sqrt(Math.max(0, 1 - face.embedding.reduce((sum, value) => sum + value ** 2, 0)));
      return { ...face, embedding: embedding.map((value) => value * (1 + (i % 3))) };
    });
    const evidence = { fast: cosine, balanced: cosine, best: cosine };
    const groups = groupsOf(await clusterFaces(faces, { profile: { metric: 'cosine', evidence } }));
    const labels = faces.map(({ id }) => groups.get(id) ?? id);
    const metrics = clusteringMetrics(
      labels,
      faces.map(({ person }) => person),
    );
    expect(metrics.pairwise).toEqual({ precision: 1, recall: 1, f: 1 });
  });

  it('keeps two faces of one photo apart, however alike they are', async () => {
    const twins = withKnowledge(FACES, { '0-0': { photoId: 'twins.jpg' }, '0-1': { photoId: 'twins.jpg' } });
    const groups = groupsOf(await clusterFaces(twins, { profile: PROFILE }));
    expect(groups.get('0-0') ?? 'alone').not.toBe(groups.get('0-1') ?? 'alone too');
    expect(groups.get('0-2')).toBeDefined();
  });

  it('keeps a face from every part of a person who is elsewhere in its photo', async () => {
    // 0-0 and 1-0 are called Ada, whose faces are then of two looks; 1-1 stands beside 0-0.
    const faces = withKnowledge(FACES, {
      '0-0': { personId: 'ada', photoId: 'p1' },
      '1-0': { personId: 'ada', photoId: 'p2' },
      '1-1': { photoId: 'p1' },
    });
    const result = await clusterFaces(faces, { profile: PROFILE });
    const ada = result.groups.find(({ personId }) => personId === 'ada')!;
    expect(ada.faceIds).toEqual(expect.arrayContaining(['0-0', '0-1', '1-0']));
    expect(ada.faceIds).not.toContain('1-1');
  });

  it('puts all faces of one name into one group, even of one photo and however different', async () => {
    const faces = withKnowledge(FACES, {
      '0-0': { personId: 'ada', photoId: 'collage' },
      '1-0': { personId: 'ada', photoId: 'collage' },
      '8-0': { personId: 'ada' },
    });
    const result = await clusterFaces(faces, { profile: PROFILE });
    const ada = result.groups.filter(({ personId }) => personId === 'ada');
    expect(ada).toHaveLength(1);
    expect(ada[0]!.faceIds).toEqual(expect.arrayContaining(['0-0', '1-0', '8-0']));
  });

  it('never puts two named people into one group, even if their faces are the same', async () => {
    const one = FACES[0]!.embedding;
    const faces: ClusterFace[] = Array.from({ length: 20 }, (_, i) => ({
      id: `f${i}`,
      embedding: one,
      personId: i === 3 ? 'ada' : i === 11 ? 'bob' : undefined,
    }));
    const { groups } = await clusterFaces(faces, { profile: PROFILE });
    const ofAda = groups.find(({ personId }) => personId === 'ada')!;
    const ofBob = groups.find(({ personId }) => personId === 'bob')!;
    expect(ofAda.faceIds).toContain('f3');
    expect(ofAda.faceIds).not.toContain('f11');
    expect(ofBob.faceIds).toContain('f11');
    expect(ofAda.id).not.toBe(ofBob.id);
  });

  it('keeps a face from a person whom somebody said it is not, and its group with it', async () => {
    const faces = withKnowledge(FACES, { '0-0': { personId: 'ada' }, '0-5': { not: ['ada'] } });
    const result = await clusterFaces(faces, { profile: PROFILE });
    const ada = result.groups.find(({ personId }) => personId === 'ada')!;
    expect(ada.faceIds).toContain('0-0');
    expect(ada.faceIds).not.toContain('0-5');
    for (const { faceIds, personId } of result.suggestions) {
      if (faceIds.includes('0-5')) expect(personId).not.toBe('ada');
    }
  });

  it('suggests a person for a group that is near, with the pairs of faces that say so', async () => {
    // Two looks of everybody: near enough to ask, too far to be sure.
    const looks = syntheticPeople([6, 6, 6, 6], { seed: 3 });
    const drift = looks[0]!.embedding.map((_, i) => (i % 2 ? 0.06 : -0.06));
    const faces: ClusterFace[] = looks.flatMap((face) => [
      { ...face, personId: face.id.endsWith('-0') ? `person ${face.person}` : undefined },
      { id: `${face.id} old`, embedding: face.embedding.map((value, i) => value + drift[i]!) },
    ]);
    const { suggestions, groups } = await clusterFaces(faces, { profile: PROFILE });
    expect(suggestions.length).toBeGreaterThan(0);
    for (const { faceIds, personId, confidence, evidence, groupId } of suggestions) {
      expect(personId).toBe(`person ${faceIds[0]!.split('-')[0]}`);
      expect(confidence).toBeGreaterThanOrEqual(0.1);
      expect(confidence).toBeLessThanOrEqual(1);
      if (groupId !== null)
        expect(groups.find(({ id }) => id === groupId)!.faceIds).toHaveLength(faceIds.length);
      const [nearest] = evidence;
      expect(faces.find(({ id }) => id === nearest!.namedFaceId)!.personId).toBe(personId);
      const [a, b] = [nearest!.faceId, nearest!.namedFaceId].map(
        (id) => faces.find((face) => face.id === id)!.embedding,
      );
      expect(nearest!.distance).toBeCloseTo(euclideanDistance(a!, b!), 5);
    }
  });

  it('lets better faces decide where a group lies, and shows them first', async () => {
    const [left, ...others] = syntheticPeople([1, 4, 4], { seed: 5 });
    const right = left!.embedding.map((value, i) => value + (i === 0 ? 0.3 : 0));
    const first = async (better: string) => {
      const faces: ClusterFace[] = [
        ...others,
        { id: 'left', embedding: left!.embedding, quality: better === 'left' ? 0.9 : 0.2 },
        { id: 'right', embedding: right, quality: better === 'right' ? 0.9 : 0.2 },
      ];
      const { groups } = await clusterFaces(faces, { profile: PROFILE });
      return groups.find(({ faceIds }) => faceIds.includes('left'))?.faceIds;
    };
    expect(await first('left')).toEqual(['left', 'right']);
    expect(await first('right')).toEqual(['right', 'left']);
  });

  it('asks the index that it is given, and comes to the same groups', async () => {
    let asked = 0;
    const neighbors = (embedding: Float32Array, count: number) => {
      asked++;
      return FACES.map((face) => ({ id: face.id, distance: euclideanDistance(face.embedding, embedding) }))
        .sort((x, y) => x.distance - y.distance)
        .slice(0, count)
        .map(({ id }) => id)
        .concat('a face of another library');
    };
    const own = await clusterFaces(FACES, { profile: PROFILE });
    const theirs = await clusterFaces(FACES, { profile: PROFILE, neighbors });
    expect(asked).toBe(FACES.length);
    expect(theirs.groups).toEqual(own.groups);
  });

  it('comes to the same groups where a runtime compares faces', async () => {
    const runtime = NODE_RUNTIME;
    const own = await clusterFaces(FACES, { profile: PROFILE });
    expect((await clusterFaces(FACES, { profile: PROFILE, runtime })).groups).toEqual(own.groups);
    expect((await clusterFaces([], { profile: PROFILE, runtime })).groups).toEqual([]);
    expect((await clusterFaces(FACES.slice(0, 1), { profile: PROFILE, runtime })).outliers).toHaveLength(1);
  });

  it('takes nothing, one face, and faces that are all the same', async () => {
    const empty = await clusterFaces([], { profile: PROFILE });
    expect(empty).toMatchObject({ groups: [], outliers: [], suggestions: [] });
    const one = await clusterFaces(FACES.slice(0, 1), { profile: PROFILE });
    expect(one).toMatchObject({ groups: [], outliers: ['0-0'] });
    const same = Array.from({ length: 100 }, (_, i) => ({
      id: `${i}`,
      embedding: new Float32Array(4).fill(1),
    }));
    expect(
      (await clusterFaces(same, { profile: PROFILE })).groups.map(({ faceIds }) => faceIds.length),
    ).toEqual([100]);
  });

  it.each([
    ['two faces of one id', [FACES[0]!, FACES[0]!], 'ERR_INVALID_ARGUMENT'],
    [
      'embeddings of two lengths',
      [FACES[0]!, { id: 'x', embedding: new Float32Array(3) }],
      'ERR_SHAPE_MISMATCH',
    ],
    ['an embedding without numbers', [{ id: 'x', embedding: new Float32Array(0) }], 'ERR_SHAPE_MISMATCH'],
    ['not a number', [{ id: 'x', embedding: Float32Array.of(1, Number.NaN) }], 'ERR_INVALID_ARGUMENT'],
    ['a quality of 2', [{ ...FACES[0]!, quality: 2 }], 'ERR_INVALID_ARGUMENT'],
    ['Ada who is not Ada', [{ ...FACES[0]!, personId: 'ada', not: ['ada'] }], 'ERR_INVALID_ARGUMENT'],
  ])('refuses %s', async (_, faces, code) => {
    await expect(clusterFaces(faces, { profile: PROFILE })).rejects.toMatchObject({ code });
  });

  it('ends when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(clusterFaces(FACES, { profile: PROFILE, signal })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
    });
  });
});
