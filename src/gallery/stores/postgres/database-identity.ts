import type { SqlSession } from './sql-session.ts';

/**
 * Which database it is, of all that a machine may know: two that begin as copies of each other differ in their server's
 * address or port.
 */
export async function databaseIdentity(session: SqlSession): Promise<string> {
  const [row] = await session.query(
    `SELECT concat_ws(' ', (SELECT system_identifier FROM pg_control_system()), oid, coalesce(inet_server_addr()::text, 'local'),
       current_setting('port')) AS identity FROM pg_database WHERE datname = current_database()`,
  );
  return String(row!['identity']);
}
