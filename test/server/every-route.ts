import fastify from 'fastify';
import { addCompreFaceRoutes } from '../../src/server/compreface/compreface-routes.ts';

/** A route of the server, as a client has to ask for it. */
export interface Route {
  readonly method: string;
  /** With ids that nobody has in the place of parameters. */
  readonly path: string;
  /** Names of the pictures that it takes; empty for none. */
  readonly pictures: readonly string[];
  /** Whether a body is read at all. */
  readonly takesBody: boolean;
}

const ID = '00000000-0000-4000-8000-000000000000';

/**
 * Every route below /api/v1: those of the OpenAPI document, and CompreFace's, which are in none. A new route is here
 * without anybody's doing.
 */
export async function everyRoute(url: string): Promise<readonly Route[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>>;
  };
  const own = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => {
      const form = requestBody?.content['multipart/form-data']?.schema as { required?: string[] } | undefined;
      return toRoute(method, path, form?.required ?? []);
    }),
  );
  const theirs: Route[] = [];
  const recorder = fastify();
  recorder.addHook('onRoute', ({ method, url: path, config }) => {
    if (method === 'HEAD') return;
    const names = path.startsWith('/verification') ? ['source_image', 'target_image'] : ['file'];
    theirs.push(toRoute(String(method), `/api/v1${path}`, config?.upload ? names : []));
  });
  addCompreFaceRoutes(recorder, { pool: { embedder: { dimension: 128 } } } as never);
  await recorder.ready();
  return [...own, ...theirs];
}

function toRoute(method: string, path: string, pictures: readonly string[]): Route {
  const filled = path
    .replace('{id}', path.includes('/keys/') ? '000000000000' : ID)
    .replace(/:(\w+)|\{(\w+)\}/g, ID);
  const verb = method.toUpperCase();
  return { method: verb, path: filled, pictures, takesBody: verb !== 'GET' };
}
