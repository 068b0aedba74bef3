import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DoubleTakeTeller } from '../../../src/home/double-take/double-take-teller.ts';
import { hasNoBroker, realBroker } from '../../real-broker.ts';
import { sampleEvent } from '../../watch/triggers/sample-events.ts';

describe.skipIf(hasNoBroker("Double Take's sensors"))("Double Take's sensors", () => {
  const broker = realBroker();
  beforeAll(() => broker.start());
  afterAll(() => broker.stop());

  async function teller(people: readonly string[]) {
    const known = [...people];
    const opened = await DoubleTakeTeller.open({
      ...broker.account,
      url: broker.url,
      people: async () => known.map((label) => ({ label, personId: null })),
      log: (message) => expect.fail(message),
    });
    onTestFinished(() => opened.close());
    return { teller: opened, known };
  }
  const see = (label: string | null) => sampleEvent({ type: 'person.recognized', label, stranger: 'S1' });
  const sensors = async () =>
    Object.keys(await broker.retained())
      .filter((topic) => topic.startsWith('homeassistant/sensor/double-take/'))
      .map((topic) => topic.slice('homeassistant/sensor/double-take/'.length))
      .sort();
  const CAMERA = ['front door/config', 'front door/state', 'unknown/config', 'unknown/state'];

  it('are taken away with the people who are renamed or deleted, also after a restart, and no others', async () => {
    const { client } = await broker.listen();
    onTestFinished(() => client.endAsync());
    // Announced by Double Take itself: that is not ours.
    const foreign = 'homeassistant/sensor/double-take/carol/config';
    const payload = JSON.stringify({ name: 'double_take_carol', icon: 'mdi:account' });
    await client.publishAsync(foreign, payload, { retain: true, qos: 1 });
    const first = await teller(['Ada', 'Bob']);
    for (const label of ['Ada', 'Bob', null]) await first.teller.handle(see(label));
    await first.teller.settled();
    await expect.poll(sensors).toContain('Bob/state');
    first.known[0] = 'Adele';
    await expect
      .poll(async () => {
        await first.teller.refresh();
        await first.teller.settled();
        return sensors();
      })
      .toEqual(['Bob/config', 'Bob/state', 'carol/config', ...CAMERA].sort());
    await first.teller.close();
    await teller(['Adele']);
    await expect.poll(sensors).toEqual(['carol/config', ...CAMERA].sort());
  });
});
