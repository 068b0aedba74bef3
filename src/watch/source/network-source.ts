import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { addressHint } from './address-hint.ts';
import type { FfmpegInput } from './ffmpeg-stream.ts';
import type { FrameSource } from './frame-source.ts';
import { createHttpSource, type HttpSourceOptions } from './http-source.ts';
import { createLiveSource } from './live-source.ts';
import { redact } from './redact.ts';

// What each kind of address may open, itself and through a playlist: never `file`, or a hostile playlist could
// read this machine's files.
const PROTOCOLS: Readonly<Record<string, string>> = {
  'rtsp:': 'rtsp,rtp,udp,tcp,srtp,crypto',
  'rtsps:': 'rtsp,rtp,udp,tcp,srtp,crypto,tls',
  'rtmp:': 'rtmp,tcp',
  'http:': 'http,https,tcp,tls,crypto,httpproxy,data',
  'https:': 'http,https,tcp,tls,crypto,httpproxy,data',
  'udp:': 'udp,rtp',
  'tcp:': 'tcp',
};

// Longer ones are no addresses, and ffmpeg's own limits begin here.
const MAX_ADDRESS = 4000;

/** Whether a text is an address that {@link createNetworkSource} opens. */
export function isNetworkAddress(text: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * A stream at an address: RTSP, RTMP, HLS, MJPEG or any other video over HTTP, MPEG-TS over UDP or TCP; or a single
 * picture over HTTP, which is asked for about once a second.
 *
 * @param address - may hold a user name and password
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for an address that is not understood
 */
export function createNetworkSource(address: string, options: HttpSourceOptions = {}): FrameSource {
  const input = networkInput(address);
  return /^https?:/.test(input.name) ? createHttpSource(input, options) : createLiveSource(input, options);
}

/**
 * How ffmpeg is told of an address.
 *
 * @returns `name` is the address with its scheme in small letters, as ffmpeg wants it
 * @remarks The address goes to ffmpeg's standard input, as a list with one entry, and not into its arguments: those
 * can be read by every user of the machine, and an address often holds a password.
 */
export function networkInput(text: string): FfmpegInput {
  const given = text.trim();
  if (given.length > MAX_ADDRESS) throw refused(`an address of at most ${MAX_ADDRESS} characters`, given);
  // ffmpeg reads lines, and takes the rest of a line for another thing.
  if (/\p{Cc}/u.test(given)) throw refused('an address of one line', given);
  if (!URL.canParse(given)) throw refused('an address such as rtsp://camera/stream', given);
  const url = new URL(given);
  const whitelist = Object.hasOwn(PROTOCOLS, url.protocol) ? PROTOCOLS[url.protocol] : undefined;
  if (whitelist === undefined) {
    const known = Object.keys(PROTOCOLS).join(' ');
    throw refused(`an address that starts with one of ${known}`, given);
  }
  const address = url.protocol + given.slice(url.protocol.length);
  return {
    name: address,
    args: [
      // Not with "nobuffer": it throws away what ffmpeg read to learn the format, and with that the first key frame;
      // the next may come after ten seconds. What is read ahead is decoded at once, and a live source drops it.
      '-f',
      'concat',
      '-safe',
      '0',
      '-protocol_whitelist',
      `pipe,${whitelist}`,
      '-i',
      'pipe:0',
    ],
    stdin: `ffconcat version 1.0\nfile '${overTcp(address, url).replaceAll("'", "'\\''")}'\n`,
  };
}

function refused(expected: string, address: string): FaceTriggerError {
  const hint = addressHint(address);
  const { message } = invalidArgument(expected, 'source', redact(address, [address]));
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', hint === null ? message : `${message}. ${hint}`);
}

// ffmpeg takes "tcp" in an RTSP address for the wish to carry the video over the same connection; UDP loses packets.
function overTcp(address: string, url: URL): string {
  if (url.protocol !== 'rtsp:') return address;
  if (/[?&](tcp|udp|multicast)\b/.test(address)) return address;
  return `${address}${address.includes('?') ? '&' : '?'}tcp`;
}
