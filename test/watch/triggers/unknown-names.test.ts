import { describe, expect, it } from 'vitest';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import { unknownNames } from '../../../src/watch/triggers/unknown-names.ts';

describe('unknownNames', () => {
  const of = (who: string, people: readonly string[]) =>
    unknownNames(
      parseTriggers(
        `triggers: [{ name: t, when: { who: ${who} }, do: { type: stdout } }, { do: { type: stdout } }]`,
        {
          path: 't',
        },
      ),
      people,
    );

  it('knows names in every Unicode form, and the words for groups', () => {
    expect(of('["Jose\u0301", " José ", known, stranger, anyone]', ['José'])).toEqual([]);
    expect(of('"José"', ['Jose\u0301'])).toEqual([]);
  });

  it('tells each name that nobody has, and who may have been meant', () => {
    expect(of('[Adda, "Nobody Here"]', ['Ada', 'Bob'])).toEqual([
      'trigger 1 (t): nobody is called "Adda"; did you mean "Ada"?',
      'trigger 1 (t): nobody is called "Nobody Here"',
    ]);
    expect(of('Stranger', [])[0]).toContain('did you mean "stranger"?');
  });

  it('tells that names are not patterns', () => {
    expect(of('"Ad*"', ['Ada'])[0]).toMatch(/names are not patterns.*did you mean "Ada"\?/);
  });
});
