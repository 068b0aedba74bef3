import cors from '@fastify/cors';
import plugin from 'fastify-plugin';

/** Lets the web pages of some other origins ask; for all others there is no word of it, as if it did not exist. */
export const crossOrigin = plugin<{ readonly allowedOrigins: readonly string[] }>(
  async (server, { allowedOrigins }) => {
    if (allowedOrigins.length === 0) return;
    server.addHook('onRequest', async (request, reply) => {
      if (isAllowed(request.headers.origin)) reply.header('cross-origin-resource-policy', 'cross-origin');
    });
    await server.register(cors, {
      origin: (origin, done) => done(null, isAllowed(origin) && origin),
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: ['content-type', 'x-api-key', 'x-gallery', 'authorization'],
      strictPreflight: false,
    });

    function isAllowed(origin: string | undefined): origin is string {
      return origin !== undefined && allowedOrigins.includes(origin);
    }
  },
);
