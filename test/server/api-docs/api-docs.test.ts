import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { API_OPERATIONS } from '../../../src/server/api-docs/api-operations.ts';
import { startServer, type TestServer } from '../start-server.ts';

interface Media {
  readonly schema?: object;
  readonly example?: unknown;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly schema?: { readonly type?: string } }[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}

let test: TestServer;
let operations: [string, Operation][];
beforeAll(async () => {
  test = await startServer();
  const { paths } = (await (await fetch(`${test.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path.slice('/api/v1'.length)}`,
      operation,
    ]),
  );
});

describe("the description of the server's API", () => {
  it('names every operation once, and none that is not there', () => {
    expect(operations.map(([route]) => route).sort()).toEqual(Object.keys(API_OPERATIONS).sort());
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(undefined);
  });

  it('says what each operation does and of which type each parameter is', () => {
    for (const [route, { summary, parameters = [] }] of operations) {
      expect(summary, route).toBeTruthy();
      for (const { name, schema } of parameters) expect(schema?.type, `${route} ${name}`).toBeTruthy();
    }
  });

  it('gives an example of every JSON body and of every answer with content, each true to its schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const check = (what: string, { schema, example }: Media): void => {
      expect(example, `${what} has no example`).toBeDefined();
      const validate = ajv.compile(schema ?? {});
      validate(example);
      expect(validate.errors, what).toBeNull();
    };
    for (const [route, { requestBody, responses }] of operations) {
      const body = requestBody?.content['application/json'];
      if (body) check(`${route}: the body`, body);
      const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
      const answer = success?.content?.['application/json'];
      if (answer) check(`${route}: the answer`, answer);
    }
  });
});
