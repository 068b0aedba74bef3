import { beforeAll, describe, expect, it } from 'vitest';
import { everyRoute, type Route } from './every-route.ts';
import { startServer, type TestServer } from './start-server.ts';

let test: TestServer;
let routes: readonly Route[];
beforeAll(async () => {
  test = await startServer();
  routes = await everyRoute(test.url);
});

const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
const ID = '00000000-0000-4000-8000-000000000000';
const EMBEDDING = `[${Array(128).fill(0.1).join(',')}]`;
/** Bodies that are JSON, or nearly: of other types, shapes, names and texts than any route wants. */
const BODIES: readonly (string | Uint8Array)[] = [
  ...['null', 'true', '0', '-1e999', '""', '[]', '{}', '[null]', '[[]]', '[{}]', '[1,2]', '{"a":1}', deep],
  '[{"toString":1}]',
  '[{"toString":null,"valueOf":null}]',
  `[{"id":"${ID}"}]`,
  `[["${ID}"]]`,
  '{"__proto__":{"name":"x"}}',
  '{"constructor":{"prototype":{"name":"x"}}}',
  '{"name":null}',
  '{"name":{"toString":1}}',
  '{"name":["x"]}',
  '{"name":"\\ud800"}',
  '{"name":"\\u0000"}',
  '{"name":"x","expiresAt":"2999-02-30T00:00:00Z"}',
  '{"name":"x","expiresAt":"+275761-01-01T00:00:00Z"}',
  '{"name":"x","expiresAt":1e300}',
  '{"name":"x","consent":{"text":"\\udfff","at":"2999-01-01T00:00:00Z"}}',
  '{"into":{"toString":1}}',
  `{"into":"${ID}"}`,
  '{"subject":{"toString":1}}',
  '{"subject":["x"]}',
  '{"subject":"\\ud800"}',
  '{"subject":1}',
  '{"label":{"toString":1},"scopes":["admin"]}',
  '{"label":"x","scopes":{"length":1}}',
  '{"label":"\\ud800","scopes":["none"]}',
  '{"maxDistance":"NaN"}',
  '{"maxDistance":-1}',
  '{"retentionDays":1e400}',
  '{"embedding":{"length":128}}',
  '{"embedding":[1e999,1]}',
  `{"embedding":${EMBEDDING},"limit":1.5}`,
  `{"embedding":${EMBEDDING},"source":"\\ud800"}`,
  `{"embeddings":[${EMBEDDING},null]}`,
  '{"embeddings":{"length":1}}',
  `{"source":${EMBEDDING},"targets":[{"toString":1}]}`,
  '{"image":{"toString":1}}',
  '{"image":"AAAA","image1":[],"image2":{},"file":1,"source_image":null,"target_image":true}',
  '{"file":"AAAA"}',
  '{"a":',
  '\ufeff{}',
  Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d),
  new Uint8Array(0),
];
const QUERIES = [
  '?limit=1e9&cursor=%00&query=%ff&page=-1&size=1e9&subject=%ed%a0%80&det_prob_threshold=x',
  '?limit[]=1&limit=2&cursor=a&cursor=b&subject=a&subject=b&toString=1&__proto__=1',
  '?limit=%F0%9F%98%80&sample=1.5&minFaceSize=NaN&box=1,2&face_plugins=%00&prediction_count=999999999999999999',
];
const IDS = ['%00', '%ff', '..%2f..%2fetc', '__proto__', 'x'.repeat(900), '%ed%a0%80', "'%20OR%201=1"];

describe('no request', () => {
  it('makes the server fail, whatever stands in its body', { timeout: 600_000 }, async () => {
    for (const { method, path } of routes.filter(({ takesBody }) => takesBody)) {
      // Where there is somebody, bodies get farther than to the person who is not there.
      const { id } = await test.gallery.createPerson({ name: `${method} ${path}` });
      for (const body of BODIES) {
        const response = await fetch(test.url + path.replace(`people/${ID}`, `people/${id}`), {
          method,
          body: body as never,
          headers: { 'content-type': 'application/json', 'x-api-key': test.secrets.admin },
        });
        const text = await response.text();
        const what = `${method} ${path} ${String(body).slice(0, 60)}: ${text.slice(0, 200)}`;
        expect(response.status, what).toBeLessThan(500);
        expect(text, what).not.toMatch(/"[^"]*\/(home|tmp|work|usr|root|var)\//);
      }
    }
    expect(test.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });

  it('makes the server fail, whatever stands in its address', { timeout: 600_000 }, async () => {
    for (const { method, path } of routes) {
      // An endless answer says nothing about addresses.
      if (path.endsWith('/events')) continue;
      const addresses = [
        ...QUERIES.map((query) => path + query),
        ...(path.includes(ID) ? IDS.map((id) => path.replaceAll(ID, id)) : []),
      ];
      for (const address of addresses) {
        const response = await fetch(test.url + address, {
          method,
          headers: { 'x-api-key': test.secrets.admin },
        });
        const text = await response.text();
        expect(response.status, `${method} ${address}: ${text.slice(0, 200)}`).toBeLessThan(500);
      }
    }
    expect(test.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });

  it('makes the server fail, whatever its content type says', async () => {
    const types = [
      '',
      'x',
      'application/xml',
      'multipart/form-data',
      'multipart/mixed; boundary=x',
      'image/x',
      'text/plain',
    ];
    for (const { method, path } of routes.filter(({ takesBody }) => takesBody)) {
      for (const type of types) {
        const headers = { 'content-type': type, 'x-api-key': test.secrets.admin };
        const response = await fetch(test.url + path, { method, body: Buffer.from('{}'), headers });
        expect(response.status, `${method} ${path} ${type}: ${await response.text()}`).toBeLessThan(500);
      }
    }
  });
});
