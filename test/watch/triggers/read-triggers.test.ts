import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
    [
      'triggers:\n  - when: { source: "*(*(a" }\n    do: { type: stdout }\n',
      't.yaml:2:21: triggers[0].when.source',
    ],
    ['triggers:\n  - when: { source: [a, "[b"] }\n    do: { type: stdout }\n', 'triggers[0].when.source'],
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

  it.each([
    [
      'webhook, url: "http://a.example", headers: { x-door: "Küche → Tür" }',
      'headers.x-door: Expected one line',
    ],
    ['webhook, url: "http://a.example", headers: { x-door: "a\\0b" }', 'headers.x-door: Expected one line'],
    ['webhook, url: "http://a.example", headers: { "x door": a }', 'headers.x door: Expected the name'],
    ['webhook, url: "http://a.example", headers: { "": a }', 'Expected the name'],
    ['webhook, url: "http://a.example", headers: { Content-Length: "5" }', 'is set by face-trigger'],
    ['webhook, url: "http://a.example", headers: { transfer-encoding: chunked }', 'is set by face-trigger'],
    ['webhook, url: "http://a.example", headers: { X-A: "1", x-a: "2" }', 'headers: A header is given twice'],
    ['webhook, url: "http://%zz@a.example"', 'do.url: URI malformed'],
    [
      'webhook, url: "http://192.168.1.2/x", allowInternal: false',
      'do.url: 192.168.1.2 is an internal address; allowInternal must name',
    ],
    ['webhook, url: "http://0x7f.1/", allowInternal: false', 'do.url: 127.0.0.1 is an internal address'],
    ['webhook, url: "http://[::ffff:0:7f00:1]/", allowInternal: false', 'is an internal address'],
    [
      'webhook, url: "http://localhost:8123/", allowInternal: false',
      'do.url: localhost is an internal address',
    ],
    ['webhook, url: "http://10.0.0.1/", allowInternal: [192.168.0.0/16]', '10.0.0.1 is an internal address'],
    ['webhook, url: "http://a.example", allowInternal: "http://a"', 'do.allowInternal'],
    ['webhook, url: "http://a.example", giveUpHours: 0', 'do.giveUpHours'],
    ['command, command: [""]', 'do.command[0]'],
    ['command, command: []', 'do.command[0]'],
    ['command, command: reboot', 'do.command: Expected a list'],
    ['command, command: ["a\\0"]', 'do.command[0]: Expected text without NUL'],
    ['command, command: [a, "b\\0"]', 'do.command[1]: Expected text without NUL'],
    [`command, command: [a, "${'x'.repeat(40_000)}"]`, 'do.command: Expected at most 30000 bytes'],
    ['snapshot, folder: "a\\0b"', 'do.folder: Expected text without NUL'],
    ['mqtt, url: "mqtt://a", discoveryPrefix: "a/#"', 'do.discoveryPrefix'],
  ])('refuses what could only fail later: %s', (action, expected) => {
    expect(mistakes(`triggers:\n  - do: { type: ${action} }\n`)).toContain(expected);
  });

  it.each([
    'http://10.0.0.1/, allowInternal: true',
    'http://10.0.0.1/, allowInternal: 10.0.0.0/8',
    'http://localhost/, allowInternal: [localhost]',
    'http://[fd00::1]/, allowInternal: ["fd00::/8"]',
    'https://user:pass%40word@example.org:8443/x?y=z',
  ])('accepts a webhook that can be sent: %s', (webhook) => {
    const [url, ...more] = webhook.split(', ');
    const text = `triggers: [{ do: { type: webhook, url: "${url}"${more.map((one) => `, ${one}`)} } }]`;
    expect(parse(text).triggers[0]?.do[0]).toMatchObject({ type: 'webhook', giveUpHours: 24 });
  });

  it('refuses a text that would keep the reader busy, before it comes to it', () => {
    const many = (count: number, one: (i: number) => string, between = ',') =>
      Array.from({ length: count }, (_, i) => one(i)).join(between);
    for (const [text, expected] of [
      [`a: [${many(50_000, (i) => `&a${i} x`)}]`, 'anchors'],
      [many(50_000, (i) => `k${i}: &a${i} x`, '\n'), 'anchors'],
      [`a: &a x\nb: [${many(50_000, () => '*a')}]`, 'anchors'],
      [many(50_000, (i) => `k${i}: 1`, '\n'), 'keys'],
      [`{${many(50_000, (i) => `"k${i}": 1`)}}`, 'keys'],
      [many(50_000, (i) => `? k${i}`, '\n'), 'keys'],
      [`[${many(200_000, () => '1')}]`, 'words and signs'],
      ['['.repeat(100_000), 'nested'],
      ['{a: '.repeat(100_000), 'nested'],
      ['- '.repeat(100_000), 'nested'],
      ['- !t '.repeat(100_000), 'nested'],
      ['? '.repeat(100_000), 'nested'],
      [many(1300, (i) => `${' '.repeat(i)}a:`, '\n'), 'nested'],
      [many(1300, (i) => `${' '.repeat(i)}-`, '\n'), 'nested'],
      [many(400, (i) => `${' '.repeat(2 * i)}? - a:`, '\r\n'), 'nested'],
      ['x'.repeat(1_000_001), '1 MB'],
    ] as const) {
      expect(mistakes(text)).toContain(expected);
    }
  });

  it('counts no brackets and stars in texts', () => {
    const name = `${'['.repeat(200)}${' *a &b'.repeat(200)}`.slice(0, 1000);
    expect(parse(`triggers: [{ name: '${name}', do: { type: stdout } }]`).triggers[0]?.name).toBe(name);
    expect(parse(`triggers:\n- name: |-\n    ${name}\n  do: { type: stdout }`).triggers[0]?.name).toBe(name);
  });

  it('says the first mistakes of many, each in one short line', () => {
    const lines = mistakes(`triggers: [${new Array(900).fill('1').join(',')}]`).split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 880 more mistakes');
    expect(
      mistakes(`"a\\nb${'c'.repeat(5000)}": 1`)
        .split('\n')
        .every((line) => line.length < 600),
    ).toBe(true);
  });

  it('refuses a file that is no text in UTF-8', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'face-trigger-')), 't.yaml');
    for (const bytes of [
      Buffer.from('triggers: caf\xe9', 'latin1'),
      Buffer.from('\ufefftriggers: []', 'utf16le'),
    ]) {
      writeFileSync(path, bytes);
      await expect(readTriggers(path)).rejects.toMatchObject({
        code: 'ERR_FILE_FORMAT',
        message: expect.stringContaining('save it as UTF-8'),
      });
    }
  });

  it('says so when the file is not there', async () => {
    await expect(readTriggers(join('/nowhere', 't.yaml'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });
});
