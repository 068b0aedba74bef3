import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userCacheFolder } from '../../../src/node/files/user-cache-folder.ts';

describe('userCacheFolder', () => {
  it('lies where each system keeps caches, and where the user says', () => {
    const home = homedir();
    expect(userCacheFolder({ env: {}, platform: 'linux' })).toBe(join(home, '.cache', 'face-trigger'));
    expect(userCacheFolder({ env: { XDG_CACHE_HOME: '/x' }, platform: 'linux' })).toBe(
      join('/x', 'face-trigger'),
    );
    expect(userCacheFolder({ env: {}, platform: 'darwin' })).toBe(join(home, 'Library/Caches/face-trigger'));
    expect(userCacheFolder({ env: { LOCALAPPDATA: '/l' }, platform: 'win32' })).toBe(
      join('/l', 'face-trigger/Cache'),
    );
    expect(userCacheFolder({ env: { FACE_TRIGGER_CACHE: '/mine' } })).toBe('/mine');
  });
});
