import { describe, expect, it } from 'vitest';
import { EventLine } from '../../src/home/event-line.ts';
import { WATCH_EVENT_VERSION, type WatchEvent } from '../../src/watch/watch-event.ts';

function back(id: string): WatchEvent {
  const time = '2026-11-27T20:00:00.000Z';
  return {
    version: WATCH_EVENT_VERSION,
    id,
    type: 'source.back',
    time,
    source: 'door',
    timeMs: 0,
    downMs: 1,
  };
}

describe('EventLine', () => {
  it('goes on after a listener, a teller, the store and presence threw, and says each', async () => {
    const heard: string[] = [];
    const logged: string[] = [];
    let isBroken = true;
    const breakIf = () => {
      if (isBroken) throw new Error('broken');
    };
    const line = new EventLine({
      keep: async (event) => {
        breakIf();
        return event;
      },
      follow: async () => {
        breakIf();
        return [];
      },
      tellers: () => [
        { name: 'hook', handle: async () => breakIf(), close: async () => undefined },
        {
          name: 'broker',
          handle: async ({ id }) => void heard.push(`broker ${id}`),
          close: async () => undefined,
        },
      ],
      log: (message) => logged.push(message),
    });
    line.subscribe(breakIf);
    line.subscribe(({ id }) => void heard.push(`listener ${id}`));
    await line.tell(back('1'));
    isBroken = false;
    await line.tell(back('2'));
    await line.settled();
    expect(heard).toEqual(['listener 1', 'broker 1', 'listener 2', 'broker 2']);
    expect(logged).toEqual([
      'keeping an event: broken',
      'presence: broken',
      'a listener: broken',
      'hook: broken',
    ]);
  });
});
