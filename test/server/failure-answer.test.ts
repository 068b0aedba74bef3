import { describe, expect, it } from 'vitest';
import { ERROR_CODES, FaceTriggerError, type FaceTriggerErrorCode } from '../../src/core/errors.ts';
import { failureAnswer, withoutPaths } from '../../src/server/failure-answer.ts';

const PATHS = [
  '/var/lib/face-trigger/gallery.db',
  '/home/me/my-photos/a.jpg',
  '/tmp/x/',
  'C:\\Users\\me\\gallery.db',
  'D:/data/keys.json',
  '\\\\nas\\share\\keys.json',
  'file:///srv/gallery.db',
];

describe('an answer to a client', () => {
  it.each(PATHS)('never names %s', (path) => {
    for (const text of [
      `Could not read ${path}: gone`,
      `"${path}"`,
      `(${path})`,
      path,
      `Gallery ${path}: locked`,
    ]) {
      expect(withoutPaths(text)).not.toContain(path.replace(/\/$/, ''));
      expect(withoutPaths(text)).toContain('a file of the server');
    }
    for (const code of Object.keys(ERROR_CODES) as FaceTriggerErrorCode[]) {
      const { message } = failureAnswer(new FaceTriggerError(code, `Could not do it with ${path}`));
      expect(message, code).not.toContain(path);
    }
    expect(failureAnswer(new Error(`ENOENT: ${path}`)).message).not.toContain(path);
    const theirs = Object.assign(new Error(`bad ${path}`), { statusCode: 400 });
    expect(failureAnswer(theirs).message).not.toContain(path);
  });

  it("never tells the address of a database, whose user and host are nobody's business", () => {
    const at = 'Gallery door in postgres://app@db.internal:5432/faces';
    const away = new FaceTriggerError(
      'ERR_UNAVAILABLE',
      `${at}: connect ECONNREFUSED 10.1.2.3:5432; try again`,
    );
    expect(failureAnswer(away)).toMatchObject({
      status: 503,
      message: expect.not.stringMatching(/db\.|10\.|app/),
    });
    const taken = new FaceTriggerError('ERR_CONFLICT', `${at}: duplicate key; somebody has this name`);
    const { message } = failureAnswer(taken);
    expect(message).toBe('Gallery door in the database: duplicate key; somebody has this name');
  });

  it.each([
    'body/name must be string',
    'Expected a number of 0 .. 1 for x',
    'and/or',
    'see /api/v1/people',
    '1 / 2',
  ])('keeps "%s" as it is', (text) => {
    expect(withoutPaths(text)).toBe(text);
  });

  it.each(['ERR_FILE_FORMAT', 'ERR_FILE_NOT_FOUND', 'ERR_FILE_WRITE', 'ERR_MODEL_NOT_FOUND'] as const)(
    'does not call %s, a failure of the server, the fault of who asks',
    (code) => {
      expect(failureAnswer(new FaceTriggerError(code, 'x')).status).toBe(500);
    },
  );

  it('says that a disk is full or that something cannot be had, with the status for it', () => {
    expect(failureAnswer(new FaceTriggerError('ERR_DISK_FULL', 'x'))).toMatchObject({ status: 507 });
    expect(failureAnswer(new FaceTriggerError('ERR_UNAVAILABLE', 'It was deleted'))).toEqual({
      code: 'ERR_UNAVAILABLE',
      status: 503,
      message: 'It was deleted',
    });
  });
});
