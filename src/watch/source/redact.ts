import { decoded, redactAddress } from './redact-address.ts';

// Shorter ones would blacken half of every message; they are hidden where they stand in an address.
const MIN_SECRET = 4;

const SCHEME = /(?<![\w+.-])[a-z][a-z\d+.-]+:[/\\]+/gi;

// A login without a scheme before it, as in a mistyped address: "admin:password@camera".
const LOGIN = /(?<![\w.+-])[^\s:/@'"`<>=]{1,200}:[^\s@/'"`<>]{1,200}@(?=[\w[])/g;

const HEADERS =
  /\b((?:proxy-)?authori[sz]ation|(?:set-)?cookie|x-[\w-]*(?:key|token|auth|secret)[\w-]*)("?\s*[:=]\s*)[^\r\n]+/gi;
const CREDENTIALS = /\b(basic|bearer|digest)\s+(?!auth)[\w+/=.~-]{8,}[^\r\n]*/gi;
const PAIRS =
  /\b([\w-]*(?:passw(?:or)?d|passphrase|pwd|token|secret|api[_-]?key|signature)[\w-]*|pass|auth|key|sig|user(?:name)?|usr|login(?:use|pas))("?\s*=\s*|"\s*:\s*)("[^"\r\n]*"|[^\s"]+)/gi;

/**
 * Hides what addresses and headers keep secret. Everything that leaves the program and may hold an address goes through
 * here: messages, events, names, logs, the process's title.
 *
 * @param text - what may hold addresses, such as what ffmpeg prints
 * @param known - addresses and secrets that the caller holds: they and their parts are found in any spelling, where an
 * address that is not known ends at a blank or a quote
 * @returns the text with `***` in those places: see {@link redactAddress}; a text without addresses stays as it is
 */
export function redact(text: string, known: readonly string[] = []): string {
  let hidden = text;
  const addresses = known.filter((one) => /^\s*[a-z][a-z\d+.-]*:[/\\]/i.test(one));
  for (const address of addresses) {
    for (const spelling of longestFirst(spellings(address))) {
      hidden = hidden.replaceAll(spelling, () => redactAddress(address));
    }
  }
  const shown = addresses.map(redactAddress).join('\n');
  const secrets = [...addresses.flatMap(secretsOf), ...known.filter((one) => !addresses.includes(one))];
  for (const secret of longestFirst(secrets.flatMap(spellings))) {
    // What the shown address holds anyway, such as a host of the same name, cannot be hidden elsewhere.
    if (secret.length >= MIN_SECRET && !shown.includes(secret)) hidden = hidden.replaceAll(secret, '***');
  }
  return hidden
    .split(/(\r?\n)/)
    .map(redactLine)
    .join('');
}

function redactLine(line: string): string {
  const starts = [...line.matchAll(SCHEME)].map((match) => match.index);
  let shown = line.slice(0, starts[0] ?? line.length);
  for (const [i, start] of starts.entries()) {
    const part = line.slice(start, starts[i + 1] ?? line.length);
    const length = lengthOfAddress(part, line[start - 1]);
    shown += redactAddress(part.slice(0, length)) + part.slice(length);
  }
  return shown
    .replace(LOGIN, '***@')
    .replace(HEADERS, '$1$2***')
    .replace(CREDENTIALS, '$1 ***')
    .replace(PAIRS, '$1$2***');
}

// In quotes an address goes on to the last of them, else to a blank; but a password can hold both, so it never ends
// before the last @ (ffmpeg's own "[rtsp @ 0x55]" aside).
function lengthOfAddress(part: string, before: string | undefined): number {
  const last = Math.max(0, ...[...part.matchAll(/@(?! 0x)/g)].map((match) => match.index));
  const quote = before !== undefined && `'"\`<`.includes(before) ? (before === '<' ? '>' : before) : null;
  const quoted = quote === null ? -1 : part.lastIndexOf(quote);
  if (quoted > last) return quoted;
  const end = last + part.slice(last).search(/[\s'"`<>]|$/);
  return part.slice(0, end).replace(/[.,:;)\]]+$/, '').length;
}

function secretsOf(address: string): string[] {
  const [, rest = ''] = /^\s*[a-z][a-z\d+.-]*:[/\\]*(.*)$/is.exec(address) ?? [];
  const user = rest.slice(0, Math.max(0, rest.lastIndexOf('@')));
  const colon = user.indexOf(':');
  const login = colon < 0 ? [user] : [user, user.slice(0, colon), user.slice(colon + 1)];
  // As an Authorization header has them.
  const basic = [user, decoded(user)].map((one) => Buffer.from(one).toString('base64'));
  const start = rest.search(/[?#=]/);
  const query = start < 0 ? '' : rest.slice(start + 1);
  // Paths have pairs too, and join them with other signs, which a value may hold itself.
  const pairs = [...query.split(/[&;]/), ...query.split(/[&;_,/?]/)];
  const values = pairs.map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [...login, ...basic, query, ...values.filter((value) => /[^\d]/.test(value) || value.length > 4)];
}

// As typed, with percent signs resolved, with them put in, and as JSON writes it.
function spellings(secret: string): string[] {
  const text = secret.toWellFormed();
  const typed = [text, decoded(text)];
  const all = [...typed, ...typed.map(encodeURI), ...typed.map(encodeURIComponent)];
  return [...all, ...all.map((one) => JSON.stringify(one).slice(1, -1))];
}

function longestFirst(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
}
