import { API_OPERATIONS } from './api-operations.ts';

/** The part of an OpenAPI document that is filled in here. */
export interface ApiDocument {
  readonly paths?: Record<string, Record<string, Operation>> | undefined;
}
interface Operation {
  operationId?: string | undefined;
  requestBody?: { content: Content } | undefined;
  readonly responses?: Record<string, { readonly content?: Content | undefined }> | undefined;
}
type Content = Record<string, { schema?: object | undefined; example?: unknown }>;

/**
 * Completes the document that the routes made: how pictures come, names of operations, and examples.
 *
 * @param uploads - the forms in which a route takes pictures, by "post /api/v1/detect"
 */
export function describeOperations<Document extends object>(
  document: Document,
  { prefix, uploads }: { readonly prefix: string; readonly uploads: ReadonlyMap<string, object> },
): Document {
  for (const [path, methods] of Object.entries((document as ApiDocument).paths ?? {})) {
    for (const [method, operation] of Object.entries(methods)) {
      const upload = uploads.get(`${method} ${path}`);
      if (upload) {
        const content = Object.fromEntries(
          Object.entries(upload).map(([type, schema]) => [type, { schema }]),
        );
        Object.assign(operation, { requestBody: { required: true, content } });
      }
      const known = API_OPERATIONS[`${method.toUpperCase()} ${path.slice(prefix.length)}`];
      if (!known) continue;
      operation.operationId = known.id;
      addExample(operation.requestBody?.content, known.body);
      const [success] = Object.keys(operation.responses ?? {}).filter((status) => status.startsWith('2'));
      if (success !== undefined) addExample(operation.responses?.[success]?.content, known.answer);
    }
  }
  return document;
}

function addExample(content: Content | undefined, example: unknown): void {
  const json = content?.['application/json'];
  if (json && example !== undefined) json.example = example;
}
