/** Finds the secret that a command line names: by its uuid, as virsh does. */
import type { Connection, SecretInfo } from '../../../index';
import type { Option } from '../../shell/arguments';
import { CommandError, withErrorMessage } from '../../shell/command-error';

/** The option that names the secret. */
export const secretOption: Option = {
  name: 'secret',
  kind: 'string',
  help: 'secret UUID',
  positional: 'required',
  values: 'secret',
};

/** As libvirt's library takes a uuid. */
const uuidForm = /^(?:[- ]*[0-9a-f]{2}){16}$/i;

/** Rejects with `failed to get secret 'x'`, and the library's error; of what is no uuid in the words of libvirt's. */
export async function findSecret(connection: Connection, text: string): Promise<SecretInfo> {
  return await withErrorMessage(`failed to get secret '${text}'`, async () => {
    // Whether this user may ask at all comes first.
    if (!uuidForm.test(text)) {
      await connection.secrets.list();
      const detail = 'uuidstr in virSecretLookupByUUIDString must be a valid UUID';
      throw new CommandError(detail, { code: 'INVALID_ARG' });
    }
    return await connection.secrets.lookup(text);
  });
}
