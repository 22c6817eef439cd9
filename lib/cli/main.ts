#!/usr/bin/env -S node --
/**
 * The entry point of the command `tslxc`: runs the command's part of the bundle. Behind `--`, Node.js 20 looks for no `--env-file` of its own:
 * it finds that anywhere, also among the words of a command that a container is to run.
 */
import { compiledPath, keepCompiled, loadBundle } from './compiled-bundle';

if (require.main === module) {
  const bundle = loadBundle(process.argv.slice(2));
  process.once('exit', (code) => {
    if (code === 0) keepCompiled(bundle);
  });
  void bundle.evaluate().command().runProcess();
}

export { compiledPath, loadBundle };
