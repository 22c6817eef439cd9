/** Every system call by which definitions are changed fails once, each with each error: nothing is ever half of the old and half of the new. */
import { FaultyDefinitions, changes } from '../support/death/definition-faults';
import type { Change } from '../support/death/definition-faults';
import { makeTestRoot } from '../support/root/test-root';

/** Each with the errors that a disk has for it. */
const faults: readonly (readonly [string, readonly string[]])[] = [
  ['fsync', ['EIO', 'ENOSPC', 'EDQUOT']],
  ['rename', ['EIO', 'ENOSPC']],
  ['unlink', ['EIO']],
  ['symlink', ['EIO', 'ENOSPC']],
  ['mkdir', ['ENOSPC']],
  ['rmdir', ['EIO']],
  ['openat', ['EIO', 'ENOSPC', 'EMFILE']],
  // Node itself does not survive those of its own threads, so that this is also a caller that dies.
  ['write', ['ENOSPC', 'EIO']],
];
/** Enough for each: the sweep of a call ends where there is no such call any more. */
const most = 40;

test.each(Object.keys(changes) as Change[])(
  '%s leaves the old or the new, whichever call fails',
  async (change) => {
    await using root = await makeTestRoot();
    await using definitions = await FaultyDefinitions.make(root.path);
    for (const [call, errors] of faults) {
      for (const error of errors) {
        for (let nth = 1; nth <= most; nth += 1) {
          const { injected } = await definitions.check(change, { call, error, nth });
          if (!injected) break;
        }
      }
    }
    process.stdout.write(
      `${change}: ${definitions.tried} faults, ${definitions.told} of them told\n`,
    );
    expect(definitions.tried).toBeGreaterThan(30);
    expect(definitions.told).toBeGreaterThan(10);
  },
);
