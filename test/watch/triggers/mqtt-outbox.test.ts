import { describe, expect, it } from 'vitest';
import { type MqttMessage, MqttOutbox } from '../../../src/watch/triggers/mqtt-outbox.ts';

describe('MqttOutbox', () => {
  const message = (payload: string): MqttMessage => ({ topic: 'a', payload, retain: false });

  /** Whether something has settled by now. */
  async function isSettled(promise: Promise<void>): Promise<boolean> {
    const settled = promise.then(() => true);
    return Promise.race([settled, new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);
  }

  it('confirms what the broker has, and not what was under way when the connection ended', async () => {
    const answers: ((isOver: boolean) => void)[] = [];
    const send = () => new Promise<boolean>((resolve) => answers.push(resolve));
    const outbox = new MqttOutbox({ send, ready: () => true });
    outbox.push(message('first'));
    const first = outbox.confirmed();
    outbox.push(message('second'));
    const both = outbox.confirmed();
    expect(await isSettled(first)).toBe(false);
    answers[0]!(true);
    await first;
    answers[1]!(false);
    expect(await isSettled(both)).toBe(false);
    expect(outbox.idle).toBe(true);
  });

  it('confirms nothing that waits, until something newer takes its place or it is dropped', async () => {
    const outbox = new MqttOutbox({ send: () => Promise.resolve(true), ready: () => false, capacity: 1 });
    const kept = { topic: 'a', payload: 'old', retain: true };
    outbox.push(kept);
    const replaced = outbox.confirmed();
    expect(await isSettled(replaced)).toBe(false);
    outbox.push({ ...kept, payload: 'new' });
    await replaced;
    outbox.push(message('first'));
    const all = outbox.confirmed();
    outbox.push(message('second'));
    expect(await isSettled(all)).toBe(false);
  });
});
