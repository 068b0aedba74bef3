import { randomUUID } from 'node:crypto';
import { createRandom } from '../../src/core/random/random.ts';
import type { KeptHome } from '../../src/home/kept-home.ts';
import type { FaceEvent, WatchEvent } from '../../src/watch/watch-event.ts';

const random = createRandom(7);

/** A face of a made-up person: embeddings of one person are near, those of two are far apart. */
export function faceOf(person: number): Float32Array {
  return Float32Array.from({ length: 8 }, (_, i) => (i === person ? 0.9 : 0.05) + random.next() * 0.22);
}

/** What is measured of a face that nothing is wrong with. */
export const NEUTRAL = {
  ...{ sharpness: 200, brightness: 120, contrast: 50, eyeDistance: 60 },
  pose: { roll: 0, yaw: 0, pitch: 0 },
};
let tracks = 0;

/** What a camera tells of one face from its coming to its leaving. */
export interface ScriptedVisit {
  readonly camera?: string;
  readonly at?: Date;
  /** Whom the recognizer takes it for; absent: nobody known. */
  readonly label?: string;
  readonly qualities?: readonly number[];
  /** Strangers who are in the same frame. */
  readonly beside?: readonly string[];
  /** Ends before the face leaves. */
  readonly cutOff?: boolean;
}

/** An event of a face, as a camera tells it. */
export function scriptedEvent(type: FaceEvent['type'], fields: Partial<FaceEvent> = {}): FaceEvent {
  return {
    ...{ version: 1, id: randomUUID(), type, time: new Date().toISOString(), source: 'door', timeMs: 0 },
    ...{ track: 1, appearance: randomUUID(), box: { left: 0, top: 0, width: 80, height: 80 } },
    ...{ frame: { width: 640, height: 480 }, label: null, stranger: null, probability: null, distance: null },
    ...{ quality: 0.8, snapshot: null, why: null },
    ...fields,
  };
}

/** Plays a visit of a person into a home. @returns the events as they are told */
export async function playVisit(
  home: KeptHome,
  person: number,
  {
    camera = 'door',
    at = new Date(),
    label,
    qualities = [0.8, 0.9],
    beside = [],
    cutOff,
  }: ScriptedVisit = {},
): Promise<{
  readonly appearance: string;
  readonly stranger: string | null;
  readonly events: readonly FaceEvent[];
}> {
  const appearance = randomUUID();
  const track = ++tracks;
  const time = at.getTime();
  const told: WatchEvent[] = [];
  const tell = async (type: FaceEvent['type'], fields: Partial<FaceEvent> = {}): Promise<void> => {
    const event = scriptedEvent(type, {
      source: camera,
      track,
      appearance,
      time: at.toISOString(),
      ...fields,
    });
    told.push(await home.keep(event));
  };
  await tell('face.appeared');
  const faces = qualities.map((quality) => ({ embedding: faceOf(person), quality }));
  for (const { embedding, quality: score } of faces) {
    const picture = { width: 8, height: 8, channels: 3 as const, data: new Uint8Array(192).fill(100) };
    home.face({ appearance, track, time, embedding, quality: { ...NEUTRAL, score }, picture });
  }
  const who =
    label === undefined
      ? { stranger: home.resolver.resolve(faces, { timeMs: time, appearance, exclude: new Set(beside) }).id }
      : { label };
  await tell(label === undefined ? 'stranger.appeared' : 'person.recognized', who);
  if (!cutOff) await tell('face.left', who);
  await home.settled();
  return { appearance, stranger: who.stranger ?? null, events: told as FaceEvent[] };
}
