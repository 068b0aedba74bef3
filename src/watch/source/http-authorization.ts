import { createHash, randomBytes } from 'node:crypto';

/** Who signs in. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const HASHES: Readonly<Record<string, string>> = { md5: 'md5', 'sha-256': 'sha256' };

/**
 * The `Authorization` header of a GET request that answers a server's challenge.
 *
 * @param challenge - the `WWW-Authenticate` header, which can hold several
 * @param request.path - path and query
 * @param request.count - 1, 2, 3 ...: requests with this challenge so far
 * @returns null for a challenge of another kind than Digest and Basic
 * @remarks Digest as in RFC 7616 (MD5, SHA-256, their `-sess` forms, `qop=auth` or none), which keeps the password off
 * the line, goes before Basic.
 */
export function authorize(
  challenge: string,
  credentials: Credentials,
  request: { readonly path: string; readonly count: number },
): string | null {
  for (const [, parameters = ''] of challenge.matchAll(/\bdigest\s+(.*?)(?=,\s*\w+\s+\w+=|$)/gi)) {
    const answer = digest(parametersOf(parameters), credentials, request);
    if (answer !== null) return answer;
  }
  if (!/\bbasic\b/i.test(challenge)) return null;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
}

function digest(
  given: ReadonlyMap<string, string>,
  { user, password }: Credentials,
  { path, count }: { readonly path: string; readonly count: number },
): string | null {
  const [realm, nonce] = [given.get('realm'), given.get('nonce')];
  const algorithm = given.get('algorithm') ?? 'MD5';
  const [, name = '', session] = /^(.*?)(-sess)?$/i.exec(algorithm) ?? [];
  const hash = HASHES[name.toLowerCase()];
  const qops = given
    .get('qop')
    ?.toLowerCase()
    .split(/[\s,]+/);
  if (realm === undefined || nonce === undefined || hash === undefined) return null;
  if (qops !== undefined && !qops.includes('auth')) return null;
  const hex = (text: string) => createHash(hash).update(text).digest('hex');
  const cnonce = randomBytes(16).toString('hex');
  const nc = count.toString(16).padStart(8, '0');
  const plain = hex(`${user}:${realm}:${password}`);
  const secret = session === undefined ? plain : hex(`${plain}:${nonce}:${cnonce}`);
  const what = hex(`GET:${path}`);
  const response = hex(
    qops ? `${secret}:${nonce}:${nc}:${cnonce}:auth:${what}` : `${secret}:${nonce}:${what}`,
  );
  const opaque = given.get('opaque');
  return [
    `Digest username="${quoted(user)}"`,
    `realm="${quoted(realm)}"`,
    `nonce="${quoted(nonce)}"`,
    `uri="${path}"`,
    ...(given.has('algorithm') ? [`algorithm=${algorithm}`] : []),
    `response="${response}"`,
    ...(qops
      ? ['qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`]
      : session === undefined
        ? []
        : [`cnonce="${cnonce}"`]),
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
  ].join(', ');
}

function parametersOf(text: string): Map<string, string> {
  const pairs = text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g);
  return new Map(
    [...pairs].map(([, key = '', inQuotes, bare = '']) => [
      key.toLowerCase(),
      inQuotes?.replace(/\\(.)/g, '$1') ?? bare,
    ]),
  );
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
