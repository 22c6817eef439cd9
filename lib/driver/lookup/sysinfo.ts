/** What the firmware reports about the host, as libvirt's XML. */
import { node, printXml } from '../../domain/xml/print';
import { TslxcError } from '../../errors';
import { readSmbios } from '../../host/node/smbios';
import type { SmbiosPart } from '../../host/node/smbios';

/** @throws TslxcError CONFIG_UNSUPPORTED when there is none. */
export function hostSysinfo(): string {
  const parts = readSmbios();
  if (parts !== undefined) return formatSysinfo(parts);
  throw new TslxcError('CONFIG_UNSUPPORTED', 'Host SMBIOS information is not available');
}

/** Ends with a newline. */
export function formatSysinfo(parts: readonly SmbiosPart[]): string {
  const elements = parts.map(({ element, entries }) =>
    node(
      element,
      {},
      entries.map(([name, value]) => node('entry', name === '' ? {} : { name }, [value])),
    ),
  );
  return printXml(node('sysinfo', { type: 'smbios' }, elements));
}
