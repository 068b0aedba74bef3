import type { FaceEvent } from '../../../src/watch/watch-event.ts';

/** A `person.recognized` event of Ann at noon UTC on a Wednesday, with some fields replaced. */
export function sampleEvent(fields: Partial<FaceEvent> = {}): FaceEvent {
  return {
    version: 1,
    id: 'a6c1f8f0-0000-4000-8000-000000000001',
    type: 'person.recognized',
    time: '2026-11-25T12:00:00.000Z',
    source: 'front door',
    timeMs: 1000,
    track: 1,
    appearance: 'a-1',
    box: { left: 10, top: 20, width: 100, height: 100 },
    frame: { width: 640, height: 480 },
    label: 'Ann',
    stranger: null,
    probability: 0.9,
    distance: 0.3,
    quality: 0.7,
    snapshot: null,
    why: null,
    ...fields,
  };
}
