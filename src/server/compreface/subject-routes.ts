import type { FastifyInstance } from 'fastify';
import { CompreFaceError } from './compreface-error.ts';
import { createSubject, deleteSubject, everyone, ROUTES, subjectNamed } from './compreface-work.ts';

interface SubjectRequest {
  Params: { readonly subject: string };
  Body: { readonly subject?: unknown } | null | undefined;
}

/** Adds the routes that list, add, rename, merge and delete subjects: CompreFace's word for people. */
export function addSubjectRoutes(server: FastifyInstance): void {
  server.get('/recognition/subjects', ROUTES.read, async ({ here }) => {
    const people = await everyone(here);
    return { subjects: people.map(({ name }) => name) };
  });

  server.post<SubjectRequest>('/recognition/subjects', ROUTES.admin, async ({ body, here }, reply) => {
    const { name } = await createSubject(here, subjectIn(body));
    return reply.code(201).send({ subject: name });
  });

  server.put<SubjectRequest>(
    '/recognition/subjects/:subject',
    ROUTES.admin,
    async ({ params, body, here }) => {
      const { gallery, events } = here;
      const name = subjectIn(body);
      const person = await subjectNamed(here, params.subject);
      const other = await gallery.findPerson(name);
      const stays =
        other && other.id !== person.id
          ? (await gallery.mergePerson(person.id, other.id)).person
          : await gallery.renamePerson(person.id, name);
      await events.publish('person.changed', { personId: stays.id, name: stays.name });
      return { updated: true };
    },
  );

  server.delete<SubjectRequest>('/recognition/subjects/:subject', ROUTES.admin, async ({ params, here }) => {
    const { id, name } = await subjectNamed(here, params.subject);
    await deleteSubject(here, id);
    return { subject: name };
  });

  server.delete('/recognition/subjects', ROUTES.admin, async ({ here }) => {
    const people = await everyone(here);
    for (const { id } of people) await deleteSubject(here, id);
    return { deleted: people.length };
  });
}

function subjectIn(body: SubjectRequest['Body']): string {
  const subject = body?.subject;
  if (subject === undefined || subject === null) {
    throw new CompreFaceError('EMPTY_REQUIRED_FIELD', 'Field subject cannot be empty');
  }
  if (typeof subject === 'string' && subject.trim() !== '') return subject;
  throw new CompreFaceError('VALIDATION_CONSTRAINT_VIOLATION', 'Expected a name in "subject"');
}
