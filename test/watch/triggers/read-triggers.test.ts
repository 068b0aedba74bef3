import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTriggers, readTriggers } from '../../../src/watch/triggers/read-triggers.ts';

const parse = (text: string) => parseTriggers(text, { path: 't.yaml' });

function mistakes(text: string): string {
  try {
    parse(text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_FILE_FORMAT' });
    return (error as Error).message;
  }
  throw new Error('the file was accepted');
}

describe('parseTriggers', () => {
  it('reads YAML and the same as JSON, and fills in the defaults', () => {
    const yaml = parse(`
triggers:
  - name: Ann is home
    when: { who: Ann, hours: "07:00-22:00" }
    cooldownSeconds: 60
    do:
      - type: stdout
      - { type: webhook, url: "https://example.org/hook", secretEnv: HOOK_SECRET }
`);
    const json = parse(
      '{"triggers":[{"name":"Ann is home","when":{"who":"Ann","hours":"07:00-22:00"},"cooldownSeconds":60,"do":[{"type":"stdout"},{"type":"webhook","url":"https://example.org/hook","secretEnv":"HOOK_SECRET"}]}]}',
    );
    expect(json).toEqual(yaml);
    expect(yaml.triggers[0]).toMatchObject({
      when: { who: ['Ann'], events: ['person.recognized', 'person.changed', 'stranger.appeared'] },
      do: [{ type: 'stdout' }, { allowInternal: false, timeoutMs: 10_000 }],
    });
  });

  it('accepts a trigger without conditions', () => {
    expect(parse('triggers: [{ do: { type: stdout } }]').triggers[0]?.do).toEqual([{ type: 'stdout' }]);
  });

  it.each([
    [
      'triggers:\n  - when:\n      hours: "7-22"\n    do: { type: stdout }\n',
      't.yaml:3:14: triggers[0].when.hours',
    ],
    [
      'triggers:\n  - whne: {}\n    do: { type: stdout }\n',
      't.yaml:2:5: triggers[0]: Unrecognized key: "whne"',
    ],
    ['triggers:\n  - do:\n      - type: stdout\n      - type: fly\n', 't.yaml:4:15: triggers[0].do[1].type'],
    ['triggers:\n  - do: { type: webhook, url: "ftp://x" }\n', 't.yaml:2:31: triggers[0].do.url'],
    [
      'triggers:\n  - when:\n      hours: "22:00-22:00"\n    do: { type: stdout }\n',
      '22:00-22:00 never comes',
    ],
    [
      'triggers:\n  - when:\n      hours: ["07:00-08:00", "25:00-26:00"]\n    do: { type: stdout }\n',
      'hours[1]',
    ],
    [
      'triggers:\n  - when:\n      days: [mon, Freitag]\n    do: { type: stdout }\n',
      'days[1]: Expected a day',
    ],
    ['triggers: [\n', 't.yaml:2:1: '],
    ['', 't.yaml:1:1: '],
    ['timeZone: Mars/Base\ntriggers: [{ do: { type: stdout } }]', 't.yaml:1:11: timeZone'],
    ['triggers:\n  - do: { type: speech, voice: "-w/etc/x" }\n', 'triggers[0].do.voice'],
    ['triggers:\n  - do: { type: webhook, url: "http://a", headers: { a: "b\\nc: d" } }\n', 'headers.a'],
  ])('says where the mistake is in %j', (text, expected) => {
    expect(mistakes(text)).toContain(expected);
  });

  it('refuses a file that multiplies its own parts', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, i) => {
        const before = String.fromCharCode(name.charCodeAt(0) - 1);
        return `${name}: &${name} [${new Array(9).fill(`*${before}`).join(',')}]${i < 0 ? '' : ''}`;
      })
      .join('\n')}\n`;
    expect(mistakes(bomb)).toMatch(/alias/i);
  });

  it('says so when the file is not there', async () => {
    await expect(readTriggers(join('/nowhere', 't.yaml'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });
});
