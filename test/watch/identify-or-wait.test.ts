import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FaceTriggerError } from '../../src/core/errors.ts';
import type { FaceIdentity } from '../../src/watch/face-analyzer.ts';
import { IdentifyOrWait } from '../../src/watch/identify-or-wait.ts';
import { TrackLedger } from '../../src/watch/track-ledger.ts';

const ANN: FaceIdentity = { label: 'Ann', probability: 0.9, distance: 0.3, candidates: [] };
const face = new Float32Array([1, 0]);
const away = () => new FaceTriggerError('ERR_UNAVAILABLE', 'the database is away');

it('goes on while a gallery is away, says so once, and asks it again', async () => {
  let error: Error | null = away();
  const problems: string[] = [];
  const analyzer = {
    isOpen: true,
    identify: (embeddings: readonly Float32Array[]) =>
      error ? Promise.reject(error) : Promise.resolve(embeddings.map(() => ANN)),
  };
  const identify = new IdentifyOrWait(analyzer, { onProblem: (message) => problems.push(message) });
  expect(await identify.ask([face])).toBe(null);
  expect(await identify.ask([face])).toBe(null);
  error = null;
  await expect.poll(() => identify.ask([face])).toEqual([ANN]);
  expect(problems).toEqual([
    'nobody is recognized for now: the database is away',
    'people are recognized again',
  ]);
  error = new FaceTriggerError('ERR_MODEL_MISMATCH', 'made by another model');
  await expect(identify.ask([face])).rejects.toBe(error);
  // A folder of people is never away: there an error is one.
  error = away();
  await sleep(0);
  await expect(new IdentifyOrWait({ ...analyzer, isOpen: false }).ask([face])).rejects.toBe(error);
});

it('names a face that nobody could identify when the gallery is back, and takes it for no stranger meanwhile', () => {
  const ledger = new TrackLedger({
    ...{ source: 'door', startTime: 0, limits: { minProbability: 0.5, maxDistance: 0.6 } },
    ...{ strangerDistance: 0.6, batchSize: 3, createId: () => crypto.randomUUID() },
  });
  const box = { left: 0, top: 0, width: 80, height: 80 };
  const step = (timeMs: number, identity: FaceIdentity | null | undefined) => {
    const sighting = identity === undefined ? undefined : { embedding: face, identity, quality: 0.8 };
    const faces = [{ track: 1, box, confirmed: true, sighting }];
    return { timeMs, frame: { width: 640, height: 480 }, faces, ended: [] };
  };
  const types = [0, 100, 200, 300].flatMap((ms) => ledger.commit(step(ms, null)).map(({ type }) => type));
  expect(types).toEqual(['face.appeared']);
  const later = step(1000, undefined);
  ledger.commit(later);
  const due = ledger.dueAgain(1, later.timeMs);
  expect(due).toHaveLength(3);
  const told = ledger.reconsider(
    1,
    due.map(() => ANN),
    later,
  );
  expect(told).toMatchObject([{ type: 'person.recognized', label: 'Ann' }]);
});
