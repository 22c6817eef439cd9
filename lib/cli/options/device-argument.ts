/** The option that names a network interface of a domain. */
import type { Option } from '../shell/arguments';

export const deviceOption: Option = {
  name: 'interface',
  kind: 'string',
  help: 'interface, by its name on the host or inside, or by its MAC address',
  positional: 'required',
};

/** virsh's other name of `--config`. */
export const persistentOption: Option = {
  name: 'persistent',
  kind: 'flag',
  help: 'the same as --config',
};
