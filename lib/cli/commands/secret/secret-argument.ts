/** Finds the secret that a command line names: by its uuid, as virsh does. */
import type { Connection, SecretInfo } from '../../../index';
import type { Option } from '../../shell/arguments';
import { withErrorMessage } from '../../shell/command-error';

/** The option that names the secret. */
export const secretOption: Option = {
  name: 'secret',
  kind: 'string',
  help: 'secret UUID',
  positional: 'required',
  values: 'secret',
};

/** Rejects with `failed to get secret 'x'`, and the library's error. */
export async function findSecret(connection: Connection, text: string): Promise<SecretInfo> {
  return await withErrorMessage(`failed to get secret '${text}'`, () =>
    connection.secrets.lookup(text),
  );
}
