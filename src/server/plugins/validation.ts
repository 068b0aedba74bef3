import fastJson from 'fast-json-stringify';
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import plugin from 'fastify-plugin';
import { z } from 'zod';
import { requestError } from '../request-error.ts';
import { toJsonSchema } from '../schemas/to-json-schema.ts';

/**
 * Reads requests and writes answers by the zod schemas of their routes.
 *
 * @remarks Answers are written by the JSON Schemas that follow from them, as Fastify does, and not checked again: what
 * each costs is in docs/decisions/.
 */
export const validation = plugin(async (server) => {
  server.setValidatorCompiler(compileValidator);
  server.setSerializerCompiler(compileSerializer);
});

const compileValidator: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = 'request' }) => {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const fail = (issues: readonly z.core.$ZodIssue[]) => ({
    error: requestError(issues, { part: httpPart, known }),
  });
  return (value: unknown) => {
    // Bytes are an object too, with a property for each of them.
    if (ArrayBuffer.isView(value)) {
      return fail([{ code: 'custom', path: [], message: 'JSON', input: 'something else' }]);
    }
    const read = schema.safeParse(value, { reportInput: true });
    return read.success ? { value: read.data } : fail(read.error.issues);
  };
};

const compileSerializer: FastifySerializerCompiler<z.ZodType> = ({ schema }) =>
  fastJson(toJsonSchema(schema));
