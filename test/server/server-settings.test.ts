import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServerSettings } from '../../src/server/server-settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('ServerSettings', () => {
  it('keeps what was changed and lets the rest follow the defaults', async () => {
    const path = join(folder, 'settings.json');
    const settings = await ServerSettings.open({ path, maxDistance: 0.56 });
    expect(settings.values).toEqual({ maxDistance: 0.56, retentionDays: null });
    expect(settings.defaultExpiry()).toBeNull();
    await settings.change({ retentionDays: 30 });
    const again = await ServerSettings.open({ path, maxDistance: 0.5 });
    expect(again.values).toEqual({ maxDistance: 0.5, retentionDays: 30 });
    expect(again.defaultExpiry()!.getTime() - Date.now()).toBeGreaterThan(29.9 * 86_400_000);
  });

  it('loses neither of two changes at once', async () => {
    const path = join(folder, 'settings.json');
    const settings = await ServerSettings.open({ path, maxDistance: 0.56 });
    await Promise.all([settings.change({ maxDistance: 0.4 }), settings.change({ retentionDays: 7 })]);
    expect(settings.values).toEqual({ maxDistance: 0.4, retentionDays: 7 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      version: 1,
      maxDistance: 0.4,
      retentionDays: 7,
    });
  });

  it('refuses values out of bounds and changes nothing then', async () => {
    const settings = await ServerSettings.open({ path: null, maxDistance: 0.56 });
    for (const wrong of [
      { maxDistance: -1 },
      { maxDistance: Number.NaN },
      { retentionDays: 0 },
      { retentionDays: 1.5 },
    ]) {
      await expect(settings.change(wrong)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    }
    const unwritable = await ServerSettings.open({
      path: join(folder, 'missing', 'settings.json'),
      maxDistance: 0.56,
    });
    await expect(unwritable.change({ maxDistance: 0.4 })).rejects.toMatchObject({ code: 'ERR_FILE_WRITE' });
    expect(settings.values.maxDistance).toBe(0.56);
    expect(unwritable.values.maxDistance).toBe(0.56);
  });

  it('refuses a file that is something else', async () => {
    const path = join(folder, 'settings.json');
    for (const text of ['{', '{"version":2}', '{"version":1,"maxDistance":"far"}']) {
      writeFileSync(path, text);
      const opened = ServerSettings.open({ path, maxDistance: 0.56 });
      await expect(opened).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    }
  });
});
