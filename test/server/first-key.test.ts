import { beforeAll, describe, expect, it } from 'vitest';
import { json, startServer, type TestServer } from './start-server.ts';

let test: TestServer;
beforeAll(async () => {
  test = await startServer({}, { open: true, firstKeys: true });
});

describe('a server without keys', () => {
  it('closes with the first key, which must be allowed everything, and never opens again', async () => {
    const post = (scopes: readonly string[]) =>
      test.request('/keys', { method: 'POST', ...json({ label: 'first', scopes }) });
    const session = await (await test.request('/session')).json();
    expect(session).toMatchObject({ keysNeeded: false, keyId: null, scopes: ['admin'] });
    expect((await post(['recognize'])).status).toBe(409);
    const created = await post(['admin']);
    expect(created.status).toBe(201);
    const { key, secret } = (await created.json()) as { key: { id: string }; secret: string };
    expect((await test.request('/people')).status).toBe(401);
    const headers = { 'x-api-key': secret };
    expect(await (await test.request('/session', { headers })).json()).toMatchObject({ keyId: key.id });
    expect((await test.request(`/keys/${key.id}`, { method: 'DELETE', headers })).status).toBe(409);
    await test.keys.revoke(key.id);
    await expect.poll(async () => (await test.request('/people', { headers })).status).toBe(401);
    expect((await test.request('/people')).status).toBe(401);
  });
});
