#!/usr/bin/env node
/** Where the command `tslxc` starts: it runs its part of the one file that the package is. */
import { compiledPath, keepCompiled, loadBundle } from './compiled-bundle';

if (require.main === module) {
  const bundle = loadBundle(process.argv.slice(2));
  process.once('exit', (code) => {
    if (code === 0) keepCompiled(bundle);
  });
  void bundle.evaluate().command().runProcess();
}

export { compiledPath, loadBundle };
