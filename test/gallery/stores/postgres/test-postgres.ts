import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

/** The address of a server whose user may make databases, for the tests of galleries in PostgreSQL. */
const VARIABLE = 'FACE_TRIGGER_TEST_POSTGRES';
/** The address of a server like that which has the extension pgvector. */
const PGVECTOR_VARIABLE = 'FACE_TRIGGER_TEST_PGVECTOR';
/** Where Debian and Ubuntu put a version's programs, which are on nobody's path. */
const INSTALLED = '/usr/lib/postgresql';
const START_MS = 60_000;

/** A PostgreSQL server that tests may use. */
export interface TestServer {
  /** The address of a database that is new and empty; it goes with the server, or when the tests end. */
  createDatabase(): Promise<string>;
  /** Ends what the tests started. */
  stop(): Promise<void>;
}

/** A server that the tests have started themselves, and may do anything to. */
export interface OwnServer extends TestServer {
  readonly port: number;
  /** As a power cut does. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
}

/** Why the tests of PostgreSQL are skipped here; `null`: they run. */
export const NO_POSTGRES: string | null =
  process.env[VARIABLE] || programs()
    ? null
    : `no PostgreSQL here: install it (Debian: postgresql) or set ${VARIABLE}`;

/** Why the tests of pgvector are skipped here; `null`: they run. */
export const NO_PGVECTOR: string | null = process.env[PGVECTOR_VARIABLE]
  ? null
  : `no PostgreSQL with pgvector here: set ${PGVECTOR_VARIABLE} to the address of one`;

/** Why those are skipped that kill the server; `null`: they run. */
export const NO_OWN_POSTGRES: string | null = programs()
  ? null
  : `no PostgreSQL under ${INSTALLED}, whose server a test may kill`;

/** The server that the environment names, or one of the tests' own. */
export async function startPostgres(): Promise<TestServer> {
  const given = process.env[VARIABLE];
  return given ? serverAt(given) : startOwnPostgres();
}

/** The server with pgvector that the environment names. */
export async function pgvectorServer(): Promise<TestServer> {
  return serverAt(process.env[PGVECTOR_VARIABLE]!);
}

function serverAt(given: string): TestServer {
  const made: string[] = [];
  return {
    createDatabase: async () => {
      const url = await createDatabase(given);
      made.push(url);
      return url;
    },
    stop: async () => {
      for (const url of made) {
        await run(given, `DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
      }
    },
  };
}

/** How a server of the tests' own is set up. */
export interface OwnServerOptions {
  /** Who may come in and how, in place of everybody from this machine. */
  readonly access?: readonly string[];
  /** Settings of the server; `FOLDER` is that of its data. */
  readonly settings?: readonly string[];
  /** Puts files into the folder of its data. */
  readonly prepare?: (data: string) => Promise<void>;
}

/** A server of the tests' own, in a folder that goes with it. */
export async function startOwnPostgres({
  access,
  settings = [],
  prepare,
}: OwnServerOptions = {}): Promise<OwnServer> {
  const bin = programs()!;
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-postgres-'));
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? postgresUser() : null;
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, env: { LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin' } };
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    options,
  );
  if (access) writeFileSync(join(data, 'pg_hba.conf'), access.map((line) => `${line}\n`).join(''));
  await prepare?.(data);
  if (user) for (const name of readdirSync(data)) chownSync(join(data, name), user.uid, user.gid);
  const port = await freePort();
  const server = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const all = [
      ...[`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`],
      ...settings.map((setting) => setting.replace('FOLDER', data)),
    ];
    const args = ['-D', data, ...all.flatMap((setting) => ['-c', setting])];
    for (const end = Date.now() + START_MS; ; await pause(100)) {
      // It ends at once while processes of the one that was killed still hold its memory.
      if (!child || child.exitCode !== null)
        child = spawn(join(bin, 'postgres'), args, { ...options, stdio: 'ignore' });
      try {
        return await run(server, 'SELECT 1');
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = child;
    child = null;
    if (!ended || ended.exitCode !== null || ended.signalCode !== null) return;
    const gone = new Promise((resolve) => ended.once('exit', resolve));
    ended.kill(signal);
    await gone;
  };
  await start();
  return {
    port,
    createDatabase: () => createDatabase(server),
    start,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a statement on a connection of its own. */
export async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The rows of a statement on a connection of its own. */
export async function rowsOf(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(server: string): Promise<string> {
  const name = `face_trigger_${crypto.randomUUID().replaceAll('-', '')}`;
  await run(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

function programs(): string | null {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).filter((name) => Number(name) >= 14) : [];
  return (
    versions
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(INSTALLED, version, 'bin'))
      .find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres'))) ?? null
  );
}

/** Who PostgreSQL's own server and files belong to. */
export function postgresUser(): { readonly uid: number; readonly gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const [, , uid, gid] = line!.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
