// A host, as it can stand between the user's part and the path: a name, an IPv4 or a bracketed IPv6 address, a port.
const HOST = /^(\[[\da-f:.]+(%[\w.~-]+)?\]|[\p{L}\p{N}._%-]+)(:\d{0,5})?$/iu;

// A key with its value, as queries have them, and some cameras their paths: "user=admin&password=x".
const PAIR = /[\w.-]=/;

// What follows these in a path is a secret: "/api/webhook/x", "/token/x", "/admin/password/ch1".
const SECRET_FOLLOWS =
  /^(web)?hooks?$|^services$|^(user(name)?|usr|login|pass(word|wd|phrase)?|pwd?|token|auth|secret|(api|stream)?[_-]?key|session|admin|root)s?$/i;

/**
 * What may be shown of an address: the scheme, the host and the part of the path that cannot be a secret.
 *
 * @param address - the whole text is taken for the address, whatever is in it
 * @returns `***` stands for the user and password, the query with the fragment, and parts of the path that look like
 * keys. Where the host cannot be told from a password that holds `/`, `?` or `#`, only the scheme is left
 */
export function redactAddress(address: string): string {
  const [, scheme, rest] = /^\s*([a-z][a-z\d+.-]*:[/\\]*)(.*)$/is.exec(address) ?? [];
  if (scheme === undefined || rest === undefined) return '***';
  // A path of this machine, not an address.
  if (/^file:(\/|\/{3,})$/i.test(scheme)) return address;
  const authority = /^[^/\\?#]*/.exec(rest)![0];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const wellFormed = HOST.test(host);
  const last = rest.lastIndexOf('@');
  if (wellFormed && last < authority.length) {
    const user = last < 0 ? '' : '***@';
    return `${scheme}${user}${host}${redactPath(rest.slice(authority.length))}`;
  }
  // The last @ ends the password if nothing before it can be a path or a query: a value with an @ may be a secret too.
  const before = rest.slice(0, Math.max(0, last));
  const [, after = '', path = ''] = /^([^/\\?#]*)(.*)$/s.exec(rest.slice(last + 1))!;
  const inFragment = /^[^/\\?]*#/.test(before);
  const certain = last >= 0 && (!wellFormed || inFragment) && !PAIR.test(before) && HOST.test(after);
  return certain ? `${scheme}***@${after}${redactPath(path)}` : `${scheme}***`;
}

function redactPath(rest: string): string {
  const end = rest.search(/[?#]/);
  const path = end < 0 ? rest : rest.slice(0, end);
  let shown = '';
  for (const segment of path.split(/(?<=[/\\])/)) {
    const name = decoded(segment.replace(/[/\\]$/, ''));
    // What follows may belong to the secret, as that may hold a slash.
    if (/[=;,&@"'\s]/.test(name) || isToken(name)) return `${shown}***`;
    shown += segment;
    if (name !== segment && SECRET_FOLLOWS.test(name)) return `${shown}***`;
  }
  return end < 0 ? shown : `${shown}?***`;
}

// Stream keys and the like: a long run of letters and digits, numbers of a kind (UUID, "abcd-efgh-ijkl-mnop"), and
// "bot12345:key". Ordinary names such as "h264Preview_01_main" have shorter runs.
function isToken(name: string): boolean {
  if (name.includes(':')) return true;
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name) || /^([a-z\d]{4}-){3,}[a-z\d]{4}$/i.test(name))
    return true;
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .some((run) => run.length >= 20 || (run.length >= 12 && /\d/.test(run)));
}

/** Percent signs turned back into what they stand for; a text that is none stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
