import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import plugin from 'fastify-plugin';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { mendJsonSchema } from '../schemas/to-json-schema.ts';
import { describeOperations } from './describe-operations.ts';

/**
 * What the viewer needs beyond the policy of all other pages: the styles that it writes into its elements and the
 * icons that it carries as data. Nothing from elsewhere, no inline script.
 */
const VIEWER_POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/**
 * Makes the OpenAPI document out of the routes that are added after this, at `/openapi.json`, and shows it at `/docs`
 * with a form to try each route.
 *
 * @param options.apiPrefix - of the routes, such as "/api/v1"
 */
export const apiDocs = plugin<{ readonly apiPrefix: string; readonly version: string }>(
  async (server, { apiPrefix, version }) => {
    const uploads = new Map<string, object>();
    server.addHook('onRoute', ({ url, method, config }) => {
      const { upload } = config ?? {};
      if (upload) uploads.set(`${String(method).toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`, upload);
    });
    await server.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'face-trigger',
          version,
          description:
            'Keys go into the header x-api-key, or Authorization: Bearer. The routes of CompreFace (/api/v1/recognition, /verification, /detection) are there too, as CompreFace documents them.',
        },
        components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } } },
        security: [{ key: [] }],
      },
      transform: createJsonSchemaTransform({ zodToJsonConfig: { override: mendJsonSchema } }),
      transformObject: (document) => {
        if ('openapiObject' in document) {
          return describeOperations(document.openapiObject, { prefix: apiPrefix, uploads });
        }
        return document.swaggerObject;
      },
    });
    server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
    await server.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: VIEWER_POLICY,
      theme: { title: `face-trigger ${version}` },
      uiConfig: {
        // Without the bar for the addresses of other documents.
        layout: 'BaseLayout',
        displayOperationId: true,
        displayRequestDuration: true,
        docExpansion: 'list',
        // No check of the document by a service elsewhere, and no key that outlives the tab.
        validatorUrl: null,
        persistAuthorization: false,
      },
    });
  },
);
