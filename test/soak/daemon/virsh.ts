/** Runs of Debian's virsh as operations of a storm. */
import { clientEnvironment } from '../../support/clients/client-world';
import { commandEnvironment } from '../../support/process/run-command';
import { codeOf } from '../callers';
import type { RunProgram } from '../callers';

/** virsh's words for what is no answer of the daemon. */
const lost: Readonly<Record<string, RegExp>> = {
  UNREACHED: /^error: (failed to connect to the hypervisor|no valid connection)$/m,
  DISCONNECTED:
    /^error: (End of file while reading data|Cannot (recv|read|write) data|Disconnected from|internal error: client socket is closed)/m,
};

export function virshRun(words: readonly string[]): RunProgram {
  return {
    argv: ['virsh', ...words],
    env: { ...commandEnvironment(), ...clientEnvironment },
    codeOf: (stderr) => {
      // It says nothing when its event loop has noticed the end of the connection first.
      if (stderr.trim() === '') return 'DISCONNECTED';
      return Object.entries(lost).find(([, said]) => said.test(stderr))?.[0] ?? codeOf(stderr);
    },
  };
}
