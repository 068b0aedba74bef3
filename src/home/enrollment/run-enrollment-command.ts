import { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import type { DoorEnrollment } from './door-enrollment.ts';
import type { EnrollmentProgress } from './enrollment-progress.ts';

/** Longest message that is read, in characters. */
const MAX_MESSAGE = 10_000;
const TEXT = z.string().max(1000);
const COMMAND = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('start'), camera: TEXT, name: TEXT }),
  z.strictObject({ action: z.literal('cancel'), camera: TEXT }),
]);

/**
 * Does what a message asks for, such as one that came by MQTT:
 * `{"action": "start", "camera": "door", "name": "Ada"}` or `{"action": "cancel", "camera": "door"}`.
 *
 * @returns the enrollment that it began or ended
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a message that is no such command, `ERR_NOT_FOUND` where there is
 * nothing to cancel, and what {@link DoorEnrollment.start} throws
 */
export function runEnrollmentCommand(
  enrollment: Pick<DoorEnrollment, 'start' | 'cancel' | 'list'>,
  message: string,
): EnrollmentProgress {
  const command = readCommand(message);
  if (command.action === 'start') return enrollment.start(command.camera, command.name);
  const open = enrollment.list().find(({ camera, state }) => camera === command.camera && state === 'going');
  if (open) return enrollment.cancel(open.id);
  throw new FaceTriggerError('ERR_NOT_FOUND', 'Nobody is being enrolled before this camera');
}

function readCommand(message: string): z.output<typeof COMMAND> {
  let value: unknown;
  try {
    value = message.length <= MAX_MESSAGE ? JSON.parse(message) : undefined;
  } catch {
    value = undefined;
  }
  const read = COMMAND.safeParse(value);
  if (read.success) return read.data;
  // What came is not repeated: it may hold a name.
  const expected =
    '{"action": "start", "camera": CAMERA, "name": NAME} or {"action": "cancel", "camera": CAMERA}';
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', `Expected ${expected} as an enrollment's command`);
}
