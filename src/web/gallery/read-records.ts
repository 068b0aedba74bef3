import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';

/** Where the records of an exported gallery are. */
export type RecordSource = string | URL | Iterable<unknown> | AsyncIterable<unknown>;

/**
 * The records of an exported gallery: those given, or the JSON lines behind an address.
 *
 * @param options.key - key of a server's API, sent to that address alone
 * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_UNAUTHENTICATED`, `ERR_FORBIDDEN` or `ERR_UNAVAILABLE` by what the
 * server answers, `ERR_FILE_FORMAT` for a line that is no JSON
 */
export async function* readRecords(
  source: RecordSource,
  { key }: { readonly key?: string | undefined } = {},
): AsyncGenerator<unknown> {
  if (typeof source === 'string' || source instanceof URL) {
    const answer = await fetched(new URL(source, globalThis.document?.baseURI ?? location.href), key);
    for await (const line of linesOf(answer.body!)) yield parsed(line);
    return;
  }
  if (typeof source !== 'object' || source === null) {
    throw invalidArgument('an address or records of an exported gallery', 'options.from', source);
  }
  yield* source;
}

async function fetched(url: URL, key: string | undefined): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { headers: key === undefined ? {} : { 'x-api-key': key }, cache: 'no-store' });
  } catch (cause) {
    const message = `Could not fetch ${url.href}: ${isError(cause) ? cause.message : String(cause)}`;
    throw new FaceTriggerError('ERR_UNAVAILABLE', message, { cause });
  }
  if (answer.ok) return answer;
  const code = CODES[answer.status] ?? 'ERR_UNAVAILABLE';
  throw new FaceTriggerError(code, `Could not fetch ${url.href}: the server answered ${answer.status}`);
}

const CODES: Readonly<Record<number, 'ERR_FORBIDDEN' | 'ERR_NOT_FOUND' | 'ERR_UNAUTHENTICATED'>> = {
  401: 'ERR_UNAUTHENTICATED',
  403: 'ERR_FORBIDDEN',
  404: 'ERR_NOT_FOUND',
};

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let step = await reader.read(); ; step = await reader.read()) {
      rest += step.done ? decoder.decode() : decoder.decode(step.value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop()!;
      yield* lines.filter((line) => line.trim() !== '');
      if (step.done) break;
    }
    if (rest.trim() !== '') yield rest;
  } finally {
    await reader.cancel();
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', 'Not a record of an exported gallery: a line is not JSON', {
      cause,
    });
  }
}
