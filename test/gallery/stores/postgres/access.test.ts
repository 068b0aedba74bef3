import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openGallery } from '../../../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../../../src/models/dlib/dlib-facts.ts';
import { TEST_EMBEDDER } from '../../synthetic-people.ts';
import { NO_OWN_POSTGRES, type OwnServer, run, startOwnPostgres } from './test-postgres.ts';

const SECRET = 'x9-Sesame';
const why = NO_OWN_POSTGRES ?? (hasOpenssl() ? null : 'no openssl here, which makes the certificate');

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Everything that a failure says to a program, its causes too. */
function allOf(error: unknown): string {
  const texts: string[] = [];
  for (let now = error; now instanceof Error; now = now.cause)
    texts.push(JSON.stringify(now, Object.getOwnPropertyNames(now)));
  return texts.join('\n');
}

describe.skipIf(why !== null)(why === null ? 'access to PostgreSQL' : `access to PostgreSQL (${why})`, () => {
  let server: OwnServer;
  let url: URL;
  let certificate: string;
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-access-'));
  beforeAll(async () => {
    server = await startOwnPostgres({
      access: [
        'host all postgres 127.0.0.1/32 trust',
        'hostssl all ann 127.0.0.1/32 scram-sha-256',
        'hostssl all bob 127.0.0.1/32 md5',
      ],
      settings: ['ssl=on', 'password_encryption=scram-sha-256'],
      prepare: async (data) => {
        const key = join(data, 'server.key');
        certificate = join(folder, 'server.crt');
        const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
        const files = ['-keyout', key, '-out', join(data, 'server.crt')];
        await promisify(execFile)('openssl', [
          ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
          ...[...subject, ...files],
        ]);
        chmodSync(key, 0o600);
        copyFileSync(join(data, 'server.crt'), certificate);
      },
    });
    const database = await server.createDatabase();
    url = new URL(database);
    for (const user of ['ann', 'bob'])
      await run(database, `CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD '${SECRET}'`);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The address of a user, at the name that the certificate is for unless told otherwise. */
  function address(
    parameters: Readonly<Record<string, string>>,
    { user = 'ann', password = SECRET, host = 'localhost' } = {},
  ): string {
    const own = new URL(url);
    own.username = user;
    own.password = password;
    own.hostname = host;
    for (const [name, value] of Object.entries(parameters)) own.searchParams.set(name, value);
    return own.href;
  }

  async function open(of: string) {
    const gallery = await openGallery(of, { embedder: TEST_EMBEDDER, distances: DLIB_FACTS });
    onTestFinished(() => gallery.dispose());
    return gallery;
  }

  async function refusal(of: string): Promise<string> {
    const error = await open(of).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'ERR_UNAVAILABLE' });
    expect(allOf(error)).not.toContain(SECRET);
    return (error as Error).message;
  }

  it.each([
    ['require', {}],
    ['verify-ca', { sslrootcert: 'ROOT' }],
    ['verify-full', { sslrootcert: 'ROOT' }],
    // As psql does: where there is a certificate to compare with, it is compared.
    ['require', { sslrootcert: 'ROOT' }],
  ])('is encrypted with sslmode=%s and %j, with what listens for changes', async (sslmode, rest) => {
    const parameters = { sslmode, ...('sslrootcert' in rest && { sslrootcert: certificate }) };
    const name = `door-${crypto.randomUUID()}`;
    const gallery = await open(address({ ...parameters, application_name: name }));
    expect((await gallery.stats()).people).toBe(0);
    const encrypted = `SELECT 1 / (count(*) FILTER (WHERE ssl) - 1)
        / (CASE WHEN bool_and(ssl) THEN 1 ELSE 0 END)
        FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = '${name}'`;
    // Divides by nothing unless there are two connections at least and all of them are encrypted.
    await expect
      .poll(
        () =>
          run(url.href, encrypted).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
  });

  it('asks for encryption where the server does', async () => {
    expect(await refusal(address({ sslmode: 'disable' }))).toMatch(/no encryption/);
    expect(await refusal(address({}))).toMatch(/no encryption/);
  });

  it('is refused to a server whose certificate nobody vouches for, or that is another', async () => {
    expect(await refusal(address({ sslmode: 'verify-full' }))).toMatch(/self-signed certificate/);
    expect(await refusal(address({ sslmode: 'verify-ca' }))).toMatch(/sslrootcert|self-signed certificate/);
    const other = { host: '127.0.0.1' };
    expect(await refusal(address({ sslmode: 'verify-full', sslrootcert: certificate }, other))).toMatch(
      /127\.0\.0\.1/,
    );
    await open(address({ sslmode: 'verify-ca', sslrootcert: certificate }, other));
  });

  it('says where encryption is wanted and the server has none', async () => {
    const plain = await startOwnPostgres();
    onTestFinished(() => plain.stop());
    const database = await plain.createDatabase();
    expect(await refusal(`${database}?sslmode=require`)).toMatch(/does not support SSL/);
  });

  it('says that a certificate is missing, or is none', async () => {
    const missing = join(folder, 'missing.crt');
    expect(await refusal(address({ sslmode: 'verify-full', sslrootcert: missing }))).toMatch(/missing\.crt/);
    const none = join(folder, 'none.crt');
    writeFileSync(none, 'no certificate');
    await refusal(address({ sslmode: 'verify-full', sslrootcert: none }));
  });

  it.each(['ann', 'bob', 'nobody'])('repeats no password that is wrong for %s', async (user) => {
    const wrong = 'wrong-Sesame';
    const of = address({ sslmode: 'require' }, { user, password: wrong });
    const message = await refusal(of);
    expect(message).toMatch(/password authentication failed|no pg_hba\.conf entry/);
    expect(message).not.toContain(wrong);
  });

  it('reads passwords where PostgreSQL does', async () => {
    const of = address({ sslmode: 'require' }, { password: '' });
    const { PGPASSFILE, PGPASSWORD } = process.env;
    onTestFinished(() => {
      for (const [name, value] of Object.entries({ PGPASSFILE, PGPASSWORD }))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    });
    const file = join(folder, 'pgpass');
    process.env['PGPASSFILE'] = file;
    delete process.env['PGPASSWORD'];
    expect(await refusal(of)).toMatch(/password/);
    writeFileSync(file, `# comment\nlocalhost:${url.port}:*:ann:${SECRET}\n`, { mode: 0o600 });
    await open(of);
    // Others could read it: PostgreSQL's programs pass over such a file too.
    chmodSync(file, 0o644);
    expect(await refusal(of)).toMatch(/password/);
    process.env['PGPASSWORD'] = SECRET;
    await open(of);
  });
});
