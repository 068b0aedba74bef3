import { describe, expect, it } from 'vitest';
import { readParameters, readSubject } from '../../../src/server/compreface/compreface-parameters.ts';

const DEFAULTS = {
  limit: 0,
  detProbThreshold: 0,
  predictionCount: 1,
  facePlugins: new Set<string>(),
  status: false,
  page: 0,
  size: 20,
};

describe('the parameters of CompreFace', () => {
  it('are the defaults where they are absent, empty or blank', () => {
    expect(readParameters({})).toEqual(DEFAULTS);
    for (const empty of ['', ' ', '\t']) {
      const query = Object.fromEntries(
        [
          'limit',
          'det_prob_threshold',
          'prediction_count',
          'face_plugins',
          'status',
          'detect_faces',
          'page',
          'size',
        ].map((name) => [name, empty]),
      );
      expect(readParameters(query)).toEqual(DEFAULTS);
    }
  });

  it('take booleans in any case and in all of their words', () => {
    for (const word of ['true', 'True', 'TRUE', 'on', 'Yes', '1', ' true ']) {
      expect(readParameters({ status: word }).status).toBe(true);
    }
    for (const word of ['false', 'False', 'OFF', 'no', '0']) {
      expect(readParameters({ status: word }).status).toBe(false);
    }
    expect(() => readParameters({ status: 'perhaps' })).toThrow('Expected true or false for status');
  });

  it('part lists at commas and blanks, in any case, and join what came several times', () => {
    const plugins = (face_plugins: string | string[]) => [...readParameters({ face_plugins }).facePlugins];
    expect(plugins('landmarks, calculator')).toEqual(['landmarks', 'calculator']);
    expect(plugins(' Landmarks ,,\tCALCULATOR\n')).toEqual(['landmarks', 'calculator']);
    expect(plugins('landmarks calculator')).toEqual(['landmarks', 'calculator']);
    expect(plugins(['landmarks', 'calculator'])).toEqual(['landmarks', 'calculator']);
  });

  it('take numbers with blanks and signs, and the first of several', () => {
    expect(readParameters({ limit: ' 3 ', prediction_count: '+2' })).toMatchObject({
      limit: 3,
      predictionCount: 2,
    });
    expect(readParameters({ limit: ['4', '5'], det_prob_threshold: '.5' })).toMatchObject({
      limit: 4,
      detProbThreshold: 0.5,
    });
    expect(readParameters({ prediction_count: '1000000' }).predictionCount).toBe(100);
  });

  it('refuse what CompreFace refuses, each with its number', () => {
    const reasonOf = (query: Record<string, string>) => {
      try {
        readParameters(query);
      } catch (error) {
        return (error as { reason?: string }).reason;
      }
      return 'accepted';
    };
    expect(reasonOf({ limit: 'many' })).toBe('INCORRECT_ARGUMENT');
    expect(reasonOf({ limit: '1.5' })).toBe('INCORRECT_ARGUMENT');
    expect(reasonOf({ limit: '99999999999' })).toBe('INCORRECT_ARGUMENT');
    expect(reasonOf({ limit: '-1' })).toBe('VALIDATION_CONSTRAINT_VIOLATION');
    expect(reasonOf({ prediction_count: '0' })).toBe('VALIDATION_CONSTRAINT_VIOLATION');
    expect(reasonOf({ det_prob_threshold: 'high' })).toBe('INCORRECT_ARGUMENT');
    expect(reasonOf({ det_prob_threshold: '2' })).toBe('INCORRECT_ARGUMENT');
    expect(reasonOf({ detect_faces: 'false' })).toBe('INCORRECT_ARGUMENT');
  });

  it('take nonsense in pages for the first page and the usual size', () => {
    expect(readParameters({ page: 'x', size: '-3' })).toMatchObject({ page: 0, size: 20 });
    expect(readParameters({ page: '-1', size: '0' })).toMatchObject({ page: 0, size: 20 });
    expect(readParameters({ page: '2', size: '100000' })).toMatchObject({ page: 2, size: 2000 });
  });

  it('tell a blank subject from none only where it matters', () => {
    expect(readSubject({ subject: ' Ada ' }, { blank: 'refused' })).toBe('Ada');
    expect(readSubject({}, { blank: 'refused' })).toBeUndefined();
    expect(readSubject({ subject: ' ' }, { blank: 'absent' })).toBeUndefined();
    expect(() => readSubject({ subject: '' }, { blank: 'refused' })).toThrow('cannot be empty');
  });
});
