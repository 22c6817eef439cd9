/** Whether a client that is not root may use the daemon: asks polkit's own program, which asks polkit over the system's D-Bus. */
import { programPath, tryProgram } from '../../../host/program';
import type { Credentials } from '../../server/peer';
import type { Access } from '../base/connections';
import { WireError } from '../base/wire-error';

/** Resolves if the client may do what its socket allows; otherwise rejects with the error that the client is sent. */
export type Authority = (client: Asking, signal: AbortSignal) => Promise<void>;

/** Who asks, and for what. */
export interface Asking {
  readonly credentials: Credentials;
  readonly access: Access;
}

/** libvirt's polkit actions for the two kinds of access, for which administrators already have rules. */
const actions: Readonly<Record<Access, string>> = {
  'read-write': 'org.libvirt.unix.manage',
  'read-only': 'org.libvirt.unix.monitor',
};

/** pkcheck(1): what its exit codes mean. */
const answers = { may: 0, mayNot: 1, nobodyToAsk: 2, dismissed: 3 } as const;

const asked = { program: 'pkcheck', package: 'polkitd', step: 'ask polkit' } as const;

/** @throws TslxcError OPERATION_UNSUPPORTED when polkit is not installed. */
export function checkPolkit(): void {
  programPath(asked);
}

/** The user at the client's terminal or screen may be asked for a password; `signal` aborts that. */
export const polkit: Authority = async ({ credentials, access }, signal) => {
  const action = actions[access];
  const { pid, started, uid } = credentials;
  const subject = `${pid},${started},${uid}`;
  const { status } = await tryProgram({
    ...asked,
    args: ['--action-id', action, '--process', subject, '--allow-user-interaction'],
    expected: Object.values(answers),
    signal,
  });
  switch (status) {
    case answers.may:
      return;
    case answers.nobodyToAsk: {
      const detail = `no polkit agent available to authenticate action '${action}'`;
      throw new WireError('AUTH_UNAVAILABLE', detail, 'polkit');
    }
    case answers.dismissed:
      throw new WireError('AUTH_CANCELLED', 'user cancelled authentication process', 'polkit');
    default:
      throw new WireError('AUTH_FAILED', 'access denied by policy', 'polkit');
  }
};
