import type { FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../../../core/errors.ts';
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
