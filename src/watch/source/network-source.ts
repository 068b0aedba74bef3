import { FaceTriggerError, invalidArgument } from '../../errors.ts';
import type { FrameSource } from './frame-source.ts';
import { createLiveSource, type LiveInput, type LiveSourceOptions } from './live-source.ts';
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

/** Whether a text is an address that {@link createNetworkSource} opens. */
export function isNetworkAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * A stream at an address: RTSP, RTMP, HLS, MJPEG or any other video over HTTP, MPEG-TS over UDP or TCP.
 *
 * @param address - may hold a user name and password
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for an address that is not understood
 */
export function createNetworkSource(address: string, options: LiveSourceOptions = {}): FrameSource {
  return createLiveSource(networkInput(address), options);
}

/**
 * How ffmpeg is told of an address.
 *
 * @remarks The address goes to ffmpeg's standard input, as a list with one entry, and not into its arguments: those
 * can be read by every user of the machine, and an address often holds a password.
 */
export function networkInput(address: string): LiveInput {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw invalidArgument('an address such as rtsp://camera/stream', 'source', redact(address));
  }
  const whitelist = Object.hasOwn(PROTOCOLS, url.protocol) ? PROTOCOLS[url.protocol] : undefined;
  if (whitelist === undefined) {
    const known = Object.keys(PROTOCOLS).join(' ');
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      `Expected an address that starts with one of ${known} for source but received ${redact(address)}`,
    );
  }
  if (/[\r\n]/.test(address)) throw invalidArgument('an address of one line', 'source', redact(address));
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

// ffmpeg takes "tcp" in an RTSP address for the wish to carry the video over the same connection; UDP loses packets.
function overTcp(address: string, url: URL): string {
  if (url.protocol !== 'rtsp:') return address;
  if (/[?&](tcp|udp|multicast)\b/.test(address)) return address;
  return `${address}${address.includes('?') ? '&' : '?'}tcp`;
}
