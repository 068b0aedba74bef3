import { describe, expect, it } from 'vitest';
import { homeOnlyConditions, unknownWheres } from '../../../src/watch/triggers/home-conditions.ts';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';

const of = (when: string) =>
  parseTriggers(`triggers: [{ name: t, when: { ${when} }, do: { type: stdout } }]`, { path: 't' });

describe('homeOnlyConditions', () => {
  it.each([
    ['who: Ann, for: 10s, ignored: true', []],
    ['events: [presence.arrived, face.left]', []],
    ['events: [presence.arrived, presence.left]', [/^trigger 1 \(t\): a watch of one camera has no visits;/]],
    ['events: face.moved', [/has no zones;/]],
    ['events: [face.moved, face.left]', []],
    ['zone: step, place: house', [/no place and no zones; "face-trigger run" has$/]],
  ] as const)('of { %s }', (when, expected) => {
    expect(homeOnlyConditions(of(when))).toEqual(expected.map((line) => expect.stringMatching(line)));
  });
});

describe('unknownWheres', () => {
  it('names places and zones that no camera has, and those that there are', () => {
    const known = { places: ['house', 'house', 'yard'], zones: [] };
    expect(unknownWheres(of('place: [hose, "ya*"], zone: "st*"'), known)).toEqual([
      'trigger 1 (t): no camera has a place "hose"; there are house, yard',
      'trigger 1 (t): no camera has a zone "st*"',
    ]);
    expect(unknownWheres(of('who: Ann'), known)).toEqual([]);
  });
});
