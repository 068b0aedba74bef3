import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/watch/source/redact.ts';

describe('redact', () => {
  it.each([
    ['rtsp://user:secret@cam/live', 'rtsp://***@cam/live'],
    ['rtsp://user:se@c:ret@cam:554/live', 'rtsp://***@cam:554/live'],
    ['http://cam/video?user=a&pwd=secret#x', 'http://cam/video?***#x'],
    [
      'Error opening rtsp://u:p@cam/1: 401, then http://u:p@b/?k=s',
      'Error opening rtsp://***@cam/1: 401, then http://***@b/?***',
    ],
    ["'https://u:p@cam/a' failed", "'https://***@cam/a' failed"],
    ['Authorization: Basic c2VjcmV0', 'Authorization: ***'],
    ['/home/me@work/video.mp4', '/home/me@work/video.mp4'],
  ])('hides the secrets of %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});
