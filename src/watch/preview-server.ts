import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { FaceTriggerError } from '../core/errors.ts';
import { annotateImage } from '../node/image/annotate.ts';
import { encodeImage } from '../node/image/encode-image.ts';
import { frameMarks } from './frame-marks.ts';
import { PREVIEW_FILES } from './preview-page.ts';
import type { WatchStats } from './stage-clock.ts';
import type { FrameObserver, FrameView } from './watch-engine.ts';
import type { WatchEvent } from './watch-event.ts';

/** Options of {@link PreviewServer.create}. */
export interface PreviewServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Address to listen at. @defaultValue '127.0.0.1' */
  readonly host?: string | undefined;
  /** Names besides localhost and plain addresses by which browsers may call the page. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Pictures a second that are sent at most. @defaultValue 10 */
  readonly maxFps?: number | undefined;
  /** Shown as the page's title line. */
  readonly source: string;
}

const BOUNDARY = 'face-trigger-frame';
const EVENTS_SHOWN = 50;
const MAX_VIEWERS = 16;

// A viewer with so many bytes not yet taken gets no new picture.
const MAX_BACKLOG = 2_000_000;

/**
 * A local page with the live picture, the last events and the figures.
 *
 * @remarks Whoever can reach the address can look: it listens on this machine only unless told otherwise. A page of
 * another site cannot read it through a name that points here, as such names are refused. Pictures are made only
 * while somebody looks, and never hold up the watch.
 */
export class PreviewServer implements FrameObserver {
  readonly #options: PreviewServerOptions;
  readonly #server: Server;
  readonly #viewers = new Set<ServerResponse>();
  #events: WatchEvent[] = [];
  #stats: WatchStats | null = null;
  #busy = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Starts listening. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` if the address cannot be used */
  static async create(options: PreviewServerOptions): Promise<PreviewServer> {
    const preview = new PreviewServer(options);
    preview.#server.listen(options.port, options.host ?? '127.0.0.1');
    try {
      await once(preview.#server, 'listening');
    } catch (cause) {
      const message = `The preview cannot listen: ${(cause as Error).message}`;
      throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message, { cause });
    }
    return preview;
  }

  private constructor(options: PreviewServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Where the page is. */
  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`;
  }

  /** Adds an event to the list. */
  event(event: WatchEvent): void {
    this.#events = [event, ...this.#events].slice(0, EVENTS_SHOWN);
  }

  observe(view: FrameView): void {
    this.#stats = view.stats;
    const now = performance.now();
    if (this.#viewers.size === 0 || this.#busy || now - this.#lastMs < 1000 / (this.#options.maxFps ?? 10))
      return;
    this.#lastMs = now;
    this.#busy = true;
    // The frame's memory is used again as soon as this returns, so the picture is made from a copy.
    const image = { ...view.image, data: view.image.data.slice() };
    void this.#send({ ...view, image }).finally(() => {
      this.#busy = false;
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #send(view: FrameView): Promise<void> {
    const picture = await annotateImage(view.image, frameMarks(view));
    const jpeg = await encodeImage(picture, { format: 'jpeg', quality: 75 });
    const head = `--${BOUNDARY}\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`;
    for (const viewer of this.#viewers) {
      if (viewer.writableLength > MAX_BACKLOG) continue;
      viewer.write(head);
      viewer.write(jpeg);
      viewer.write('\r\n');
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    response.setHeader(
      'content-security-policy',
      "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    if (!isAllowedHost(request.headers.host, this.#options.allowedHosts ?? [])) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('This host name is not allowed.\n');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain' }).end('Only GET.\n');
      return;
    }
    const path = (request.url ?? '/').split('?')[0]!;
    const file = Object.hasOwn(PREVIEW_FILES, path) ? PREVIEW_FILES[path] : undefined;
    if (file) response.writeHead(200, { 'content-type': file.type }).end(file.body);
    else if (path === '/state.json') this.#state(response);
    else if (path === '/stream.mjpg' && request.method === 'GET') this.#stream(response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.\n');
  }

  #state(response: ServerResponse): void {
    const stats: WatchStats = this.#stats ?? {
      frames: 0,
      dropped: 0,
      fps: 0,
      detections: 0,
      embeddings: 0,
      stageMs: {},
    };
    const state = { source: this.#options.source, stats, events: this.#events };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state));
  }

  #stream(response: ServerResponse): void {
    if (this.#viewers.size >= MAX_VIEWERS) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('Too many are watching.\n');
      return;
    }
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    // Without this the answer would begin with the first picture, and a browser would wait for it.
    response.flushHeaders();
    response.on('error', () => undefined);
    response.once('close', () => this.#viewers.delete(response));
    this.#viewers.add(response);
  }
}

// Addresses are safe: a hostile site can only reach this page through a name that it controls.
function isAllowedHost(header: string | undefined, allowed: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(:\d+)?$/i.exec(header ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || allowed.includes(name);
}
