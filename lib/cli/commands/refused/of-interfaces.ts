/** Verbs that would change a network interface of the host: libvirt refuses them, too, where it has its interfaces from udev. */
import { refusedVerbs } from './refusal';

export const commands = refusedVerbs('interface', {
  'iface-bridge': ['virInterfaceDefineXML', 'Failed to define new bridge interface %1', 'bridge'],
  'iface-destroy': ['virInterfaceDestroy', 'Failed to destroy interface %'],
  'iface-edit': ['virInterfaceDefineXML', undefined],
  'iface-start': ['virInterfaceCreate', 'Failed to start interface %'],
  'iface-unbridge': ['virInterfaceUndefine', 'Failed to undefine bridge interface %'],
  'iface-undefine': ['virInterfaceUndefine', 'Failed to undefine interface %'],
});
