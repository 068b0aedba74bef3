import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AllowInternal } from '../../node/network/allow-internal.ts';
import { checkedLookup, refusedHost } from '../../node/network/checked-lookup.ts';
import { isInternalAddress } from '../../node/network/internal-address.ts';

const HOP_HEADERS = new Set(['proxy-authorization', 'proxy-connection', 'connection', 'keep-alive']);

/**
 * Stands between ffmpeg and the network, so that what a stream's server answers cannot send it elsewhere: playlists and
 * redirects may name other hosts, but none of this machine or of its private networks, unless the stream itself comes
 * from that very address.
 *
 * @remarks An HTTP proxy on a free port of this machine, with a password of its own that only the child process is
 * told, in its environment. Names are resolved once, and the connection goes to the address that was checked.
 */
export class StreamGuard implements AsyncDisposable {
  readonly #server: Server;
  readonly #password = randomBytes(16).toString('hex');
  readonly #allow: AllowInternal;
  readonly #open = new Set<Duplex>();
  #refused: string | null = null;

  /** Starts a guard for one run. @param address - the stream's, http or https */
  static async create(address: string): Promise<StreamGuard> {
    const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
    // By address and not by name: a name can stand for another address a moment later.
    const found = await lookup(host, { all: true }).catch(() => []);
    const own = found.map((one) => one.address).filter(isInternalAddress);
    const guard = new StreamGuard(own.length > 0 ? own : false);
    guard.#server.listen(0, '127.0.0.1');
    await once(guard.#server, 'listening');
    return guard;
  }

  private constructor(allow: AllowInternal) {
    this.#allow = allow;
    this.#server = createServer((incoming, response) => this.#forward(incoming, response));
    this.#server.on('connect', (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#tunnel(incoming, socket, head),
    );
    this.#server.on('connection', (socket) => this.#hold(socket));
  }

  /** Variables for ffmpeg; its HTTP and TLS go by them, in playlists too. */
  get env(): Readonly<Record<string, string>> {
    const { port } = this.#server.address() as AddressInfo;
    return { http_proxy: `http://guard:${this.#password}@127.0.0.1:${port}`, no_proxy: '' };
  }

  /** What was refused last, for the reason of a failure; null: nothing. */
  get refused(): string | null {
    return this.#refused;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const url = URL.canParse(incoming.url ?? '') ? new URL(incoming.url!) : null;
    const status = this.#judge(incoming, url?.protocol === 'http:' ? url : null);
    if (status !== null) {
      const ask = status === 407 ? { 'proxy-authenticate': 'Basic realm="face-trigger"' } : {};
      response.writeHead(status, ask).end();
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !HOP_HEADERS.has(name)),
    );
    const onward = request(url!, {
      method: incoming.method,
      headers,
      agent: false,
      lookup: checkedLookup(this.#allow),
    });
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', (error) => {
      this.#note(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    response.once('close', () => onward.destroy());
    incoming.on('error', () => undefined);
    incoming.pipe(onward);
  }

  #tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const url = URL.canParse(`https://${incoming.url}`) ? new URL(`https://${incoming.url}`) : null;
    const status = this.#judge(incoming, url);
    if (status !== null) {
      const ask = status === 407 ? 'Proxy-Authenticate: Basic realm="face-trigger"\r\n' : '';
      socket.end(`HTTP/1.1 ${status} Refused\r\n${ask}Content-Length: 0\r\n\r\n`);
      return;
    }
    const host = url!.hostname.replace(/^\[|\]$/g, '');
    const onward = connect({ host, port: Number(url!.port || 443), lookup: checkedLookup(this.#allow) });
    this.#hold(onward);
    onward.once('connect', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.once('error', (error) => {
      this.#note(error);
      socket.destroy();
    });
    socket.once('close', () => onward.destroy());
    onward.once('close', () => socket.destroy());
  }

  // Null: it may go on.
  #judge({ headers }: IncomingMessage, url: URL | null): number | null {
    const expected = `Basic ${Buffer.from(`guard:${this.#password}`).toString('base64')}`;
    if (headers['proxy-authorization'] !== expected) return 407;
    if (url === null) return 400;
    const refused = refusedHost(url, this.#allow);
    if (refused === null) return null;
    this.#refused = refused;
    return 403;
  }

  #note(error: Error): void {
    this.#refused = error.message;
  }

  #hold(socket: Duplex): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}
