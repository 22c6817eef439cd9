#!/usr/bin/env node
/** The entry point of the command `tslxc`: runs the command's part of the bundle. */
import { compiledPath, keepCompiled, loadBundle } from './compiled-bundle';

if (require.main === module) {
  const bundle = loadBundle(process.argv.slice(2));
  process.once('exit', (code) => {
    if (code === 0) keepCompiled(bundle);
  });
  void bundle.evaluate().command().runProcess();
}

export { compiledPath, loadBundle };
