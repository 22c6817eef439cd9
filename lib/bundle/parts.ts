/**
 * All of the built package in one file: scripts/bundle.js makes it of this one, and what is in it is loaded part by part.
 * The library is `library()`, which dist/bundle/library.js exports; cli/main.ts runs `command()`.
 */
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-return --
   the return types are those of the very modules that are loaded */

export const library = (): typeof import('../index') => require('../index');
export const command = (): typeof import('../cli/shell/invocation') =>
  require('../cli/shell/invocation');
