/** Code with the library in a Node process of its own: for callers that are killed, or that have failpoints. */
import { join } from 'node:path';
import { packageRoot } from './run-command';

/** argv of a Node that runs `code`, in which `connect` is there and `await` is allowed. */
export function libraryWords(code: string): readonly [string, ...string[]] {
  const whole = `
    const { connect } = require(${JSON.stringify(join(packageRoot, 'dist'))});
    (async () => { ${code} })().catch((error) => { console.error(error); process.exit(99); });`;
  return [process.execPath, '-e', whole];
}
