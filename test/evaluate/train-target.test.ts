import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readModelDescription } from '../../src/people/model-folder.ts';
import { photoFolder, runCli } from '../cli/run-cli.ts';
import { describeWithSharedData } from '../shared-data.ts';

describeWithSharedData('face-trigger train with a target error on AT&T', ['att'], (att) => {
  it('stores a threshold that keeps the target, or refuses with the number of photos it takes', async () => {
    const folder = await photoFolder({ 'known/none': new Uint8Array(), 'others/none': new Uint8Array() });
    for (let person = 1; person <= 8; person++) {
      const place = person <= 4 ? 'known' : 'others';
      await symlink(join(att!, `s${person}`), join(folder, place, `s${person}`));
    }
    const out = join(folder, 'model');
    const base = ['train', join(folder, 'known'), '--out', out, '--min-face-size', '20', '--quality', 'fast'];
    const run = await runCli([...base, '--target-fpir', '0.05', '--strangers', join(folder, 'others')]);
    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('threshold: distance') });
    const { thresholds, thresholdBasis } = await readModelDescription(out);
    // 40 photos searched without their own person and 40 of strangers; 59 would do at no error.
    expect(thresholdBasis).toMatchObject({ people: 4, strangers: 4, falseAccepts: { trials: 80, count: 0 } });
    expect(thresholdBasis!.upperBound).toBeLessThanOrEqual(0.05);
    expect(thresholds.maxDistance).toBe(thresholdBasis!.maxDistance);
    const refused = await runCli([...base, '--target-fpir', '0.05']);
    expect(refused).toMatchObject({ status: 5, stderr: expect.stringContaining('from 59 strangers') });
    const both = await runCli([...base, '--target-fpir', '0.05', '--max-distance', '0.5']);
    expect(both.status).toBe(2);
  });
});
