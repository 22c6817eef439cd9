/** Finds the filter that a command line names: by uuid or name, in that order, as virsh does. */
import { TslxcError } from '../../../errors';
import type { Connection, NetworkFilterInfo } from '../../../index';
import type { Option } from '../../shell/arguments';
import { withErrorMessage } from '../../shell/command-error';

/** The option that names the filter. */
export const filterOption: Option = {
  name: 'nwfilter',
  kind: 'string',
  help: 'network filter name or uuid',
  positional: 'required',
  values: 'nwfilter',
};

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Rejects with `failed to get nwfilter 'x'`, and the library's error of the last look-up. */
export async function findFilter(
  { networkFilters }: Connection,
  text: string,
): Promise<NetworkFilterInfo> {
  return await withErrorMessage(`failed to get nwfilter '${text}'`, async () => {
    if (!uuidForm.test(text)) return await networkFilters.lookup(text);
    try {
      return await networkFilters.lookupByUuid(text);
    } catch (error) {
      if (!TslxcError.is(error, 'NO_NWFILTER')) throw error;
      return await networkFilters.lookup(text);
    }
  });
}
