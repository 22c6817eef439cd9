/** lib/host/state/state-paths.ts: where the files of a root of tslxc are. */
import { basename, dirname, normalize } from 'node:path';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';

test.each(['/', '/srv/root', '/srv//root/'])(
  'below %s each file of a run folder is in it, under a name of its own',
  (root) => {
    const { directory, ...files } = runPaths(statePaths(root), 'web');
    expect(basename(directory)).toBe('web');
    const all = Object.values(files);
    for (const path of all) {
      expect(dirname(path)).toBe(directory);
      expect(normalize(path)).toBe(path);
    }
    expect(new Set(all).size).toBe(all.length);
  },
);
