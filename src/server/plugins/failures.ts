import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { FaceTriggerError } from '../../core/errors.ts';
import { COMPREFACE_ERRORS, toCompreFaceAnswer } from '../compreface/compreface-error.ts';
import { isCompreFace } from '../compreface/compreface-routes.ts';
import { failureAnswer, toLogged } from '../failure-answer.ts';

/** Answers what fails and what is not there, to CompreFace's clients in CompreFace's form. */
export const failures = plugin(async (server) => {
  server.setErrorHandler(answerFailure);
  server.setNotFoundHandler(answerNotFound);
  // Here, and not in its own handler, which Fastify reads the body for first.
  server.addHook('onRequest', async (request, reply) =>
    request.is404 ? answerNotFound(request, reply) : undefined,
  );
});

function answerFailure(
  error: FastifyError | FaceTriggerError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const failure = failureAnswer(error);
  const { code, status, message, details } = failure;
  if (status >= 500) request.log.error({ err: toLogged(error) }, 'request failed');
  // The limit of requests says itself when its minute is over.
  if (status === 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
  if (isCompreFace(request.url)) {
    const answer = toCompreFaceAnswer(error, failure);
    return reply.code(answer.status).send(answer.body);
  }
  return reply.code(status).send({ error: { code, message, ...(details && { details }) } });
}

function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = 'There is no such route';
  const body = isCompreFace(request.url)
    ? { message, code: COMPREFACE_ERRORS.UNDEFINED.code }
    : { error: { code: 'ERR_NOT_FOUND', message } };
  return reply.code(404).send(body);
}
