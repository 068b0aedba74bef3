import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/watch/source/redact.ts';

describe('redact', () => {
  it.each([
    ['rtsp://user:secret@cam/live', 'rtsp://***@cam/live'],
    ['rtsp://user:se@c:ret@cam:554/live', 'rtsp://***@cam:554/live'],
    ['rtsp://user@cam/live', 'rtsp://***@cam/live'],
    ['rtsp://user:p@[fe80::1]:554/live', 'rtsp://***@[fe80::1]:554/live'],
    ['rtsp://admin:Sec#ret1@127.0.0.1:19399/live', 'rtsp://***@127.0.0.1:19399/live'],
    ['rtsp://admin:Sec/ret1@127.0.0.1:19399/live', 'rtsp://***@127.0.0.1:19399/live'],
    ['rtsp://admin:Sec?ret1@127.0.0.1:19399/live', 'rtsp://***@127.0.0.1:19399/live'],
    ["rtsp://admin:Sec'ret1@127.0.0.1:19399/live", 'rtsp://***@127.0.0.1:19399/live'],
    ['rtsp://admin:Sec ret1@127.0.0.1:19399/live', 'rtsp://***@127.0.0.1:19399/live'],
    ['rtsp://admin:12#34@cam/live', 'rtsp://***@cam/live'],
    [
      'rtsp://127.0.0.1:19399/user=admin&password=Secret1&channel=1&stream=0.sdp',
      'rtsp://127.0.0.1:19399/***',
    ],
    ['rtsp://cam:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream', 'rtsp://cam:554/***'],
    ['http://cam/video?user=a&pwd=secret#x', 'http://cam/video?***'],
    ['http://cam/cgi-bin/api.cgi?cmd=Snap&user=admin&password=x y', 'http://cam/cgi-bin/api.cgi?***'],
    ['HTTP://cam/videostream.cgi?loginuse=admin&loginpas=x@y', 'HTTP://***'],
    ['srt://host:9000?passphrase=secret', 'srt://host:9000?***'],
    ['mqtt://ann:pw@broker:1883', 'mqtt://***@broker:1883'],
    ['rtmp://a.rtmp.example/live2/ab3d-e5gh-ij7k-lmn0', 'rtmp://a.rtmp.example/live2/***'],
    ['rtsps://10.0.0.2:7441/uQpdA3kDkPrjWvQZ?enableSrtp', 'rtsps://10.0.0.2:7441/***'],
    ['https://api.telegram.org/bot123456:AAE-key/sendMessage', 'https://api.telegram.org/***'],
    ['https://hooks.example/services/T0/B0/abc', 'https://hooks.example/services/***'],
    ['http://ha:8123/api/webhook/door', 'http://ha:8123/api/webhook/***'],
    ['rtsp://cam/admin/Secret1/ch1', 'rtsp://cam/admin/***'],
    ['no such source: admin:Secret1@cam/live', 'no such source: ***@cam/live'],
    ['"rtsp//admin:Secret1@cam" is none', '"rtsp//***@cam" is none'],
    ['rtsp:admin:Secret1@cam/live', '***@cam/live'],
    ['rtsp://cam/h264Preview_01_main', 'rtsp://cam/h264Preview_01_main'],
    ['rtsp://cam/Streaming/Channels/101', 'rtsp://cam/Streaming/Channels/101'],
    [
      'Error opening rtsp://u:p@cam/1: 401, then http://u:p@b/?k=s',
      'Error opening rtsp://***@cam/1: 401, then http://***@b/?***',
    ],
    ["'https://u:p@cam/a' failed", "'https://***@cam/a' failed"],
    [
      '[rtsp @ 0x55] Connection to tcp://cam:554?timeout=0 failed',
      '[rtsp @ 0x55] Connection to tcp://cam:554?*** failed',
    ],
    ['rtsp://u:p@cam/1 failed: [rtsp @ 0x55] 401', 'rtsp://***@cam/1 failed: [rtsp @ 0x55] 401'],
    ['Authorization: Basic c2VjcmV0', 'Authorization: ***'],
    ['sent Bearer abcdefgh.ijkl', 'sent Bearer ***'],
    ['login failed for password=hunter2 today', 'login failed for password=*** today'],
    ['/home/me@work/video.mp4', '/home/me@work/video.mp4'],
    ['file:/home/me@work/video.mp4: no such file', 'file:/home/me@work/video.mp4: no such file'],
  ])('hides the secrets of %s', (text, expected) => {
    expect(redact(text, text.includes(' y') || text.includes('Sec ') ? [text] : [])).toBe(expected);
    expect(redact(expected)).toBe(expected);
  });

  // Pieces that occur nowhere else, so that a piece that is found is a secret that got out.
  const special = fc.string({
    unit: fc.constantFrom(...`#/?@'"\`<>()[]{}|\\ :;&=%+,!~$^*_-.é密`, '%23', '%2F', '%40', '://', ' 0x'),
    minLength: 0,
    maxLength: 4,
  });
  const secret = fc.tuple(special, special, special).map(([a, b, c]) => `${a}Zq7x${b}Wk9y${c}`);
  const host = fc.constantFrom(
    'cam',
    '10.0.0.5:554',
    '[fe80::1]',
    '[2001:db8::2]:8554',
    'kamera.örtlich',
    'admin',
  );
  const scheme = fc.constantFrom('rtsp', 'RTSPS', 'http', 'Https', 'rtmp', 'srt', 'mqtt', 'wss');
  const address = fc.tuple(scheme, host, secret, fc.nat({ max: 15 })).map(([s, h, x, form]) => {
    const forms = [
      `${s}://admin:${x}@${h}/live`,
      `${s}://${x}@${h}/live`,
      `${s}://${x}:@${h}`,
      `${s}://12:${x}@${h}/live?a=1#b`,
      `${s}://${h}/v?user=admin&password=${x}`,
      `${s}://${h}/v?usr=${x}&pwd=p@q&channel=1`,
      `${s}://admin:pw@${h}/v.cgi?loginuse=a&loginpas=${x}`,
      `${s}://${h}/user=admin&password=${x}&channel=1&stream=0.sdp`,
      `${s}://${h}/user=admin_password=${x}_channel=1_stream=0.sdp?real`,
      `${s}://${h}/live;token=${x}`,
      `${s}://${h}?passphrase=${x}&streamid=1`,
      `${s}://${h}/api/webhook/${x}`,
      `${s}://${h}/live/password/${x}/1`,
      `${s}://${h}/bot12:${x}/send`,
      `${s}://${h}/a#access_token=${x}`,
      `${s}:/admin:${x}@${h}/live`,
    ];
    return forms[form]!;
  });
  const hides = (text: string) => !/Zq7x|Wk9y/i.test(text);

  it('lets no part of a secret survive in an address that the caller knows', () => {
    fc.assert(
      fc.property(address, (url) => {
        const shown = redact(url, [url]);
        expect(hides(shown)).toBe(true);
        expect(redact(shown)).toBe(shown);
      }),
      { numRuns: 3000 },
    );
  });

  it('lets none survive in what programs print around it, in whatever spelling', () => {
    const spelled = fc.tuple(address, fc.constantFrom(String, encodeURI, decodeURIComponentOr));
    const around = fc.constantFrom(
      (url: string) => `[concat @ 0x55d] Impossible to open '${url}'`,
      (url: string) => `${url}: Invalid data found`,
      (url: string) => `first http://ok.example/a, then ${url} failed: [tcp @ 0x1] refused\nnext line`,
      (url: string) => `{"source":${JSON.stringify(url)},"reason":"x"}`,
    );
    fc.assert(
      fc.property(spelled, around, ([url, spell], say) => {
        expect(hides(redact(say(spell(url)), [url]))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('lets none survive where only a part of the address is printed', () => {
    fc.assert(
      fc.property(secret, (x) => {
        const url = `rtsp://owner:${x}@cam/live`;
        const basic = Buffer.from(`owner:${x}`).toString('base64');
        const shown = redact(`host owner not found; login ${x}; sent ${basic}`, [url]);
        expect(hides(shown)).toBe(true);
        expect(shown).not.toContain('owner');
        expect(shown).not.toContain(basic);
      }),
    );
  });

  it('needs no help with addresses that follow the rules', () => {
    const plain = fc.string({ unit: fc.constantFrom(..."!$&'()*+,;=:._~-%23"), maxLength: 3 });
    fc.assert(
      fc.property(plain, plain, fc.nat({ max: 2 }), (a, b, form) => {
        const x = `${a}Zq7x${b}`;
        const url = [`rtsp://u:${x}@cam/1`, `http://cam/v?pwd=${x.replaceAll("'", '')}`, `http://${x}@cam`][
          form
        ]!;
        expect(hides(redact(`Could not open ${url} (timeout)`))).toBe(true);
      }),
    );
  });
});

function decodeURIComponentOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
