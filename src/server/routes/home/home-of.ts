import type { FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../../../core/errors.ts';
import type { NamingDecision } from '../../../home/appearances/appearance-types.ts';
import type { ServedHome } from '../../../home/served-home.ts';

type Parts = Pick<ServedHome, 'appearances' | 'strangers' | 'presence' | 'enrollment'>;

/** The home that a request is for. @throws FaceTriggerError `ERR_NOT_FOUND` where the server watches no cameras for it */
export function homeOf({ here }: FastifyRequest): ServedHome {
  if (here.home !== null) return here.home;
  const message =
    'This server watches no cameras for this gallery: start it with face-trigger run CONFIG.yaml';
  throw new FaceTriggerError('ERR_NOT_FOUND', message);
}

/** A part of the home that a request is for. @throws FaceTriggerError `ERR_NOT_FOUND` where it has none */
export function partOf<Name extends keyof Parts>(
  request: FastifyRequest,
  name: Name,
): NonNullable<Parts[Name]> {
  const part = homeOf(request)[name];
  if (part !== null) return part;
  throw new FaceTriggerError('ERR_NOT_FOUND', `This home keeps no ${name}`);
}

/** Tells who listens to the server's events that somebody has new faces. @returns what was decided */
export async function tellNamed({ here }: FastifyRequest, named: NamingDecision): Promise<NamingDecision> {
  const { created, person } = named;
  await here.events.publish(created ? 'person.created' : 'person.changed', {
    personId: person.id,
    name: person.name,
  });
  return named;
}
