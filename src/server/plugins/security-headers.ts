import type { IncomingMessage, ServerResponse } from 'node:http';
import plugin from 'fastify-plugin';
import helmet, { type HelmetOptions } from 'helmet';

/** Nothing from elsewhere, no inline script or style, no framing. */
const POLICY = {
  'default-src': ["'none'"],
  // WebAssembly and nothing else: what the page computes by itself.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'blob:'],
  'media-src': ["'self'", 'blob:'],
  'connect-src': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'require-trusted-types-for': ["'script'"],
};

const OPTIONS: HelmetOptions = {
  contentSecurityPolicy: { useDefaults: false, directives: POLICY },
  xFrameOptions: { action: 'deny' },
  // The server speaks plain HTTP; whoever puts it behind TLS decides this there.
  strictTransportSecurity: false,
  // For browsers and plug-ins that are no more.
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  xDnsPrefetchControl: false,
  originAgentCluster: false,
};

/** Adds the headers that keep browsers safe: helmet's, and two that it does not know. */
export const securityHeaders = plugin(async (server) => {
  const headers = {
    ...helmetHeaders(OPTIONS),
    'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
    'cache-control': 'no-store',
  };
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
});

/**
 * The headers that helmet would add to every answer.
 *
 * @remarks They are the same for all, and asked for once: `@fastify/helmet` makes them anew for each request, which
 * costs a quarter of a small one (docs/decisions/).
 */
function helmetHeaders(options: HelmetOptions): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const response: Pick<ServerResponse, 'setHeader' | 'removeHeader'> = {
    setHeader(name, value) {
      headers[name.toLowerCase()] = String(value);
      return response as ServerResponse;
    },
    removeHeader: () => undefined,
  };
  helmet(options)({} as IncomingMessage, response as ServerResponse, (error) => {
    if (error) throw error;
  });
  return headers;
}
