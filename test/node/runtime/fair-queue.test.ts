import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../src/node/runtime/fair-queue.ts';

const filled = (owners: string): FairQueue<string> => {
  const queue = new FairQueue<string>();
  [...owners].forEach((owner, i) => {
    queue.add(`${owner}${i}`, owner);
  });
  return queue;
};
const drain = (queue: FairQueue<string>): string => {
  let order = '';
  for (let item = queue.take(); item !== undefined; item = queue.take()) order += item[0];
  return order;
};

describe('a fair queue', () => {
  it('gives each owner a turn, and each owner the order of coming', () => {
    expect(drain(filled('aaaaabbc'))).toBe('abcabaaa');
    const queue = filled('aaa');
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual(['a0', 'a1', 'a2', undefined]);
  });

  it('serves a newcomer before the second item of whoever was there', () => {
    const queue = filled('aaaa');
    expect(queue.take()).toBe('a0');
    queue.add('new', 'b');
    expect(queue.take()).toBe('new');
    expect(queue.take()).toBe('a1');
  });

  it('names what goes for a newcomer: the last item of whoever has two more', () => {
    expect(filled('aaab').outbidBy('c')).toBe('a2');
    expect(filled('aab').outbidBy('b')).toBeNull();
    expect(filled('ab').outbidBy('c')).toBeNull();
    expect(filled('aaa').outbidBy('a')).toBeNull();
    expect(filled('').outbidBy('a')).toBeNull();
  });

  it('loses nothing and gives nothing twice, whatever is taken out in between', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.array(fc.nat(20)), (owners, removed) => {
        const queue = filled(owners.join(''));
        const names = owners.map((owner, i) => `${owner}${i}`);
        const gone = new Set(removed.flatMap((i) => names[i] ?? []));
        for (const name of gone) queue.remove(name);
        queue.remove('nobody');
        const taken: string[] = [];
        for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
        expect(taken.sort()).toEqual(names.filter((name) => !gone.has(name)).sort());
        expect(queue.length).toBe(0);
      }),
    );
  });
});
