/**
 * The two ways into the bundle, the one file that scripts/bundle.js makes of the whole package: dist/bundle/library.js exports
 * `library()`, and cli/main.ts runs `command()`, which loads a module only when it is first used.
 */
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-return --
   the return types are those of the very modules that are loaded */

export const library = (): typeof import('../index') => require('../index');
export const command = (): typeof import('../cli/shell/invocation') =>
  require('../cli/shell/invocation');
