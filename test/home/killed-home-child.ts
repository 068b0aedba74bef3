import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { DoubleTakeTeller } from '../../src/home/double-take/double-take-teller.ts';
import type { EventTeller } from '../../src/home/event-teller.ts';
import { HomeAssistantTeller } from '../../src/home/home-assistant/home-assistant-teller.ts';
import { KeptHome } from '../../src/home/kept-home.ts';
import type { BrokerAccount } from '../../src/home/mqtt/broker-connection.ts';
import { Presence } from '../../src/home/presence/presence.ts';
import { parseTriggers } from '../../src/watch/triggers/read-triggers.ts';
import { TriggerRunner } from '../../src/watch/triggers/trigger-runner.ts';
import { scriptedEvent } from './scripted-visits.ts';

// A home that is killed by the test that started it: node killed-home-child.js GALLERY TRIGGERS COMMAND [BROKER].
const [, , address = '', triggersText = '', command, brokerText] = process.argv;
// All that it needs is loaded: it begins when the one before it is dead.
await once(process.stdin, 'data');
process.stdin.destroy();
const log = (line: string) => writeSync(2, `${line}\n`);
const gallery = await openGallery(address, { create: false });
const home = await KeptHome.open({
  ...{ address, gallery, cameras: ['door'], pictureKey: null, log },
  keep: { days: 30, pictureDays: 0, strangers: 100 },
});
const runner = await TriggerRunner.create({
  ...{ triggers: parseTriggers(triggersText, { path: 'test' }), queuePath: `${address}.queue` },
  ...{ webhookRetryMs: 50, write: () => undefined, log },
});
const inner: EventTeller[] = [
  {
    name: 'triggers',
    handle: (event) => runner.handle(event),
    settled: () => runner.settled(),
    close: () => runner.close(10_000),
  },
];
if (brokerText !== undefined) {
  const broker = JSON.parse(brokerText) as BrokerAccount;
  const people = () => Promise.resolve([]);
  const about = { cameras: ['door'], people, presence: new Presence(), version: '0', log };
  inner.push(
    await HomeAssistantTeller.open({ ...broker, ...about }),
    await DoubleTakeTeller.open({ ...broker, people, log }),
  );
}
const tellers = await Promise.all(inner.map((one) => home.teller(one)));

if (command === 'play') {
  for (;;) {
    // Somebody else each time: no trigger is told of the same one twice in a row.
    const event = scriptedEvent('person.recognized', { label: randomUUID() });
    await home.keep(event);
    // From here on it must not be lost, whatever happens.
    writeSync(1, `${event.id}\n`);
    for (const teller of tellers) await teller.handle(event);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
await Promise.all(tellers.map((teller) => teller.close()));
await home[Symbol.asyncDispose]();
await gallery.dispose();
