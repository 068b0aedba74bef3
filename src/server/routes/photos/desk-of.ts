import type { FastifyRequest } from 'fastify';
import { FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import { facesOfGroup } from '../../../photos/group/faces-of-group.ts';
import type { PhotoDesk } from '../../photos/photo-desk.ts';

/** Photos are more private than anything that a camera saw: only administrators look at them. */
export const ADMIN = { scope: 'admin' } as const;
export const TAGS = ['photos'];

/** The photos that a request is for. @throws FaceTriggerError `ERR_NOT_FOUND` where the gallery has none */
export function deskOf({ here }: FastifyRequest): PhotoDesk {
  if (here.photos !== null) return here.photos;
  throw new FaceTriggerError('ERR_NOT_FOUND', 'This server shows no photos for this gallery');
}

/** A person by id. @throws FaceTriggerError `ERR_NOT_FOUND` */
export async function personOf(
  { here }: FastifyRequest,
  id: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const person = await here.gallery.getPerson(id);
  if (person !== null) return { id, name: person.name };
  throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
}

/** The faces that a decision is about. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` unless there is one of the two */
export async function facesIn(
  desk: PhotoDesk,
  { group, faces }: { readonly group?: string | undefined; readonly faces?: readonly string[] | undefined },
): Promise<readonly string[]> {
  if (group !== undefined && faces === undefined) return facesOfGroup(desk.library.store, group);
  if (faces !== undefined && group === undefined) return faces;
  throw invalidArgument('group or faces, one of the two', 'body', { group, faces });
}
