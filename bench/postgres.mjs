// Galleries in PostgreSQL beside those in a file:
//   node bench/postgres.mjs --server postgres://postgres@127.0.0.1/postgres [--faces 100000] [--pgvector]
//     [--only import,start,search,recall,sizes,servers] [--database NAME]
// Needs dist/ (npm run build), and a server on this machine for "servers", whose processes are looked at in /proc. Its
// database, face_trigger_bench_FACES unless told, is made anew for "import" and kept for further runs; "import-postgres" leaves
// out the import into a file, "servers-pgvector" servers with an index in memory. Prints a line of JSON for each row.
import { readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { runNode, startNode, whenEnded } from './child.mjs';

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    faces: { type: 'string', default: '100000' },
    queries: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    pgvector: { type: 'boolean', default: false },
    database: { type: 'string' },
    only: { type: 'string', default: 'import,start,search,recall,sizes,servers' },
  },
});
const { faces, queries, seconds } = values;
const DATABASE = values.database ?? `face_trigger_bench_${faces}`;
const wanted = new Set(values.only.split(','));
const file = join(tmpdir(), `face-trigger-bench-${faces}.db`);
const database = new URL(values.server);
database.pathname = `/${DATABASE}`;
const inPostgres = (index) => `${database.href}?gallery=faces-${faces}&index=${index}`;

if (wanted.has('import') || wanted.has('import-postgres')) {
  await query(values.server, `DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
  await query(values.server, `CREATE DATABASE ${DATABASE}`);
  const places = [['PostgreSQL', inPostgres('memory')]];
  if (wanted.has('import')) {
    rmSync(file, { force: true });
    places.unshift(['SQLite', file]);
  }
  for (const [gallery, address] of places) {
    tell({ gallery, faces: Number(faces), ...(await importInto(address)), load: loadavg().map(Math.round) });
  }
}
if (wanted.has('start')) {
  const places = [
    ['SQLite', file],
    ['PostgreSQL, index in memory', inPostgres('memory')],
    // The first time it is built.
    ...(values.pgvector
      ? [
          ['PostgreSQL, pgvector is built', inPostgres('pgvector')],
          ['PostgreSQL, pgvector', inPostgres('pgvector')],
        ]
      : []),
  ];
  for (const [gallery, address] of places) {
    const child = ['--expose-gc', 'bench/children/postgres-start.mjs', 'open', address, faces];
    tell({ gallery, faces: Number(faces), ...JSON.parse(await runNode(child)) });
  }
}
// In turns in one process, so that whatever else the machine does falls on both.
if (wanted.has('search')) await search(`SQLite=${file}`, `PostgreSQL=${inPostgres('memory')}`);
if (wanted.has('recall') && values.pgvector) await search(`pgvector=${inPostgres('pgvector')}`);
if (wanted.has('sizes')) tell({ faces: Number(faces), ...(await sizes()) });
const indexes = [
  ...(wanted.has('servers') ? ['memory'] : []),
  ...(wanted.has('servers-pgvector') || (wanted.has('servers') && values.pgvector) ? ['pgvector'] : []),
];
for (const index of indexes) for (const servers of [1, 2, 4]) tell(await withServers(servers, index));

/** Megabytes of the tables with their indexes, and of what pgvector has besides. */
async function sizes() {
  const ofPgvector = String.raw`relname ~ '^vector_\d'`;
  const mb = (size, where) => `round(sum(${size}) FILTER (WHERE ${where}) / 1e6)::int`;
  const [row] = await query(
    database.href,
    `SELECT ${mb('pg_total_relation_size(oid)', `relkind = 'r' AND NOT ${ofPgvector}`)} AS "tablesMb",
       ${mb('pg_total_relation_size(oid)', `relkind = 'r' AND ${ofPgvector}`)} AS "pgvectorMb",
       ${mb('pg_relation_size(oid)', `relname ~ '_graph$'`)} AS "graphMb"
     FROM pg_class WHERE relnamespace = 'face_trigger'::regnamespace`,
  );
  return row;
}

async function search(...places) {
  const found = await runNode(['bench/children/postgres-search.mjs', faces, queries, ...places]);
  for (const row of JSON.parse(found)) tell({ ...row, load: loadavg().map(Math.round) });
}

/** How fast faces come in, and the time of a processor that each takes the importing process and the database. */
async function importInto(address) {
  const child = startNode(['bench/children/postgres-start.mjs', 'import', address, faces], { stdin: 'pipe' });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const before = await backendMs();
  child.stdin.write('go\n');
  const result = JSON.parse((await lines.next()).value);
  const databaseMs = (await backendMs()) - before;
  const ended = whenEnded(child, 'the import');
  child.stdin.write('end\n');
  await ended;
  if (address === file) return result;
  return { ...result, databaseUs: Number(((1000 * databaseMs) / Number(faces)).toFixed(1)) };
}

/** How much of the processors' time searches take in the servers, and in the database. */
async function withServers(servers, index) {
  const children = Array.from({ length: servers }, () => {
    const args = ['bench/children/postgres-server.mjs', inPostgres(index), faces, seconds];
    const child = startNode(args, { stdin: 'pipe' });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of children) await lines.next();
  const before = await backendMs();
  for (const { child } of children) child.stdin.write('go\n');
  const results = [];
  for (const { lines } of children) results.push(JSON.parse((await lines.next()).value));
  const databaseMs = (await backendMs()) - before;
  for (const { child } of children) child.stdin.write('end\n');
  const searches = results.reduce((sum, result) => sum + result.searches, 0);
  const serverMs = results.reduce((sum, result) => sum + result.processorMs, 0);
  return {
    index,
    servers,
    faces: Number(faces),
    searchesPerSecond: Math.round(searches / Number(seconds)),
    serverMsPerSearch: Number((serverMs / searches).toFixed(3)),
    databaseMsPerSearch: Number((databaseMs / searches).toFixed(3)),
    shareInDatabase: Number((databaseMs / (databaseMs + serverMs)).toFixed(3)),
    // Servers with as many cores as the database, all busy, at which it is the bottleneck.
    serversPerDatabase: Number((serverMs / databaseMs).toFixed(2)),
    load: loadavg().map(Math.round),
  };
}

/** Processor time of the database's processes that serve us; a connection that ends meanwhile is lost. */
async function backendMs() {
  const rows = await query(
    values.server,
    `SELECT pid FROM pg_stat_activity WHERE datname = '${DATABASE}' AND backend_type IN ('client backend', 'parallel worker')`,
  );
  let ticks = 0;
  for (const { pid } of rows) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}

async function query(connectionString, sql) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function tell(row) {
  console.log(JSON.stringify(row));
}
