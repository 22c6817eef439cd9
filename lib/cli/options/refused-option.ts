/** Options of virsh that libvirt's driver for containers refuses, whatever their value. */
import type { Option } from '../shell/arguments';

const help = "refused, as by libvirt's driver for containers";

/** `said`: libvirt's message, including its prefix. */
export function refusedOption(name: string, said: string, kind: Option['kind'] = 'flag'): Option {
  return { name, kind, help, refused: said };
}

/** An option that needs a function that the driver lacks. */
export function unsupportedOption(
  name: string,
  call: string,
  kind: Option['kind'] = 'flag',
): Option {
  const said = `this function is not supported by the connection driver: ${call}`;
  return refusedOption(name, said, kind);
}

/** Flags of one function, each with its bit. */
export function unsupportedFlags(
  call: string,
  flags: Readonly<Record<string, string>>,
): readonly Option[] {
  return Object.entries(flags).map(([name, bit]) =>
    refusedOption(name, `unsupported flags (${bit}) in function ${call}`),
  );
}
